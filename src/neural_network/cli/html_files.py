"""Writing HTML pages, over older pages but over no other file."""

from pathlib import Path

from ..runs.folder import check_writable
from ..support.atomic_files import atomic_write
from ..support.errors import InputError


def check_page(path: Path, option: str) -> None:
    """Raise InputError or WorkError now if a page could not be written, or would replace another kind of file."""
    if path.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"{option} must end in .html, not {path}")
    if path.is_dir() or (path.exists() and not path.read_bytes()[:100].lower().startswith(b"<!doctype html>")):
        raise InputError(f"{path} exists and is not an HTML page; choose another {option}")
    check_writable(path.parent)


def write_page(path: Path, html: str) -> None:
    """Write a whole page, or raise WorkError and write nothing."""
    with atomic_write(path) as file:
        file.write(html.encode())
