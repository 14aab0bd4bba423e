"""Files that a stranger made or chance damaged: how they are changed, what reads them, and what may come of it.

A `Subject` is a sound file, the command that reads it, and a judge of what the command may say with status 0 once the
file was changed. Whatever else it answers must be one line on standard error and status 2.
"""

import contextlib
import functools
import gzip
import io
import json
import os
import random
import re
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import typer.main
from PIL import Image

from neural_network import TwoLayerNN
from neural_network.cli import main as command
from neural_network.data import read_idx, read_test_csv, read_train_csv, write_csv
from neural_network.data.dataset import make_samples
from neural_network.data.idx import write_idx

SIDE, DIGITS = 4, 10  # of the pictures of the small data set, whose model has 16 inputs


COUNT = int(os.environ.get("MNIST_NN_MUTATIONS", "2000"))
FULL = COUNT >= 100_000  # whether all is done that docs/reliability.md has figures of
MEGABYTES = 200  # that a command may take; 50 of them are the start of Python
STARTS = 5  # of Python with the package, in whose processor time a command must be done: 2 s where a start takes 0.4


class Result(NamedTuple):
    status: int
    out: str
    err: str


@dataclass
class Subject:
    """A sound file, in a folder of its own, which is the current one.

    Attributes
    ----------
    path : Path
        The file that is changed.
    arguments : list of str
        The command that reads it.
    accepted : function of (content, Result, sound Result)
        Asserts that what the command answers with status 0 is right.
    weight : float
        The share of all mutations that are of this file.
    """

    name: str
    path: Path
    arguments: list[str]
    accepted: Callable[[bytes, Result, Result], None]
    weight: float = 1.0

    def __post_init__(self) -> None:
        self.content = self.path.read_bytes()
        self.sound = self.run(self.content)
        assert self.sound.status == 0, self.sound

    def run(self, content: bytes) -> Result:
        """Give the command the file with this content."""
        self.prepare(content)
        return call(*self.arguments)

    def prepare(self, content: bytes) -> None:
        """Put the file there with this content."""
        self.path.write_bytes(content)

    def check(self, content: bytes) -> bool:
        """Assert that the command refuses this content in one line, or answers rightly; return whether it answers."""
        result = self.run(content)
        assert "Traceback" not in result.err
        if result.status == 0:
            self.accepted(content, result, self.sound)
            return True
        assert result.status == 2, result
        lines = [line for line in result.err.splitlines() if line.startswith("mnist-nn: ")]
        assert len(lines) == 1, result.err
        assert len(lines[0]) < 1000, result.err
        return False


@functools.cache
def _command_line(app: typer.Typer) -> object:
    return _get_command(app)


_get_command = typer.main.get_command


@contextlib.contextmanager
def quick_calls() -> Iterator[None]:
    """Let `call` take 5 ms instead of 40: the command line is put together once, and plugins are not looked for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.main, "get_command", _command_line)
        patch.setitem(command.__globals__, "load_plugins", lambda plugins: None)
        yield


def call(*arguments: str) -> Result:
    """Run `mnist-nn` in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as stopped:
        command(arguments)
    return Result(int(stopped.value.code or 0), out.getvalue(), err.getvalue())


PROCESS = """
import atexit, pathlib
atexit.register(lambda: pathlib.Path("status").write_text(pathlib.Path("/proc/self/status").read_text()))
from neural_network.cli import main
main()
"""
needs_proc = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells peaks of memory")


@functools.cache
def start_of_python() -> float:
    """Return the processor time in seconds that Python takes here to start with the command's package."""
    process = subprocess.Popen([sys.executable, "-c", "import neural_network.cli.app"])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_utime + usage.ru_stime


def measured(*arguments: str, **options: Any) -> tuple[int, str]:
    """Run `mnist-nn` in a process of its own, and return its status and what it said on standard error.

    Asserts that its peak memory and its processor time (other programs may keep it waiting for longer) are in bounds.
    The peak is asked of the system as the process ends: the one that `wait4` tells is at least the parent's.
    """
    command = [sys.executable, "-c", PROCESS, *arguments]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with Path("err").open("wb") as err:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=err, env=environment, **options)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    message = Path("err").read_text(errors="replace")
    peaks = re.findall(r"VmHWM:\s+(\d+) kB", Path("status").read_text())
    megabytes, seconds = int(peaks[0]) * 1024 / 1e6, usage.ru_utime + usage.ru_stime
    print(f"{megabytes:.0f} MB, {seconds:.2f} s, status {process.returncode}: {message.strip()[:100]}")
    assert megabytes < MEGABYTES, message
    assert seconds < STARTS * start_of_python(), message
    Path("status").unlink()
    return process.returncode, message


