"""Writing files so that a crash or a full disk leaves the old file or the new one, never half of either."""

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from .errors import InputError, WorkError


@contextlib.contextmanager
def atomic_write(
    path: str | os.PathLike[str], check: Callable[[Path], object] = lambda file: None
) -> Iterator[IO[bytes]]:
    """Open a binary file that replaces `path` only when all of it is safely on the disk.

    The bytes go to a temporary file in the same folder. It is synced, `check` reads it back, and it is then renamed to
    `path`. If anything fails on the way, `path` is as it was and the temporary file is removed. A symbolic link at
    `path` remains, and the file it leads to is replaced.

    Parameters
    ----------
    check : callable
        Called with the finished temporary file; raises InputError if it cannot be read as what it should be.

    Raises
    ------
    WorkError
        The file cannot be written, or not read back: the message names it and the reason. Or `path` exists and is not
        a regular file, but a folder or a device, for example.
    """
    try:
        target = Path(os.path.realpath(path))  # fails if the current folder has been removed
        if target.exists() and not target.is_file():
            raise WorkError(f"cannot write {path}: it is not a regular file")
        target.parent.mkdir(parents=True, exist_ok=True)
        # The system itself takes the umask off these permissions: asking for it would change it for a moment.
        temporary = target.with_name(f".{target.name[:50]}.{os.urandom(8).hex()}.tmp")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    except WorkError:
        raise
    except OSError as error:
        raise WorkError(f"cannot write {path}: {error.strerror or error}") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        try:
            check(temporary)
        except InputError as error:
            raise WorkError(f"{path} is not saved, because it could not be read back: {error}") from error
        temporary.replace(target)
        _sync_folder(target.parent)
    except WorkError:
        raise
    except OSError as error:
        raise WorkError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: str | os.PathLike[str], value: Any, check: Callable[[Path], object] = lambda file: None) -> None:
    """Write a JSON value for people to read, as `atomic_write` does."""
    with atomic_write(path, check) as file:
        file.write(json.dumps(value, indent=2).encode() + b"\n")


def _sync_folder(folder: Path) -> None:
    """Make the renaming itself survive a power cut, on systems that sync folders (Windows does not)."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
