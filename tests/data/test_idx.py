"""IDX files against bytes written by hand, and against whatever damage chance can do to them."""

import gzip
import hashlib
import io
import struct
import tracemalloc
from contextlib import nullcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neural_network.data import idx, read_idx, read_pair, write_idx
from neural_network.data.idx import parse_idx
from neural_network.data.sources import SOURCES
from neural_network.support.errors import InputError

LABELS = bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 9, 0])
IMAGES = bytes([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 10, 11, 20, 21, 30, 31])


@pytest.fixture
def save(tmp_path):
    def save(content, name="file"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return save


@pytest.mark.parametrize("compress", [bytes, gzip.compress])
def test_bytes_written_by_hand_are_read(save, compress):
    labels, images = read_idx(save(compress(LABELS))), read_idx(save(compress(IMAGES)))
    assert labels.tolist() == [7, 9, 0]
    assert images.tolist() == [[[10, 11]], [[20, 21]], [[30, 31]]]
    assert labels.dtype == images.dtype == np.uint8


def test_an_array_is_written_as_those_bytes(tmp_path):
    write_idx(tmp_path / "plain", np.array([7, 9, 0], np.uint8))
    write_idx(tmp_path / "compressed.gz", np.array([[[10, 11]], [[20, 21]], [[30, 31]]], np.uint8))
    assert (tmp_path / "plain").read_bytes() == LABELS
    assert gzip.decompress((tmp_path / "compressed.gz").read_bytes()) == IMAGES


@pytest.mark.parametrize("name", ["plain", "compressed.gz"])
def test_a_large_array_is_written_without_a_copy(tmp_path, name):
    array = np.zeros((1000, 100, 100), np.uint8)
    tracemalloc.start()
    write_idx(tmp_path / name, array)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < array.nbytes / 4
    assert np.array_equal(read_idx(tmp_path / name), array)


def test_an_array_in_another_order_in_memory_is_written_in_its_own(tmp_path):
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    write_idx(tmp_path / "file", array.T)
    assert np.array_equal(read_idx(tmp_path / "file"), array.T)


def test_compressing_the_same_array_gives_the_same_file(tmp_path):
    for name in ("one.gz", "other.gz"):
        write_idx(tmp_path / name, np.arange(100, dtype=np.uint8))
    content = (tmp_path / "one.gz").read_bytes()
    assert content == (tmp_path / "other.gz").read_bytes()
    assert content[3:8] == bytes(5)  # no name, and no time of day (RFC 1952)


@pytest.mark.parametrize("array", [np.zeros(3), np.zeros((1, 1, 1, 1), np.uint8), np.uint8(0)])
def test_only_bytes_of_one_to_three_dimensions_are_written(tmp_path, array):
    with pytest.raises(InputError, match="array must be of uint8"):
        write_idx(tmp_path / "file", array)
    assert list(tmp_path.iterdir()) == []


DAMAGED = {
    "empty": (b"", "not an IDX file: it begins with b''"),
    "HTML": (b"<!DOCTYPE html>", "not an IDX file: it begins with b'<!DO'"),
    "three bytes": (LABELS[:3], "not an IDX file"),
    "wrong magic": (b"\0\1" + LABELS[2:], "expected two zero bytes"),
    "no such type": (b"\0\0\x0a" + LABELS[3:], "its elements are of type 10, expected one of 8, 9"),
    "too few integers": (b"\0\0\x0c" + LABELS[3:], "claims 3 × 4 bytes, (but the last 9 are missing|more than a file)"),
    "no dimensions": (b"\0\0\x08\0", "it has 0 dimensions"),
    "four dimensions": (b"\0\0\x08\4" + bytes(16), "it has 4 dimensions"),
    "cut in the header": (LABELS[:7], "ends within its header"),
    "one byte short": (LABELS[:-1], "claims 3 bytes, but the last 1 are missing"),
    "one byte too many": (LABELS + b"\0", "claims 3 bytes, but more follow"),
    "2^62 bytes claimed": (b"\0\0\x08\2" + struct.pack(">2I", 2**31, 2**31) + b"\0", "more than a file of this size"),
}


@pytest.mark.parametrize("compress", [bytes, gzip.compress])
@pytest.mark.parametrize("damage", DAMAGED)
def test_damage_is_named_in_one_line(save, damage, compress):
    content, message = DAMAGED[damage]
    path = save(compress(content))
    with pytest.raises(InputError, match=message) as caught:
        read_idx(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(IMAGES)[:-1],
        gzip.compress(IMAGES)[:15],
        gzip.compress(IMAGES)[:-8] + b"\0\0\0\0" + gzip.compress(IMAGES)[-4:],
        gzip.compress(IMAGES) + b"junk",
        gzip.compress(IMAGES)[:10] + b"\xff" + gzip.compress(IMAGES)[11:],
    ],
    ids=["end cut off", "cut off early", "wrong checksum", "junk at the end", "no such block"],
)
def test_a_damaged_gzip_file_is_refused(save, content):
    with pytest.raises(InputError, match="damaged gzip file"):
        read_idx(save(content))


