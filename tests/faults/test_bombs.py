"""Bombs: small files that claim to be large, and long lines. Each is refused in one line, in little memory and time.

The command runs in a process of its own, so that its memory and its processor time can be told (see hostile.py).
"""

import gzip
import io
import json
import math
import struct
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hostile import FULL, measured, needs_proc
from PIL import Image

from neural_network import TwoLayerNN
from neural_network.data.idx import write_idx

pytestmark = [pytest.mark.faults, needs_proc]

LABELS = "t10k-labels-idx1-ubyte"
IMAGES = "t10k-images-idx3-ubyte"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A model of MNIST's size, and test images with labels, as the current folder."""
    monkeypatch.chdir(tmp_path)
    TwoLayerNN(784, 4, 10, seed=0).save("model")
    rng = np.random.default_rng(0)
    for split in ("train", "t10k"):
        write_idx(f"data/{split}-images-idx3-ubyte", rng.integers(0, 256, (9, 28, 28)).astype(np.uint8))
        write_idx(f"data/{split}-labels-idx1-ubyte", np.arange(9, dtype=np.uint8))


def idx(*shape: int) -> bytes:
    return bytes([0, 0, 8, len(shape)]) + struct.pack(f">{len(shape)}I", *shape)


def safetensors(header: bytes, length: int | None = None, rest: bytes = b"") -> bytes:
    return struct.pack("<Q", len(header) if length is None else length) + header + rest


def claim(values: object, shape: object = (4, 784), offsets: object = (0, 12544), rest: int = 12544) -> bytes:
    """A model file with one tensor and this metadata."""
    text = values if isinstance(values, str) else json.dumps(values)
    tensor = {"dtype": "F32", "shape": shape, "data_offsets": offsets}
    return safetensors(json.dumps({"__metadata__": {"mnist-nn": text}, "W1": tensor}).encode(), rest=bytes(rest))


def png(width: int, height: int, color: int, data: bytes) -> bytes:
    """A PNG file of this size, bit depth 8 and color type, with this compressed content."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, color, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def zeros(count: int) -> bytes:
    """`count` zeros, compressed 1000:1."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(bytes(min(2**20, count - start))) for start in range(0, count, 2**20)]
    return b"".join([*parts, packer.flush()])


def drawn(form: str, size: tuple[int, int], **options: object) -> bytes:
    """A picture of one color, which compresses as well as can be."""
    file = io.BytesIO()
    Image.new("RGB", size, "white").save(file, form, **options)
    return file.getvalue()


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<2H3B", width, height, 0x80, 0, 0) + bytes(6) + b"," + struct.pack(
        "<4HB", 0, 0, width, height, 0
    ) + b"\x02\x02\x44\x01\x00;"  # fmt: skip


def bmp(width: int, height: int) -> bytes:
    return b"BM" + struct.pack("<3I", 100, 0, 54) + struct.pack("<I2i2H6I", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)


def tiff(width: int, height: int) -> bytes:
    tags = [(256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, height), (279, 2**31)]
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + b"".join(struct.pack("<2H2I", t, 4, 1, v) for t, v in tags)


ROW = ",".join(["1"] * 785).encode() + b"\n"
MODELS: dict[str, Callable[[], bytes]] = {
    "a header of 2^62 bytes": lambda: safetensors(b"{}", 2**62),
    "a header of all bytes but one": lambda: safetensors(b"{" * 10**6, 10**6 - 1),
    "braces without end": lambda: safetensors(b'{"a":' * 10**6),
    "brackets in the metadata": lambda: claim("[" * 10**6),
    "2^62 bytes of weights": lambda: claim({}, (2**30, 2**30), (0, 2**62)),
    "weights of 2^128 bytes": lambda: claim({}, (2**62, 2**62), (0, 12544)),
    "2^62 hidden units": lambda: claim(
        {"format": 1, "input_size": 784, "hidden_size": 2**62, "output_size": 10, "dtype": "float32"}
    ),
    "a million tensors": lambda: safetensors(
        (
            "{" + ",".join(f'"{i}":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}' for i in range(10**5)) + "}"
        ).encode()
    ),
    "a seed of a million digits": lambda: claim('{"format": 1, "seed": ' + "9" * 10**6 + "}"),
}
DATA: dict[str, tuple[str, Callable[[], bytes]]] = {
    "10^9 images": (IMAGES, lambda: idx(10**9, 28, 28) + bytes(100)),
    "2^96 bytes": (IMAGES, lambda: idx(2**32 - 1, 2**32 - 1, 2**32 - 1)),
    "10^9 labels, compressed": (LABELS + ".gz", lambda: gzip.compress(idx(10**9))),
    "a gzip bomb that is claimed": (IMAGES + ".gz", lambda: packed(idx(10**6, 28, 28), 784 * 10**6 if FULL else 0)),
    "a gzip bomb after the end": (LABELS + ".gz", lambda: packed(idx(9) + bytes(9), 2**30 if FULL else 2**28)),
    "a gzip bomb of many members": (LABELS + ".gz", lambda: gzip.compress(b"") * 10**5 + gzip.compress(idx(10**9))),
}
TABLES: dict[str, Callable[[], bytes]] = {
    "a first line without end": lambda: b"1," * 10**7,
    "a second line without end": lambda: ROW + b"1," * (25 * 10**7 if FULL else 10**7),
    "a second line of one number": lambda: ROW + b"1" * 10**7,
    "lines of one number": lambda: ROW + b"1\n" * 10**7,
    "zeros": lambda: bytes(10**7),
}
PICTURES: dict[str, Callable[[], bytes]] = {
    "PNG of 2^62 pixels": lambda: png(2**31 - 1, 2**31 - 1, 0, b""),
    "PNG of 10^9 pixels": lambda: png(40_000, 25_000, 0, zeros(10**6)),
    "PNG 1000:1, gray, small enough": lambda: png(6300, 6300, 0, zeros(6301 * 6300)),
    "PNG 1000:1, color": lambda: png(7000, 7000, 2, zeros(21001 * 7000)),
    "PNG 1000:1, transparent": lambda: png(7000, 7000, 6, zeros(28001 * 7000)),
    "PNG 1000:1, transparent, small enough": lambda: png(3160, 3160, 6, zeros(12641 * 3160)),
    "PNG, one line": lambda: png(40_000_000, 1, 0, zeros(40_000_001)),
    "JPEG": lambda: drawn("JPEG", (7000, 7000)),
    "JPEG, progressive": lambda: drawn("JPEG", (7000, 7000), progressive=True),
    "GIF": lambda: gif(65535, 65535),
    "GIF of 50 million pixels": lambda: gif(7000, 7000),
    "BMP": lambda: bmp(2**31 - 1, 2**31 - 1),
    "BMP of 50 million pixels": lambda: bmp(7000, 7000),
    "TIFF": lambda: tiff(2**32 - 1, 2**32 - 1),
    "TIFF of 50 million pixels": lambda: tiff(7000, 7000),
    "WEBP": lambda: drawn("WEBP", (7000, 7000), lossless=True),
    "PPM": lambda: b"P5 7000 7000 255\n",
    "PPM of 2^62 pixels": lambda: b"P6 4294967296 1073741824 255\n",
}


