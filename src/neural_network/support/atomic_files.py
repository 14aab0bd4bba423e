"""Writing files so that a crash or a full disk leaves the old file or the new one, never half of each."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from .errors import WorkError


@contextlib.contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """Open a binary file that takes the place of `path` only once all of it is safely on the disk.

    The bytes go to a temporary file in the same folder, are synced, and the file is then renamed over `path`. If
    anything fails on the way, `path` is as it was and the temporary file is gone. A symbolic link stays one.

    Raises
    ------
    WorkError
        The file cannot be written: the message names it and the system's reason. Or there is something at `path` that
        is no regular file, such as a folder or a device.
    """
    import tempfile  # here, because it takes long to load and most programs only read

    try:
        target = Path(os.path.realpath(path))  # which fails where the current folder has been removed
        if target.exists() and not target.is_file():
            raise WorkError(f"cannot write {path}: it is not a regular file")
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    except WorkError:
        raise
    except OSError as error:
        raise WorkError(f"cannot write {path}: {error.strerror or error}") from error
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())  # mkstemp makes files that only their owner may read
        temporary.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise WorkError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    """Make the renaming itself survive a power cut, where the system lets folders be synced (Windows does not)."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
