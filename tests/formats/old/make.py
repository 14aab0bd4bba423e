"""Make the files beside this one: what version 0.1.0 saved while it named the place in a run seen, losses and hits.

Run it with that version first on the path: `PYTHONPATH=<its checkout>/src python tests/formats/old/make.py`.
"""

import contextlib
import os
import shutil
import signal
import tempfile
from pathlib import Path

from neural_network.monitor import Monitor

from neural_network.cli import main

HERE = Path(__file__).parent
STOP_AT = 5  # in the middle of the third epoch, of two steps
OPTIONS = [
    "--data",
    "digits",
    "--validation",
    "20",
    "--hidden",
    "1",
    "--batch-size",
    "100",
    "--epochs",
    "4",
    "--no-figures",
]


def run(*arguments: str) -> None:
    with contextlib.suppress(SystemExit):
        main(arguments)


def interrupt_at(step: int) -> None:
    """Have Ctrl-C come in a step of the next training."""
    on_gradients = Monitor.on_gradients

    def interrupted(self, run):
        on_gradients(self, run)
        if run.step == step:
            os.kill(os.getpid(), signal.SIGINT)

    Monitor.on_gradients = interrupted


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    run("data", "generate", "--count", "220", "--test", "40", "--output", "digits")
    run("train", *OPTIONS, "--optimizer", "momentum", "--name", "whole")
    run("train", *OPTIONS, "--learning-rate", "1e7", "--activation", "leaky-relu", "--name", "diverged")
    run("train", *OPTIONS, "--seeds", "2", "--name", "seeds")
    interrupt_at(STOP_AT)
    run("train", *OPTIONS, "--optimizer", "momentum", "--name", "interrupted")
    for path in Path("runs").iterdir():
        shutil.copytree(path, HERE / path.name)
    shutil.copy(HERE / "whole/model.safetensors", HERE / "model.safetensors")