def packed(beginning: bytes, count: int) -> bytes:
    """A gzip file of `beginning` and `count` zeros."""
    file = io.BytesIO()
    with gzip.GzipFile(fileobj=file, mode="wb") as content:
        content.write(beginning)
        for start in range(0, count, 2**20):
            content.write(bytes(min(2**20, count - start)))
    return file.getvalue()


def every_other(bombs: Iterable[str]) -> list[Any]:
    """Return them as parameters, of which every second one is slow, but for the full version."""
    return [pytest.param(bomb, marks=pytest.mark.slow if n % 2 and not FULL else ()) for n, bomb in enumerate(bombs)]


def check(*arguments: str, lines: int = 1, **options: object) -> None:
    status, err = measured(*arguments, **options)
    assert status == 2, err
    assert all(line.startswith("mnist-nn: ") for line in err.splitlines()), err
    assert err.count("\n") == lines, err


@pytest.mark.parametrize("bomb", every_other(MODELS))
def test_models(bomb):
    Path("bomb").write_bytes(MODELS[bomb]())
    check("evaluate", "bomb", "--data", "data")


@pytest.mark.parametrize("bomb", every_other(DATA))
def test_data(bomb):
    name, content = DATA[bomb]
    Path("data", name.removesuffix(".gz")).unlink()
    Path("data", name).write_bytes(content())
    check("evaluate", "model", "--data", "data")


def test_data_that_would_be_right_but_for_their_size():
    """There is a label for each image, and all are zeros: as floats they would take 270 MB."""
    count = 2**26 // 784
    for name, shape in ((IMAGES, (count, 28, 28)), (LABELS, (count,))):
        Path("data", name).unlink()
        Path("data", name + ".gz").write_bytes(packed(idx(*shape), math.prod(shape)))
    check("evaluate", "model", "--data", "data")


@pytest.mark.parametrize("bomb", every_other(TABLES))
def test_tables(bomb):
    Path("train.csv").write_bytes(TABLES[bomb]())
    check("evaluate", "model", "--data", "train.csv")


def test_empty_lines_are_passed_over():
    Path("train.csv").write_bytes(ROW + b"\n" * 10**7)
    assert measured("evaluate", "model", "--data", "train.csv") == (0, "")


@pytest.mark.parametrize("bombs", [[bomb] for bomb in PICTURES] if FULL else [[*PICTURES][::3]])
def test_pictures(bombs):
    """In the short version a few in one process, which must take no more memory than any of them alone."""
    for number, bomb in enumerate(bombs):
        Path(f"bomb-{number}").write_bytes(PICTURES[bomb]())
    names = [f"bomb-{number}" for number in range(len(bombs))]
    check("predict", "model", *names, lines=len(bombs))


def test_a_stream_without_end():
    with Path("/dev/zero").open("rb") as zero:
        check("predict", "model", "-", stdin=zero)


@pytest.mark.parametrize(
    "bomb",
    ['{"data": ' + "[" * 10**6, '{"data": {"spec": "data", "validation": ' + "9" * 10**6, "[" * 10**7],
    ids=["deep", "digits", "10 MB"],
)
def test_summaries(bomb):
    Path("run").mkdir()
    Path("run/config.json").write_text(bomb)
    check("diagnose", "run")
