"""Ctrl-C and SIGTERM wait until what must be whole is whole."""

import os
import signal
import threading
from types import SimpleNamespace

import pytest

from neural_network.support.signals import SIGNALS, finish_on_interrupt, postponed, sigterm_as_ctrl_c


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_takes_effect_after_the_block(number):
    done = []

    def handler(came, frame):
        done.append(came)

    usual = signal.signal(number, handler)
    try:
        with postponed():
            os.kill(os.getpid(), number)
            os.kill(os.getpid(), number)
            done.append("block")
        assert done == ["block", number]
        assert signal.getsignal(number) is handler
    finally:
        signal.signal(number, usual)


def test_an_error_in_the_block_puts_the_handlers_back():
    before = [signal.getsignal(number) for number in SIGNALS]
    with pytest.raises(OSError, match="full"), postponed():
        raise OSError("full")
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_other_threads_go_on_as_usual():
    ended = []

    def work():
        with postponed():
            ended.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ended == [True]


@pytest.fixture
def handle():
    """A function that sets the handler of a signal until the test has ended."""
    usual = {number: signal.getsignal(number) for number in SIGNALS}
    yield signal.signal
    for number, handler in usual.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_signal_ends_the_work_and_a_second_is_usual(handle, number):
    came = []
    handle(number, lambda number, frame: came.append(number))
    works = [SimpleNamespace(interrupt=False), SimpleNamespace(interrupt=False)]
    with finish_on_interrupt(works):
        os.kill(os.getpid(), number)
        assert [work.interrupt for work in works] == [True, True]
        assert came == []
        os.kill(os.getpid(), number)
    assert came == [number]


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_that_is_ignored_stays_ignored(handle, number):
    handle(number, signal.SIG_IGN)
    work = SimpleNamespace(interrupt=False)
    with sigterm_as_ctrl_c(), finish_on_interrupt([work]):
        os.kill(os.getpid(), number)
        assert not work.interrupt
    assert signal.getsignal(number) is signal.SIG_IGN


def test_sigterm_ends_the_work_though_ctrl_c_is_ignored(handle):
    handle(signal.SIGINT, signal.SIG_IGN)
    work = SimpleNamespace(interrupt=False)
    with sigterm_as_ctrl_c():
        with finish_on_interrupt([work]):
            os.kill(os.getpid(), signal.SIGTERM)
            assert work.interrupt
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)


def test_a_library_leaves_sigterm_to_the_program(handle):
    handle(signal.SIGTERM, signal.SIG_DFL)
    with finish_on_interrupt([]):
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
