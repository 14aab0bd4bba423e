"""Locks on folders: one for all names of a folder, harmless to other files, and optional where there are none."""

import errno
import fcntl
import os
from pathlib import Path

import pytest

from neural_network import InputError, WorkError
from neural_network.support.directory_lock import hold, lock_file


def refused(folder):
    """Whether another attempt to lock the folder is refused."""
    try:
        with hold(folder):
            return False
    except InputError as error:
        return "another process is training into" in str(error)


def test_a_folder_is_locked_once_and_the_lock_file_is_removed(tmp_path):
    folder = tmp_path / "runs" / "r"
    with hold(folder):
        assert lock_file(folder).exists()
        assert refused(folder)
    assert not lock_file(folder).exists()
    assert not refused(folder)


@pytest.mark.parametrize("name", ["link", "r/.", "r/../r", "link/../r"])
def test_all_names_of_a_folder_are_one_lock(tmp_path, name):
    (tmp_path / "r").mkdir()
    (tmp_path / "link").symlink_to("r")
    with hold(tmp_path / name):
        assert refused(tmp_path / "r")
    with hold(tmp_path / "r"):
        assert refused(tmp_path / name)


def test_the_current_folder_has_a_name_and_the_root_has_none(tmp_path, monkeypatch):
    (tmp_path / "r").mkdir()
    monkeypatch.chdir(tmp_path / "r")
    assert lock_file(Path()) == tmp_path / ".r.lock"
    with pytest.raises(InputError, match="/ cannot be the folder of a run"):
        lock_file(Path("/"))


def test_a_symbolic_link_in_the_place_of_the_lock_file_leaves_its_target_alone(tmp_path):
    precious = tmp_path / "thesis.tex"
    precious.write_text("years of work")
    lock_file(tmp_path / "r").symlink_to(precious)
    with pytest.raises(InputError, match=r"\.r\.lock is not a regular file"), hold(tmp_path / "r"):
        pass
    assert precious.read_text() == "years of work"
    assert lock_file(tmp_path / "r").is_symlink()


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_a_folder_or_a_pipe_is_no_lock_file(tmp_path, make):
    make(lock_file(tmp_path / "r"))
    with pytest.raises(InputError, match=r"\.r\.lock is not a regular file"), hold(tmp_path / "r"):
        pass


def test_a_file_of_the_users_that_has_this_name_is_kept(tmp_path):
    lock_file(tmp_path / "r").write_text("notes")
    with hold(tmp_path / "r"):
        assert refused(tmp_path / "r")
    assert lock_file(tmp_path / "r").read_text() == "notes"


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL, errno.EIO])
def test_without_locks_the_block_runs_and_one_line_says_so(tmp_path, monkeypatch, number):
    def flock(descriptor, operation):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", flock)
    said, ran = [], []
    with hold(tmp_path / "r", said.append):
        ran.append(True)
    assert ran == [True]
    (line,) = said
    assert "r is not locked" in line
    assert os.strerror(number) in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.EWOULDBLOCK, errno.EACCES])
def test_both_answers_of_a_system_mean_that_another_process_has_the_lock(tmp_path, monkeypatch, number):
    def flock(descriptor, operation):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", flock)
    assert refused(tmp_path / "r")


def test_a_lock_file_that_is_another_process_s_by_now_is_left(tmp_path):
    with hold(tmp_path / "r"):
        lock_file(tmp_path / "r").unlink()
        lock_file(tmp_path / "r").write_text("of another")
    assert lock_file(tmp_path / "r").read_text() == "of another"


def test_an_error_in_the_block_is_the_callers(tmp_path):
    with pytest.raises(WorkError, match="full"), hold(tmp_path / "r"):
        raise WorkError("full")
    assert list(tmp_path.iterdir()) == []
