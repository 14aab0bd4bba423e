"""Modules made of a text of this package: a solution of the course, or a module in which some lines are edited.

Their loader knows the text, so that tracebacks, debuggers and traces show the very lines that run.
"""

import importlib.abc
import importlib.util
import inspect
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from .errors import InputError

Edits = tuple[tuple[str, str], ...]  # each (old, new): a text, and the text in its place

_originals: dict[str, dict[int, str]] = {}  # of each edited module, by its file: the lines that were edited


class _Source(importlib.abc.ExecutionLoader):
    """Loads a module from a text, under the name of a file that need not exist."""

    def __init__(self, text: str, file: str) -> None:
        self._text, self._file = text, file

    def get_source(self, fullname: str) -> str:
        return self._text

    def get_filename(self, fullname: str) -> str:
        return self._file


def make_module(name: str, text: str, file: str, known: Mapping[str, Any] | None = None) -> ModuleType:
    """Return a module made of `text`, in which the values of `known` are there from the start."""
    spec = importlib.util.spec_from_loader(name, _Source(text, file))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    vars(module).update(known or {})
    spec.loader.exec_module(module)
    return module


def edit(text: str, edits: Edits) -> str:
    """Return a text with its edits. Raises InputError where an old text does not occur exactly once."""
    for old, new in edits:
        if text.count(old) != 1:
            raise InputError(f"{old!r} must occur once to be edited, not {text.count(old)} times")
        text = text.replace(old, new)
    return text


def edited_module(module: ModuleType, edits: Edits) -> ModuleType:
    """Return a second `module`, made of its source with edits that keep the number of lines.

    Its file is named after the new texts, as in "<dZ2 = Y - A2>/network.py". Raises InputError as `edit` does.
    """
    source, path = inspect.getsource(module), Path(module.__file__ or "")
    try:
        text = edit(source, edits)
    except InputError as error:
        raise InputError(f"{path.name} was changed: {error}") from None
    file = f"<{'; '.join(new for _, new in edits)}>/{path.name}"
    lines = enumerate(zip(source.splitlines(), text.splitlines(), strict=True), 1)
    _originals[file] = {number: old.strip() for number, (old, new) in lines if old != new}
    return make_module(module.__name__, text, file)


def original_line(file: str, line: int) -> str:
    """Return what a line was before it was edited; empty for a line that was not."""
    return _originals.get(file, {}).get(line, "")
