"""Locks on folders: two trainings of the same name would mix their files.

The lock is the system's own, `flock` on a file beside the folder, and ends with the process, however that ends. Systems
without it (Windows) and some network file systems have no such locks; training goes on without one there.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from .errors import InputError, WorkError


def lock_file(folder: Path) -> Path:
    """Return the lock file of `folder`: the same for all paths that lead to it. One that is left over does no harm."""
    try:
        folder = Path(os.path.realpath(folder))
    except OSError as error:  # the current folder has been removed
        raise WorkError(f"cannot write {folder}: {error.strerror or error}") from error
    if not folder.name:
        raise InputError(f"{folder} cannot be the folder of a run")
    return folder.with_name(f".{folder.name}.lock")


@contextlib.contextmanager
def hold(folder: Path, say: Callable[[str], object] = lambda line: None) -> Iterator[None]:
    """Lock `folder`, which need not exist, while the block runs.

    Parameters
    ----------
    say : callable
        Called with one line if the file system has no locks, so that the block runs without one.

    Raises
    ------
    InputError
        Another process has locked it, or the lock file is a symbolic link, a folder or the like.
    WorkError
        The lock file cannot be written.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    path = lock_file(folder)
    while True:
        descriptor = _open(path, folder)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except (BlockingIOError, PermissionError):
                held = f"another process is training into {folder}"
                raise InputError(f"{held}; wait until it has finished, or choose another --name") from None
            except OSError as error:
                reason = f"its file system has no locks ({error.strerror})"
                say(f"{folder} is not locked: {reason}; make sure that no other process trains into it")
            if not _is_at(path, descriptor):  # the process that had locked it has removed it in the meantime
                continue
            try:
                yield
            finally:
                with contextlib.suppress(OSError):
                    if _is_at(path, descriptor) and not os.fstat(descriptor).st_size:
                        path.unlink()
            return
        finally:
            os.close(descriptor)


def _open(path: Path, folder: Path) -> int:
    """Open or make a lock file. One that is not empty is a file of the user's that has this name: it is kept."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise InputError(f"{path} is not a regular file, but a lock must be one: remove it")
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
    except OSError as error:
        raise WorkError(f"cannot write {folder}, nor {path.name} beside it: {error.strerror or error}") from error


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
