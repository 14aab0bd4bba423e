"""Ctrl-C and SIGTERM wait until what must be whole is whole."""

import os
import signal
import threading

import pytest

from neural_network.support.signals import SIGNALS, postponed


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
