"""The start and the end of every command: it loads plugins, runs the command, and turns errors into exit statuses.

0 done, 1 the work failed, 2 bad usage or bad input, 3 training diverged, 130 interrupted by Ctrl-C or SIGTERM, 141 the
reader of the output has gone.
"""

import atexit
import io
import os
import re
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from ..support.error_state import own_error_state
from ..support.errors import DivergenceError, InputError
from ..support.plugins import load_plugins
from ..support.signals import sigterm_as_ctrl_c
from . import terminal
from .environment import own_environment

DEBUG = "MNIST_NN_DEBUG"  # set it to see tracebacks


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command with `arguments` (those of the process by default) and exit with its status."""
    _open_what_was_closed()
    try:
        with own_environment(), sigterm_as_ctrl_c():
            status = _run(list(sys.argv[1:] if arguments is None else arguments))
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
    if status == 130:  # `train` has said what it kept
        terminal.complain("interrupted")
    if threading.current_thread() is threading.main_thread():
        atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)  # all is done: nothing is left to be interrupted
    sys.exit(status)


@own_error_state
def _run(arguments: list[str]) -> int:
    """Load the plugins, run the command, and return its status."""
    for argument in arguments:
        option, equals, value = argument.partition("=")
        if not argument or (option.startswith("--") and equals and not value):
            raise InputError(f"{option or 'an argument'} is empty: is a variable of the shell not set?")
    plugins, others = _take_plugins(arguments)
    load_plugins(plugins)
    from .app import app  # now, since its lists of names include those of the plugins

    return app(others, standalone_mode=False, prog_name="mnist-nn") or 0


def _open_what_was_closed() -> None:
    """Let a program that was started without input or output, as by `mnist-nn train >&-`, read and write nothing."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 (until the end)
    if isinstance(sys.stdout, io.TextIOWrapper):  # a character that this encoding lacks is written as its number
        sys.stdout.reconfigure(errors="backslashreplace")


def _end_quietly() -> int:
    """Discard the rest of the output, which nobody reads, as in `mnist-nn data list | head -1`.

    Returns the status that a shell gives to a program that SIGPIPE has ended.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 128 + 13


def explain(error: Any) -> tuple[int, str]:
    """Return the exit status and the line for an error."""
    from .usage import UsageError, explain_usage

    if isinstance(error, UsageError):
        return 2, explain_usage(error)
    if isinstance(error, DivergenceError):
        return 3, str(error)
    message = str(error) or type(error).__name__
    if isinstance(error, OSError) and error.strerror:  # the system's, whose text begins with [Errno 13]
        message = f"{os.fsdecode(error.filename or 'the output')}: {error.strerror.lower()}"
    if isinstance(error, InputError | FileNotFoundError | IsADirectoryError | NotADirectoryError):
        return 2, _name_options(message)
    if isinstance(error, OSError | MemoryError | ImportError):
        return 1, message
    frame = traceback.extract_tb(error.__traceback__)[-1]
    what = f"internal error in {frame.filename}, line {frame.lineno}: {type(error).__name__}: {error}"
    return 1, f"{what} (please report it, unless you have edited that file; traceback with {DEBUG}=1)"


def _name_options(message: str) -> str:
    """Return a message that begins with the name of a setting with the options in the place of such names."""
    from ..runs.command import option
    from ..runs.settings import Settings

    setting = rf"\b({'|'.join(each.name for each in fields(Settings))})(?= must | needs | to be | \()"
    return re.sub(setting, lambda found: option(found[0]), message) if re.match(setting, message) else message


def _take_plugins(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the values of --plugin, wherever they stand, and the other arguments."""
    plugins, others, rest = [], [], iter(arguments)
    for argument in rest:
        option, equals, value = argument.partition("=")
        if option == "--plugin":
            plugins.append(value if equals else next(rest, ""))
        else:
            others.append(argument)
    if "" in plugins:
        raise InputError("--plugin needs a file, such as softsign.py, or a module")
    return plugins, others
