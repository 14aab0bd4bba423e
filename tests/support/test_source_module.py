"""Edited modules: the edit runs, and whoever asks for the source of a line gets the edited one."""

import inspect
import traceback

import numpy as np
import pytest

from neural_network import network as equations
from neural_network.support.errors import InputError
from neural_network.support.source_module import edited_module, original_line

EDITS = (("A1 = g(Z1)  # (2)", "A1 = g(Z1[0])  # (2)"),)


def test_the_edited_line_is_in_tracebacks_and_sources():
    module = edited_module(equations, EDITS)
    network = module.Network(2, 3, 2, seed=0)
    with pytest.raises(ValueError, match="matmul") as raised:
        network.forward(np.ones((2, 1)))
    frame = traceback.extract_tb(raised.tb)[-1]
    assert frame.filename == "<A1 = g(Z1[0])  # (2)>/network.py"
    line = inspect.getsource(equations).split("A1 = g(Z1)")[0].count("\n") + 1
    assert frame.lineno == line + 3  # (3), which the edit breaks
    assert EDITS[0][1] in inspect.getsource(network.forward)
    assert original_line(frame.filename, line) == EDITS[0][0]
    assert original_line(frame.filename, line + 1) == ""
    assert original_line(equations.__file__, line) == ""
    assert equations.Network(2, 3, 2, seed=0).forward(np.ones((2, 1))).A1.shape == (3, 1)


@pytest.mark.parametrize(("old", "count"), [("dZ2 = A2 + Y", 0), ("1 / m * ", 4)])
def test_what_does_not_occur_once_is_not_edited(old, count):
    with pytest.raises(InputError, match=rf"network\.py.*{count} times"):
        edited_module(equations, ((old, "dZ2 = Y"),))
