"""Ctrl-C and SIGTERM: what must not be left half done is finished first."""

import contextlib
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import Any, Protocol

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruptible(Protocol):
    """Work that ends by itself once `interrupt` is set."""

    interrupt: bool


@contextlib.contextmanager
def finish_on_interrupt(works: Sequence[Interruptible]) -> Iterator[None]:
    """Turn the first Ctrl-C into `interrupt` of all `works`, so that no step is left half done; a second is usual.

    So it is with SIGTERM, if the program handles it. A signal that is ignored, as after `trap '' INT`, stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may handle signals
        return
    usual = {number: handler for number in SIGNALS if callable(handler := signal.getsignal(number))}

    def stop(signum: int, frame: FrameType | None) -> None:
        for work in works:
            work.interrupt = True
        _handle(usual)

    _handle(dict.fromkeys(usual, stop))
    try:
        yield
    finally:
        _handle(usual)


def _handle(handlers: Mapping[signal.Signals, Any]) -> None:
    for number, handler in handlers.items():
        signal.signal(number, handler)


@contextlib.contextmanager
def sigterm_as_ctrl_c() -> Iterator[None]:
    """Treat SIGTERM, by which batch systems and shutdowns end a program, as Ctrl-C: finish the step, and save."""
    in_main_thread = threading.current_thread() is threading.main_thread()
    if not in_main_thread or signal.getsignal(signal.SIGTERM) is signal.SIG_IGN:
        yield
        return

    def interrupt(signum: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    usual = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, usual)


@contextlib.contextmanager
def postponed() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM take effect only when the block has ended, as where a few small files are written."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may handle signals
        return
    came: list[int] = []
    usual = {number: signal.signal(number, lambda number, frame: came.append(number)) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in usual.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
    if came:
        signal.raise_signal(came[0])