@given(st.data())
def test_no_mutation_gives_anything_but_an_array_or_an_input_error(data):
    content = bytearray(data.draw(st.sampled_from([LABELS, IMAGES, gzip.compress(IMAGES, mtime=0)])))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = bytes(content[: data.draw(st.integers(0, len(content)))]) + data.draw(st.binary(max_size=3))
    try:
        array = parse_idx(io.BytesIO(content), "name")
    except InputError as error:
        assert str(error).startswith("name: ")  # noqa: PT017
        return
    if not content.startswith(b"\x1f\x8b"):
        elements = array.astype(array.dtype.newbyteorder(">")).tobytes()
        assert content[4:] == struct.pack(f">{array.ndim}I", *array.shape) + elements


@pytest.mark.parametrize(
    "bomb",
    [
        b"\0\0\x08\3" + struct.pack(">3I", 60000, 28, 28) + bytes(2**26),
        b"\0\0\x08\1" + struct.pack(">I", 3) + bytes(2**26),
        b"\0\0\x08\1" + struct.pack(">I", 2**30),
    ],
    ids=["zeros without end", "more than claimed", "claims a gigabyte"],
)
def test_a_bomb_takes_no_more_memory_than_an_honest_file(save, bomb):
    path = save(gzip.compress(bomb))
    tracemalloc.start()
    with pytest.raises(InputError, match="claims"):
        read_idx(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60000 * 28 * 28 + 2**23


def test_a_plain_file_holds_no_more_bytes_than_it_has(save):
    for claim, message in ((11, "the last 8 are missing"), (12, "more than a file of this size can hold")):
        with pytest.raises(InputError, match=f"claims {claim} bytes, .*{message}"):
            read_idx(save(b"\0\0\x08\1" + struct.pack(">I", claim) + b"\7\x09\0"))  # 11 bytes


@pytest.mark.parametrize(("free", "ratio", "fits"), [(1000, 0, True), (999, 0, False), (0, 100, True), (0, 10, False)])
def test_a_compressed_file_may_hold_so_many_bytes_or_so_many_times_its_own(save, monkeypatch, free, ratio, fits):
    monkeypatch.setattr(idx, "FREE_BYTES", free)
    monkeypatch.setattr(idx, "LARGEST_RATIO", ratio)
    path = save(gzip.compress(b"\0\0\x08\1" + struct.pack(">I", 1000) + bytes(1000)))
    assert 10 < path.stat().st_size < 100
    with nullcontext() if fits else pytest.raises(InputError, match="more than a file of this size can hold"):
        assert len(read_idx(path)) == 1000


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        read_idx(tmp_path / "nowhere")


@pytest.mark.parametrize(("large", "mapped"), [(22, True), (23, False)])
def test_a_plain_file_is_mapped_from_its_size_on(save, monkeypatch, large, mapped):
    monkeypatch.setattr(idx, "MAPPED_BYTES", large)
    array = idx.map_idx(save(IMAGES))  # 22 bytes
    assert array.tolist() == [[[10, 11]], [[20, 21]], [[30, 31]]]
    assert array.dtype == np.uint8
    assert array.flags.writeable is not mapped


def test_a_large_compressed_file_is_read(save, monkeypatch):
    monkeypatch.setattr(idx, "MAPPED_BYTES", 1)
    array = idx.map_idx(save(gzip.compress(IMAGES)))
    assert array.tolist() == [[[10, 11]], [[20, 21]], [[30, 31]]]
    assert array.flags.writeable


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_file_that_is_mapped_is_checked_like_one_that_is_read(save, monkeypatch, damage):
    monkeypatch.setattr(idx, "MAPPED_BYTES", 0)
    content, message = DAMAGED[damage]
    path = save(content)
    with pytest.raises(InputError, match=message) as caught:
        idx.map_idx(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_pair_is_read(save):
    images, labels = read_pair(save(IMAGES, "images"), save(LABELS, "labels"))
    assert images.shape == (3, 1, 2)
    assert labels.tolist() == [7, 9, 0]


def integers(*shape, code=12, kind="i"):
    """Return a function that makes an IDX file of big-endian numbers of four bytes, of this shape."""
    head = bytes([0, 0, code, len(shape)]) + struct.pack(f">{len(shape)}I", *shape)
    return lambda values: head + struct.pack(f">{len(values)}{kind}", *values)


def test_labels_of_four_bytes_and_over_9_are_read(save):
    _, labels = read_pair(save(IMAGES, "images"), save(integers(3)([7, 300, 0]), "labels"))
    assert labels.tolist() == [7, 300, 0]
    assert labels.dtype == np.int64


def test_the_first_of_qmnists_columns_is_the_label(save):
    content = integers(3, 8)([5, 4, 1, 2, 3, 4, 5, 6] * 3)
    assert read_pair(save(IMAGES, "images"), save(content, "labels"))[1].tolist() == [5, 5, 5]


def test_images_of_other_types_become_bytes_where_they_are_whole(save):
    whole = integers(3, 1, 2)([0, 1, 2, 255, 4, 5])
    fractions = integers(3, 1, 2, code=13, kind="f")([0, 0.5, 1, 0.25, 0, 0])
    labels = save(LABELS, "labels")
    images, _ = read_pair(save(whole, "whole"), labels)
    assert images.dtype == np.uint8
    assert images.ravel().tolist() == [0, 1, 2, 255, 4, 5]
    images, _ = read_pair(save(fractions, "fractions"), labels)
    assert images.dtype == np.float32
    assert images.ravel().tolist() == [0, 0.5, 1, 0.25, 0, 0]
    with pytest.raises(InputError, match="pixels must be 0 to 255 or 0 to 1, but they range from -1 to 256"):
        read_pair(save(integers(3, 1, 2)([0, 1, 2, 256, -1, 5]), "wide"), labels)


NO_IMAGES = b"\0\0\x08\3" + bytes(12)
NO_LABELS = b"\0\0\x08\1" + bytes(4)


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (IMAGES, LABELS[:7] + b"\2\7\2", "holds 3 images, but .*labels 2 labels"),
        (IMAGES, integers(3)([1, 2, -3]), "labels must be whole numbers from 0, but number 2 is -3"),
        (LABELS, LABELS, r"images: expected images \(count, height, width\), not an array \(3,\)"),
        (IMAGES, IMAGES, r"labels: expected one label for each image, not an array \(3, 1, 2\)"),
        (NO_IMAGES, NO_LABELS, r"images: expected images .*, not an array \(0, 0, 0\)"),
    ],
    ids=["counts", "label", "no images", "no labels", "empty"],
)
def test_a_pair_that_does_not_fit_is_refused(save, images, labels, message):
    with pytest.raises(InputError, match=message):
        read_pair(save(images, "images"), save(labels, "labels"))


@pytest.mark.parametrize("name", SOURCES["mnist"].digests)
def test_the_real_files_are_read_to_the_last_byte(real_mnist, name):
    array = read_idx(real_mnist / name)
    content = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()
    assert hashlib.sha256(content).hexdigest() == SOURCES["mnist"].digests[name]
