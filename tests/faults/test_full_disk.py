"""A full disk at every write of every command: each file is whole, the old or the new one; one line; status 1.

There are three ways to fill it: a limit on the size of files, which stops a write in the middle; the error of a full
disk from each call that makes, syncs or renames a file; and a small tmpfs, where the system allows to mount one.
"""

import contextlib
import errno
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hostile import Result, call, quick_calls
from PIL import Image

from neural_network import TwoLayerNN
from neural_network.data import write_csv
from neural_network.data.dataset import make_samples
from neural_network.data.idx import write_idx
from neural_network.runs.checkpoint_files import load_checkpoint

resource = pytest.importorskip("resource")
pytestmark = pytest.mark.faults

TRAIN = [
    "train",
    "--data",
    "data",
    "--validation",
    "5",
    "--no-figures",
    "--epochs",
    "3",
    "--hidden",
    "2",
    "--overwrite",
]
DIVERGING = ["--learning-rate", "1e38", "--activation", "identity", "--batch-size", "5"]
LIMITS = 4  # for each size of file that is written, and pages of the small disk
CALLS = ("open", "mkdir", "fsync", "replace", "rename")  # of the module os


FOLDERS = ("c", "i", "p", "g", "c.csv")  # which must be new


@dataclass
class Writer:
    """A command that writes: its arguments, and what it writes. `seed` makes the old state differ from the new one."""

    arguments: Callable[[int], list[str]]
    places: list[str]


WRITERS = {
    "run": Writer(lambda seed: [*TRAIN, "--name", "r", "--seed", str(seed)], ["runs/r"]),
    "checkpoints": Writer(
        lambda seed: [*TRAIN, "--name", "r", "--seed", str(seed), "--checkpoint-every", "1"], ["runs/r"]
    ),
    "seeds": Writer(lambda seed: [*TRAIN, "--name", "s", "--l2", str(seed), "--seeds", "2"], ["runs/s"]),
    "a run that diverges": Writer(
        lambda seed: [*TRAIN, "--name", "d", "--seed", str(seed), *DIVERGING],
        ["runs/d"],
    ),
    "figure": Writer(lambda seed: ["data", "show", "--data", f"data{seed}", "--output", "sheet.png"], ["sheet.png"]),
    "animation": Writer(lambda seed: ["figures", f"runs/old-{seed}", "--animate", "weights.gif"], ["weights.gif"]),
    "steps": Writer(lambda seed: ["predict", "large", f"four-{seed}.png", "--show-steps", "steps.png"], ["steps.png"]),
    "ONNX": Writer(lambda seed: ["export", f"runs/old-{seed}", "--onnx", "m.onnx"], ["m.onnx"]),
    "export csv": Writer(
        lambda seed: ["data", "export", "--data", "kaggle", "--format", "csv", "--output", "c"], ["c"]
    ),
    "export idx": Writer(lambda seed: ["data", "export", "--data", "data", "--format", "idx", "--output", "i"], ["i"]),
    "export png": Writer(lambda seed: ["data", "export", "--data", "data", "--format", "png", "--output", "p"], ["p"]),
    "digits": Writer(lambda seed: ["data", "generate", "--count", "9", "--test", "3", "--output", "g"], ["g"]),
    "export csv file": Writer(
        lambda seed: ["data", "export", "--data", "kaggle", "--format", "csv", "--output", "c.csv"], ["c.csv"]
    ),
    "submission": Writer(lambda seed: ["predict", "large", f"t{seed}.csv", "--output", "s.csv"], ["s.csv"]),
}

LIKE_OTHERS = ("export idx", "export png", "export csv file", "digits", "steps")
SOME_SLOW = [pytest.param(name, marks=pytest.mark.slow if name in LIKE_OTHERS else ()) for name in WRITERS]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("time.perf_counter", lambda: 0.0)  # so that a run twice gives the same files
    monkeypatch.setattr("neural_network.inspection.figures.saving.DPI", 10)
    monkeypatch.setattr("neural_network.inspection.figures.animation.DPI", 10)
    rng = np.random.default_rng(0)
    for folder in ("data", "data0", "data1"):
        for split, count in (("train", 30), ("t10k", 10)):
            images = rng.integers(0, 256, (count, 4, 4)).astype(np.uint8)
            write_idx(f"{folder}/{split}-images-idx3-ubyte", images)
            write_idx(f"{folder}/{split}-labels-idx1-ubyte", (np.arange(count) % 10).astype(np.uint8))
    Path("kaggle").mkdir()
    write_csv("kaggle/train.csv", make_samples(rng.integers(0, 256, (20, 784)), np.arange(20) % 10))
    for seed in (0, 1):
        Path(f"t{seed}.csv").write_text(f"{','.join(['0'] * 784)}\n" * (9 + seed))
        picture = np.full((40, 40), 250, np.uint8)
        picture[6:34, 12 : 17 + 5 * seed] = 10
        Image.fromarray(picture).save(f"four-{seed}.png")
    with quick_calls():
        yield


@pytest.fixture(scope="module")
def tally():
    """How many full disks there were, and how many commands ended with status 1 on them; the others did without."""
    counts: Counter[str] = Counter()
    yield counts
    print(f"\nfull disks: {counts}; every file was the old or the new one")


