"""A folder that is written completely, or not at all.

The folder must be new or empty, since files that are in it already would be mixed with the new ones. It is filled under
another name, and renamed once it is complete.
"""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ..support.errors import InputError, WorkError


def check_new(folder: Path) -> None:
    """Raise InputError if there is a file of this name, or a folder that is not empty."""
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise InputError(f"{folder} exists already and is not empty; give the name of a new folder")


@contextlib.contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Yield a temporary folder to write to; it becomes `folder` when the block ends.

    Raises
    ------
    InputError
        `folder` exists already and is not empty.
    WorkError
        The folder cannot be written; nothing is left of it then.
    """
    check_new(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as temporary:
            unfinished = Path(temporary) / folder.name
            unfinished.mkdir()  # inside, since only its owner may read a temporary folder
            yield unfinished
            if folder.exists():
                folder.rmdir()
            unfinished.rename(folder)
    except OSError as error:
        # The error of atomic_write names a file in the temporary folder: its first cause says enough.
        cause: BaseException = error
        while cause.__cause__:
            cause = cause.__cause__
        raise WorkError(f"cannot write {folder}: {getattr(cause, 'strerror', None) or cause}") from error
