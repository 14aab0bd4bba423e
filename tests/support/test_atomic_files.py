import os
import stat

import pytest

from neural_network.support.atomic_files import atomic_write
from neural_network.support.errors import InputError, WorkError


def test_the_new_file_takes_the_place_of_the_old(tmp_path):
    path = tmp_path / "new folder" / "file"
    for content in (b"old", b"new"):
        with atomic_write(path) as file:
            file.write(content)
    assert path.read_bytes() == b"new"
    assert [p.name for p in path.parent.iterdir()] == ["file"]


def test_a_failure_on_the_way_leaves_the_old_file_and_no_litter(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(TypeError), atomic_write(path) as file:
        file.write(b"half" and "not bytes")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_full_disk_is_one_clear_line(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with (
        pytest.raises(WorkError, match=r"cannot write .*file: No space left"),
        atomic_write(tmp_path / "file"),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(WorkError, match="cannot write"), atomic_write(tmp_path / "file" / "below"):
        pass


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_regular_file_is_not_replaced(tmp_path, make):
    path = tmp_path / "thing"  # as /dev/full might be
    make(path)
    before = path.stat()
    with pytest.raises(WorkError, match=r"cannot write .*thing: it is not a regular file"), atomic_write(path):
        pass
    assert path.stat() == before
    assert [p.name for p in tmp_path.iterdir()] == ["thing"]


def test_a_symbolic_link_stays_one(tmp_path):
    link = tmp_path / "link"
    link.symlink_to("file")
    with atomic_write(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert (tmp_path / "file").read_bytes() == b"new"


def test_permissions_follow_the_umask_which_is_left_alone(tmp_path, monkeypatch):
    """It is one for all threads: asking for it would let another thread write a file that everybody may write."""
    usual = os.umask(0o027)
    try:
        monkeypatch.setattr(os, "umask", None)
        with atomic_write(tmp_path / "file") as file:
            file.write(b"new")
    finally:
        monkeypatch.undo()
        os.umask(usual)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o640


def test_a_name_may_be_as_long_as_the_system_allows(tmp_path):
    path = tmp_path / ("é" * 127)
    with atomic_write(path) as file:
        file.write(b"new")
    assert path.read_bytes() == b"new"


def test_a_file_that_cannot_be_read_back_does_not_replace_the_old_one(tmp_path):
    def refuse(file):
        assert file.read_bytes() == b"new"
        raise InputError("it is not a model")

    path = tmp_path / "file"
    path.write_bytes(b"old")
    with (
        pytest.raises(WorkError, match=r"file is not saved.*it is not a model"),
        atomic_write(path, check=refuse) as file,
    ):
        file.write(b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