@pytest.fixture
def prepared(request):
    """The writer, and the files it leaves: before, and after its work is done."""
    writer = WRITERS[request.param]
    for seed in (0, 1):
        assert call(*TRAIN, "--name", f"old-{seed}", "--seed", str(seed)).status == 0
    TwoLayerNN(784, 2, 10, seed=0).save("large")
    call(*writer.arguments(1))
    new = files(writer)
    clear(writer)
    old: dict[str, bytes] = {}
    if writer.places[0] not in FOLDERS:
        call(*writer.arguments(0))
        old = files(writer)
    return writer, old, new


def files(writer: Writer) -> dict[str, bytes]:
    """Return every file, hidden ones too, in the places that the command writes to."""
    found = {}
    for place in map(Path, writer.places):
        for path in [place] if place.is_file() else place.rglob("*"):
            if path.is_file():
                found[str(path)] = path.read_bytes()
    return found


def clear(writer: Writer) -> None:
    for place in map(Path, writer.places):
        shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)


def put(writer: Writer, old: dict[str, bytes]) -> None:
    clear(writer)
    for name, content in old.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(content)


def check(prepared: tuple[Writer, dict[str, bytes], dict[str, bytes]], result: Result) -> bool:
    """Assert that every file is the old or the new one; return whether the command failed."""
    writer, old, new = prepared
    now = files(writer)
    assert not list(Path().rglob(".*")), "an unfinished file is left"
    for name, content in now.items():
        if "/checkpoint-" in name and name not in new:  # which are there while a run goes on
            load_checkpoint(Path(name))
        else:
            assert content in (old.get(name), new.get(name)), f"{name}: {len(content)} bytes"
    assert old.keys() <= now.keys()
    if result.status in (0, 3):
        assert now == new
        return False
    assert result.status == 1, result
    complaints = [line for line in result.err.splitlines() if line.startswith("mnist-nn: ")]
    assert len(complaints) == 1, result.err
    assert complaints[0].startswith("mnist-nn: cannot write "), result.err
    assert writer.places[0] not in FOLDERS or now == {}, "half of a folder is left"
    return True


@contextlib.contextmanager
def largest(size: int) -> Iterator[None]:
    """Let no file grow over `size` bytes."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


@pytest.mark.parametrize("prepared", SOME_SLOW, indirect=True)
def test_files_that_may_not_grow(prepared, tally):
    writer, old, new = prepared
    sizes = sorted({len(content) for content in new.values()})
    limits = sorted({size * k // LIMITS for size in sizes for k in range(LIMITS)})[: 8 * LIMITS]
    failed = 0
    for limit in limits:
        put(writer, old)
        with largest(limit):
            result = call(*writer.arguments(1))
        failed += check(prepared, result)
    tally.update({"limits": len(limits), "status 1 by limits": failed})
    assert failed == len(limits)


@pytest.mark.parametrize("prepared", SOME_SLOW, indirect=True)
def test_an_error_from_each_call(prepared, tally, monkeypatch):
    writer, old, _ = prepared
    count, fail_at = 0, 0

    def patched(name: str) -> Callable[..., object]:
        usual = getattr(os, name)

        def maybe(path: object, *arguments: object, **options: object) -> object:
            nonlocal count
            if name != "open" or (arguments and arguments[0] & os.O_CREAT):  # type: ignore[operator]
                count += 1
                if count == fail_at:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return usual(path, *arguments, **options)

        return maybe

    for name in CALLS:
        monkeypatch.setattr(os, name, patched(name))
    put(writer, old)
    count = 0
    call(*writer.arguments(1))
    calls, failed = count, 0
    for number in range(1, calls + 1):
        fail_at = 0
        put(writer, old)
        count, fail_at = 0, number
        failed += check(prepared, call(*writer.arguments(1)))
    tally.update({"calls": calls, "status 1 by calls": failed})
    assert calls >= 4
    assert failed >= calls // 2


@pytest.fixture(scope="module")
def tmpfs(tmp_path_factory):
    """A folder in which there are 256 KiB."""
    folder = tmp_path_factory.mktemp("tmpfs")
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"needs to mount a tmpfs: {error}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("prepared", ["run", "figure", "ONNX", "export idx", "submission"], indirect=True)
def test_a_small_disk(prepared, tmpfs, tally, monkeypatch):
    """The current folder is on a disk with room for the old files, and a page more each time."""
    writer, old, _ = prepared
    shutil.rmtree(tmpfs / "home", ignore_errors=True)
    shutil.copytree(".", tmpfs / "home")
    monkeypatch.chdir(tmpfs / "home")
    (tmpfs / "filler").unlink(missing_ok=True)
    failed = 0
    for pages in range(LIMITS):
        put(writer, old)
        free = os.statvfs(tmpfs)
        Path("../filler").write_bytes(bytes(max(0, free.f_bavail - pages) * free.f_frsize))
        result = call(*writer.arguments(1))
        Path("../filler").unlink()
        failed += check(prepared, result)
    tally.update({"small disks": LIMITS, "status 1 on small disks": failed})
    assert failed >= 1
