"""Who takes part: ours, and each library as somebody who knows it well would use it.

A peer's module defines what its kinds of jobs need:

    Trainer(settings, rows, labels)     .begin(parameters), .train(batches, rates) -> losses, .predict(rows) -> labels
    Predictor(folder)                   called with rows (m, D): probabilities (m, C)
    COLD                                a program that is given a model and an image, and prints the probabilities
    augment(rows, seed)                 deformed rows
    read_csv(path)                      rows, labels

`train(batches, rates)` makes one step for each learning rate, on the samples whose numbers are a row of `batches`, or
on all of them where that is None, and has ended all of them when it returns. A kind that a module names in `OWN` is
measured by its own function of that name rather than by that of tasks.py.
"""

import importlib.util
import os
import shutil
from dataclasses import dataclass

from neural_network.support.registry import Registry

OURS = "ours"
TRAINING = ("step", "memory", "train")


@dataclass(frozen=True)
class Peer:
    """A library, or a way of using it: its module here, the packages it needs, and the kinds of jobs it does.

    One that is not `usual` takes part only where it is asked for by name.
    """

    module: str
    packages: tuple[str, ...]
    kinds: tuple[str, ...]
    usual: bool = True

    def missing(self) -> str:
        """Return what it lacks to take part, in words; nothing if it can."""
        absent = [package for package in self.packages if importlib.util.find_spec(package) is None]
        if absent:
            return f'{" and ".join(absent)} not installed (pip install "mnist-nn[bench]")'
        if self.module == "torch_compiled" and not find_compiler():
            return "needs a C++ compiler, and found none"
        return ""


def find_compiler() -> str | None:
    """Return the C++ compiler that torch.compile would call."""
    candidates = (os.environ.get("CXX"), "g++", "c++", "clang++")
    return next((name for name in candidates if name and shutil.which(name)), None)


PEERS: Registry[Peer] = Registry("peer")
PEERS.register(OURS, Peer("ours", (), (*TRAINING, "predict", "cold", "augment", "csv", "many")))
PEERS.register("torch", Peer("torch", ("torch",), (*TRAINING, "predict", "cold", "augment")))
PEERS.register("torch-compile", Peer("torch_compiled", ("torch",), (*TRAINING, "predict")))
PEERS.register("jax", Peer("jax", ("jax", "jaxlib"), (*TRAINING, "predict", "cold")))
PEERS.register("jax-scan", Peer("jax_scan", ("jax", "jaxlib"), TRAINING, usual=False))
PEERS.register("scikit-learn", Peer("sklearn", ("sklearn",), (*TRAINING, "predict", "cold")))
PEERS.register("onnxruntime", Peer("onnxruntime", ("onnxruntime", "onnx"), ("predict", "cold")))
PEERS.register("scipy", Peer("scipy", ("scipy",), ("augment",)))
PEERS.register("pandas", Peer("pandas", ("pandas",), ("csv",)))
PEERS.register("polars", Peer("polars", ("polars",), ("csv",)))
PEERS.register("single-runs", Peer("single_runs", (), ("many",)))
