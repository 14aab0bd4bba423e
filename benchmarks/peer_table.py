"""The table of peers: for each library its module in peers/, the packages it needs, and its kinds of jobs."""

import importlib.util
import os
import shutil
from dataclasses import dataclass

from neural_network.support.registry import Registry

OURS = "ours"
AGAINST = "against"  # another checkout of this project
TRAINING = ("step", "memory", "train")


@dataclass(frozen=True)
class Peer:
    """A library, or a way of using it. One that is not `usual` is measured only where its name is given."""

    module: str
    packages: tuple[str, ...]
    kinds: tuple[str, ...]
    usual: bool = True

    def missing(self) -> str:
        """Return what must be installed before it can be measured; nothing if all is there."""
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
for _name in (OURS, AGAINST):
    _kinds = (*TRAINING, "predict", "cold", "augment", "csv", "many", "script")
    PEERS.register(_name, Peer("ours", (), _kinds, usual=False))
PEERS.register("torch", Peer("torch", ("torch",), (*TRAINING, "predict", "cold", "augment", "script")))
PEERS.register("torch-compile", Peer("torch_compiled", ("torch",), (*TRAINING, "predict")))
PEERS.register("jax", Peer("jax", ("jax", "jaxlib"), (*TRAINING, "predict", "cold", "script")))
PEERS.register("jax-scan", Peer("jax_scan", ("jax", "jaxlib"), TRAINING, usual=False))
PEERS.register("scikit-learn", Peer("sklearn", ("sklearn",), (*TRAINING, "predict", "cold", "script")))
PEERS.register("onnxruntime", Peer("onnxruntime", ("onnxruntime", "onnx"), ("predict", "cold")))
PEERS.register("scipy", Peer("scipy", ("scipy",), ("augment",)))
PEERS.register("pandas", Peer("pandas", ("pandas",), ("csv",)))
PEERS.register("polars", Peer("polars", ("polars",), ("csv",)))
PEERS.register("single-runs", Peer("single_runs", (), ("many",)))
