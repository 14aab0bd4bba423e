"""Where the command begins and ends: plugins first, then the command itself, then its errors and exit status.

0 done, 1 the work failed, 2 bad usage or bad input, 3 training diverged, 130 interrupted, by Ctrl-C or by
SIGTERM, 141 cut short by whoever read the output.
"""

import atexit
import io
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from typer import BadParameter

from ..support.errors import DivergenceError, InputError
from ..support.plugins import load_plugins
from ..support.signals import sigterm_as_ctrl_c
from . import terminal

UsageError: Any = BadParameter.__base__  # wherever this Typer keeps its Click
DEBUG = "MNIST_NN_DEBUG"  # set it to see tracebacks


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command with `arguments` (those of the process by default) and exit with its status."""
    _open_what_was_closed()
    plugins, arguments = _take_plugins(sys.argv[1:] if arguments is None else arguments)
    try:
        load_plugins(plugins)
        from .app import app  # now, since its lists of names include those of the plugins

        with sigterm_as_ctrl_c():
            status = app(arguments or ["--help"], standalone_mode=False, prog_name="mnist-nn") or 0
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = 130
    except (BrokenPipeError, SystemExit) as error:
        # Click and Rich turn a broken pipe into an exit of their own.
        if not isinstance(error if isinstance(error, BrokenPipeError) else error.__context__, BrokenPipeError):
            raise
        status = _end_quietly()
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        status, message = explain(error)
        terminal.complain(message)
    if status == 130:  # `train` has told by itself what it kept
        terminal.complain("interrupted")
    if threading.current_thread() is threading.main_thread():
        atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)  # all is done: nothing is left to be interrupted
    sys.exit(status)


def _open_what_was_closed() -> None:
    """Write to nowhere where the program was started without an output, as by `mnist-nn train >&-`."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 (until the end)
    if isinstance(sys.stdout, io.TextIOWrapper):  # a name of a file may be no text, or none in this language
        sys.stdout.reconfigure(errors="backslashreplace")


def _end_quietly() -> int:
    """Whoever read our output has seen enough, as in `mnist-nn data list | head -1`: what is left of it goes nowhere.

    Returns the status that a shell gives to a program that SIGPIPE has ended.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 128 + 13


def explain(error: Any) -> tuple[int, str]:
    """Return the exit status and the line for an error."""
    if isinstance(error, UsageError):
        message = error.format_message().replace("Value error, ", "")  # pydantic's word, which tells nobody anything
        return 2, f"{message.rstrip('.?')}. Try the same command with --help."
    if isinstance(error, DivergenceError):
        return 3, str(error)
    if isinstance(error, InputError | FileNotFoundError | IsADirectoryError | NotADirectoryError):
        return 2, str(error)
    if isinstance(error, OSError | MemoryError | ImportError):
        return 1, str(error) or type(error).__name__
    return 1, f"internal error, please report it: {type(error).__name__}: {error} (traceback with {DEBUG}=1)"


def _take_plugins(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split the arguments into what stands after each --plugin, wherever that is, and all the others."""
    plugins, others, rest = [], [], iter(arguments)
    for argument in rest:
        option, equals, value = argument.partition("=")
        if option == "--plugin":
            plugins.append(value if equals else next(rest, ""))
        else:
            others.append(argument)
    return plugins, others
