"""The progress bar: one at a time, on a terminal only, and gone at the end."""

import io
import re

import pytest

from neural_network import TwoLayerNN
from neural_network.support.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True

    def drawn(self):
        """Return what was drawn since the last call, without control sequences."""
        text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", self.getvalue())
        self.seek(0)
        self.truncate()
        return text


@pytest.fixture
def screen(monkeypatch):
    """A function that makes standard error a terminal; pytest would undo it before the test begins."""

    def make():
        terminal = Terminal()
        monkeypatch.setattr("sys.stderr", terminal)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", "100")
        return terminal

    return make


def test_nothing_is_drawn_where_there_is_no_terminal(capsys):
    with Progress("reading", 3) as bar:
        bar.advance()
        bar.update(2, "writing", "a note")
    assert capsys.readouterr() == ("", "")


def test_the_bar_shows_text_share_and_note(screen):
    screen = screen()
    with Progress("read [red]", 4) as bar:
        bar.advance()
        assert "read [red]" in screen.drawn()
        bar.update(3, "write", "loss 0.5")
        bar._bar._bar.refresh()
        assert re.search(r"write .* 75% loss 0.5 ", screen.drawn())


def test_of_bars_within_bars_only_the_inner_one_is_drawn(screen):
    screen = screen()
    with Progress("outer"):
        assert "outer" in screen.drawn()
        with Progress("inner", 2) as inner:
            screen.drawn()
            inner.advance()
            inner._bar._bar.refresh()
            assert "outer" not in screen.drawn()
        assert "outer" in screen.drawn()
    assert screen.getvalue().endswith("\x1b[2K")  # the line of the bar is erased


def test_training_shows_epoch_and_loss(screen, blobs):
    screen = screen()
    X, Y = blobs
    TwoLayerNN(4, 5, 3, seed=0).train(X, Y, epochs=3, validation=(X, Y))
    assert re.search(r"epoch 3/3 .* 100% loss \d\.\d{4}  validation \d+\.\d\d%", screen.drawn())