# ---------------------------------------------------------------------- what the command may say of a changed file


def the_very_same(content: bytes, result: Result, sound: Result) -> None:
    """For files with a hash of their content."""
    assert result.out == sound.out


def a_prediction(content: bytes, result: Result, sound: Result) -> None:
    """For pictures: any that can be seen may be read as any digit."""
    for prediction in json.loads(result.out)["predictions"]:
        p = prediction["probabilities"]
        assert len(p) == DIGITS
        assert abs(sum(p) - 1) < 1e-5
        assert prediction["label"] == p.index(max(p))


def one_object(content: bytes, result: Result, sound: Result) -> None:
    """For what people may edit, as config.json: the output is what was asked for."""
    assert json.loads(result.out).keys() == json.loads(sound.out).keys()


def the_array_that_is_there(path: Path) -> Callable[[bytes, Result, Result], None]:
    """For IDX files: what is read is what the bytes say, and they say nothing else."""

    def accepted(content: bytes, result: Result, sound: Result) -> None:
        plain = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
        array = read_idx(path)
        elements = array.astype(array.dtype.newbyteorder(">")).tobytes()
        assert plain[3:] == bytes([array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + elements

    return accepted


def the_numbers_that_are_there(path: Path, labels: int) -> Callable[[bytes, Result, Result], None]:
    """For CSV files: what is read are the numbers that are written there, line by line."""

    def accepted(content: bytes, result: Result, sound: Result) -> None:
        lines = [line for line in content.replace(b'"', b"").split(b"\n")[1:] if line.strip()]
        rows = np.array([[float(field) for field in line.split(b",")] for line in lines])
        X = (read_train_csv(path).X if labels else read_test_csv(path)) * 255
        np.testing.assert_allclose(X.T, rows[:, labels:], rtol=0, atol=1e-4)
        if labels:
            assert read_train_csv(path).Y.tolist() == rows[:, 0].tolist()

    return accepted


# ---------------------------------------------------------------------- the files


def _pictures() -> Iterator[tuple[str, bytes]]:
    """Return a 4 in each format and mode that the readers tell apart."""
    grey = np.full((40, 36), 250, np.uint8)
    grey[6:22, 8:12] = grey[19:23, 8:28] = grey[6:34, 22:26] = 20
    four = Image.fromarray(grey)
    for name, picture, options in (
        ("PNG", four, {}),
        ("PNG", four.convert("RGBA"), {}),
        ("PNG", four.convert("P"), {"transparency": 0}),
        ("PNG", Image.fromarray(grey.astype(np.uint16) * 200), {}),
        ("JPEG", four.convert("RGB"), {}),
        ("JPEG", four, {"progressive": True}),
        ("GIF", four, {}),
        ("BMP", four, {}),
        ("TIFF", four, {}),
        ("TIFF", four, {"compression": "tiff_lzw"}),
        ("TIFF", four.convert("1"), {"compression": "group4"}),
        ("WEBP", four, {}),
        ("WEBP", four, {"lossless": True}),
        ("PPM", four, {}),
    ):
        file = io.BytesIO()
        picture.save(file, name, **options)
        yield f"{name} {picture.mode} {' '.join(options)}".strip(), file.getvalue()


def make_subjects() -> list[Subject]:
    """Fill the current folder, which is empty, with a file of each kind and what must be there besides."""
    rng = np.random.default_rng(0)
    for folder in ("plain", "zipped", "good"):
        for split, count in (("train", 12), ("t10k", 6)):
            ending = ".gz" if folder == "zipped" else ""
            images = rng.integers(0, 256, (count, SIDE, SIDE)).astype(np.uint8)
            write_idx(f"{folder}/{split}-images-idx3-ubyte{ending}", images)
            write_idx(f"{folder}/{split}-labels-idx1-ubyte{ending}", (np.arange(count) % DIGITS).astype(np.uint8))
    train = ["train", "--data", "good", "--validation", "2", "--no-figures", "--json", "--hidden", "2"]
    assert call(*train, "--epochs", "3", "--name", "r").status == 0
    TwoLayerNN(784, 3, DIGITS, seed=0).save("large")
    run, model = Path("runs/r"), Path("runs/r/model.safetensors")
    evaluate = ["evaluate", "--json", str(model)]
    subjects = [Subject("model", model, [*evaluate, "--data", "good"], the_very_same)]
    for folder, ending in (("plain", ""), ("zipped", ".gz")):
        for what in ("images-idx3", "labels-idx1"):
            path = Path(folder) / f"t10k-{what}-ubyte{ending}"
            accepted = the_array_that_is_there(path)
            subjects.append(Subject(f"IDX {path.name}", path, [*evaluate, "--data", folder], accepted))

    Path("csv").mkdir()
    samples = make_samples(rng.integers(0, 256, (3, 784)), np.array([1, 2, 3]))
    write_csv("csv/train.csv", samples)
    path = Path("csv/train.csv")
    read = ["evaluate", "--json", "large", "--data", str(path)]
    subjects.append(Subject("train.csv", path, read, the_numbers_that_are_there(path, 1)))
    Path("test.csv").write_bytes(b"\n".join(line.partition(b",")[2] for line in path.read_bytes().split(b"\n")))
    path = Path("test.csv")
    subjects.append(
        Subject("test.csv", path, ["predict", "--json", "large", str(path)], the_numbers_that_are_there(path, 0))
    )
    for number, (name, content) in enumerate(_pictures()):
        path = Path(f"four-{number}")
        path.write_bytes(content)
        subjects.append(Subject(name, path, ["predict", "--json", "large", str(path)], a_prediction, weight=0.15))

    animate = ["figures", str(run), "--animate", "weights.gif", "--json"]
    subjects.append(Subject("snapshots", run / "snapshots.safetensors", animate, the_very_same, 0.2))
    for name in ("history.csv", "config.json"):
        subjects.append(Subject(name, run / name, ["diagnose", str(run), "--data", "good", "--json"], one_object, 0.2))
    subjects.append(_checkpoint(train))
    return subjects


def _checkpoint(train: list[str]) -> Subject:
    """Return a checkpoint before the last step of a run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("neural_network.cli.train.once.remove_checkpoints", lambda folder: None)
        assert call(*train, "--epochs", "3", "--name", "c", "--checkpoint-every", "2").status == 0
    run = Path("runs/c")
    (run / "checkpoint-0.safetensors").unlink()
    model = (run / "model.safetensors").read_bytes()

    def the_same_end(content: bytes, result: Result, sound: Result) -> None:
        assert (run / "model.safetensors").read_bytes() == model

    path = run / "checkpoint-2.safetensors"
    return Subject("checkpoint", path, ["train", "--resume", str(run), "--no-figures", "--json"], the_same_end, 0.3)


# ---------------------------------------------------------------------- the changes

NUMBERS = ["nan", "-1", "1e999", "0", "1.5", "9" * 30, str(2**62), "null", "[]", "{}", "true", '"x"', "", "[" * 2000]
SIZES = [struct.pack(order + "I", n) for order in "<>" for n in (0, 1, 2**31 - 1, 2**31, 2**32 - 1)]
SIZES += [struct.pack(order + "Q", n) for order in "<>" for n in (2**62, 2**63, 2**64 - 1)]


def mutate(random: random.Random, content: bytes) -> bytes:
    """Change one to four things: bits, bytes, pieces that are lost, doubled or moved, sizes, numbers in text."""
    changed = bytearray(content)
    for _ in range(random.choice((1, 1, 1, 2, 3, 4))):
        at = random.randrange(1 + random.choice((len(changed), min(len(changed), 64))))
        length = min(random.choice((1, 1, 2, 4, 8, 16, 100)), len(changed) - at)
        match random.randrange(9):
            case 0 | 1 if length:
                changed[at] ^= 1 << random.randrange(8)
            case 2 if length:
                changed[at] = random.randrange(256)
            case 3:
                del changed[at : at + length]
            case 4:
                changed[at:at] = random.randbytes(length)
            case 5:
                piece = changed[at : at + length]
                to = random.randrange(len(changed) + 1)
                changed[to:to] = piece
            case 6:
                size = random.choice(SIZES)
                changed[at : at + len(size)] = size
            case 7:
                del changed[at:]
            case 8:
                words = [place for place in range(len(changed)) if chr(changed[place]).isdigit()][:4000]
                if words:
                    start = end = random.choice(words)
                    while end < len(changed) and chr(changed[end]) in "0123456789.e-":
                        end += 1
                    changed[start:end] = random.choice(NUMBERS).encode()
    return bytes(changed)
