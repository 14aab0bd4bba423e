"""A folder that is there with all that belongs into it, or not at all.

Files that lie in a folder already would be mixed with the new ones, and some of them read before those; so the folder
must be new or empty. It is filled under another name, which it loses once it is complete.
"""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ..support.errors import InputError, WorkError


def check_new(folder: Path) -> None:
    """Raise InputError where there is a file or folder of this name already that is not an empty folder."""
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise InputError(f"{folder} exists already and is not empty; give the name of a new folder")


@contextlib.contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Yield a folder that takes the name `folder`, in which there must be nothing yet, once all in it is written.

    Raises
    ------
    InputError
        Something is there already.
    WorkError
        The folder cannot be written; none is left then.
    """
    check_new(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as temporary:
            unfinished = Path(temporary) / folder.name
            unfinished.mkdir()  # inside, since a temporary folder is open to its owner only
            yield unfinished
            if folder.exists():
                folder.rmdir()
            unfinished.rename(folder)
    except OSError as error:
        # What atomic_write raises names a file of the temporary folder: the first cause is enough.
        cause: BaseException = error
        while cause.__cause__:
            cause = cause.__cause__
        raise WorkError(f"cannot write {folder}: {getattr(cause, 'strerror', None) or cause}") from error
