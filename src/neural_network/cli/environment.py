"""Environment variables that are meant for other programs, and must not break this one."""

import contextlib
import logging
import os
import shutil
import warnings
from collections.abc import Iterator, Mapping

NARROWEST, WIDEST = 20, 1000  # columns of a terminal


@contextlib.contextmanager
def own_environment() -> Iterator[None]:
    """Change or remove, while the block runs, the variables that would break the command or its libraries.

    COLUMNS and LINES that are not the size of a terminal, such as the 0 of a container; the backend and the settings
    file of matplotlib, which notebooks set; and PYTHONWARNINGS=error, which turns remarks of libraries into failures.
    """
    new: dict[str, str | None] = {"LINES": None, "TERMINAL_WIDTH": None, "MATPLOTLIBRC": None, "MPLBACKEND": "agg"}
    columns = shutil.get_terminal_size().columns  # where COLUMNS is not a size: those of the terminal, or 80
    if "COLUMNS" in os.environ or columns < NARROWEST:
        new["COLUMNS"] = str(min(max(columns, NARROWEST), WIDEST))
    old = {name: os.environ.get(name) for name in new}
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # which reports a settings folder that it cannot write
    _set(new)
    try:
        with warnings.catch_warnings():
            if "error" in os.environ.get("PYTHONWARNINGS", ""):
                warnings.simplefilter("ignore")
            yield
    finally:
        _set(old)


def _set(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
