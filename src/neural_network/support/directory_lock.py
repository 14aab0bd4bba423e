"""One process at a time in a folder: two trainings of the same name would mix their files.

The lock is the system's own, on a file beside the folder, and ends with the process, however that ends. Where the
system has no such locks (Windows), nothing is locked.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from .errors import InputError, WorkError


def lock_file(folder: Path) -> Path:
    """Return the file that stands for `folder`. One that nobody holds is left over, and does no harm."""
    return folder.with_name(f".{folder.name}.lock")


@contextlib.contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Keep others from working in `folder`, which need not exist, while the block runs.

    Raises
    ------
    InputError
        Another process holds it.
    WorkError
        The file beside it cannot be written.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    path = lock_file(folder)
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("w")
        except OSError as error:
            raise WorkError(f"cannot write {path}: {error.strerror or error}") from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                where = f"another process is training into {folder}"
                raise InputError(f"{where}; wait for its end, or choose another --name") from None
            if not _is_at(path, file.fileno()):  # whoever held it has removed it in the meantime
                continue
            try:
                yield
            finally:
                path.unlink(missing_ok=True)
            return


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
