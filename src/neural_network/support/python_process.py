"""Another Python process that runs a function of this package, and nothing else.

It imports this package and NumPy from where this process has them, and nothing from the current folder. It writes no
output and stops at no breakpoint.
"""

import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from . import threads

PACKAGE, IMPORTED = Path(__file__).parents[1], time.time() - 0.02  # clocks of file systems tick in up to 0.01 s
# Without site-packages, whose modules come after the standard library's, and NumPy's before those beside this package.
CODE = """import importlib, json, sys
module, arguments, of_numpy, of_package = sys.argv[1:]
sys.path.append(of_numpy)
import numpy
sys.path.insert(-1, of_package)
sys.breakpointhook = lambda *arguments, **options: None
importlib.import_module(module).main(**json.loads(arguments))
"""


def is_possible() -> bool:
    """Return whether a process can be started, and would import this package as this process has imported it.

    It takes two processors, a Python to start, memory in which writes are seen in their order, and files that nobody
    has edited, moved or copied there since.
    """
    python = Path(sys.executable or "").name.startswith("python") and not getattr(sys, "frozen", False)
    system = threads.size() > 1 and hasattr(os, "memfd_create") and platform.machine() == "x86_64"
    return python and system and all(path.stat().st_ctime < IMPORTED for path in PACKAGE.rglob("*.py"))


def start(module: str, arguments: dict[str, Any], descriptor: int) -> "subprocess.Popen[bytes]":
    """Start `main(**arguments)` of a module of this package; the process inherits an open file.

    It has a session of its own, so that Ctrl-C does not reach it. Raises OSError where no process can be had.
    """
    paths = str(Path(np.__file__).parents[1]), str(PACKAGE.parent)
    command = [sys.executable, "-I", "-S", "-c", CODE, module, json.dumps(arguments), *paths]
    streams: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    return subprocess.Popen(command, pass_fds=[descriptor], start_new_session=True, **streams)
