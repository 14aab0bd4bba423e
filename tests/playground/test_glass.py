"""A step under glass: its rows are the lines of the trace, its arrays the network's, and a cell's terms add up."""

import base64
import math
from pathlib import Path

import numpy as np
import pytest

from neural_network import TwoLayerNN
from neural_network.inspection.trace.worked_example import X, Y, toy_network
from neural_network.playground import glass
from neural_network.playground.encoding import encode
from neural_network.playground.mathematics import mathml
from neural_network.runs.settings import Settings
from neural_network.support.errors import InputError

TOY = Settings(learning_rate=0.5)


@pytest.fixture(scope="module")
def trace():
    return glass.record(toy_network(), X, Y, TOY)


def test_the_rows_are_the_equations_in_order_with_their_places(trace):
    rows = glass.describe(trace).rows
    numbered = [row for row in rows if row.number]
    assert [row.number for row in numbered] == [*range(1, 11), 11, 11, 11, 11]
    assert [row.phase for row in numbered] == ["forward"] * 4 + ["backward"] * 6 + ["update"] * 4
    lines = Path(trace.lines[0].statement.file).read_text(encoding="utf-8").splitlines()
    for row in numbered:
        file, line = row.place.split(":")
        assert file == "network.py"
        assert lines[int(line) - 1].strip() == row.source


def test_the_arrays_are_those_of_the_network_and_equal_ones_are_kept_once(trace):
    found = glass.describe(trace)
    network = toy_network()
    forward = network.forward(X)
    first, second = found.rows[:2]
    np.testing.assert_array_equal(found.arrays[first.array].value, forward.Z1)
    assert found.arrays[first.array].axes == ("H", "m")
    assert next(o.array for o in second.operands if o.name == "Z1") == first.array
    update = next(row for row in found.rows if row.number == 11 and row.name == "W1")
    np.testing.assert_array_equal(found.arrays[update.before].value, network.W1)
    assert next(o.array for o in first.operands if o.name == "W1") == update.before
    assert (found.arrays[update.array].value != network.W1).any()


def test_equal_values_of_other_axes_are_other_arrays():
    found = glass.describe(glass.record(toy_network(), X, Y, Settings(optimizer="adam")))
    rows = {row.name: row for row in found.rows if row.source == "m *= β1"}  # m is 0 at first
    before = {name: next(found.arrays[o.array] for o in row.operands if o.name == "m") for name, row in rows.items()}
    assert before["m of W1"].axes == ("H", "D")
    assert before["m of W2"].axes == ("C", "H")
    np.testing.assert_array_equal(before["m of W1"].value, before["m of W2"].value)


def test_dropout_comes_before_the_forward_pass():
    found = glass.describe(glass.record(toy_network(), X, Y, Settings(dropout=0.5)))
    assert [row.phase for row in found.rows][:2] == ["forward", "forward"]


def test_quantities_are_named_in_the_mathematics(trace):
    written = mathml(trace.find("dW2"))
    assert '<mi mathvariant="normal" data-name="A1">A1</mi><mi>ᵀ</mi>' in written
    assert written.startswith("<math")
    assert 'data-name="g_prime">g′</mi>' in mathml(trace.find("dZ1"))
    assert 'data-name="dW1">dW1</mi>' in mathml(trace.find("W1"))
    assert mathml(trace.find("Y")) == ""


def test_functions_have_their_source(trace):
    operands = glass.describe(trace).rows[3].operands
    softmax = next(operand for operand in operands if operand.written == "output")
    assert "def softmax(" in softmax.source
    assert softmax.place.startswith("functions/losses.py:")


def test_every_cell_adds_up(trace):
    for index, line in enumerate(trace.lines):
        for cell in np.ndindex(line.value.shape):
            found = glass.cell_sum(trace, index, cell)
            assert found.value == line.value[cell]
            assert math.fsum([*(term.value for term in found.terms), found.rest]) == pytest.approx(found.value)
            for term in found.terms:
                assert math.prod(value for _, value in term.factors) == pytest.approx(term.value)


def test_of_a_long_sum_the_largest_terms_are_listed_and_the_others_added():
    network = TwoLayerNN(784, 3, 10, seed=0, dtype=np.float64)
    pixels = np.random.default_rng(0).random((784, 1)) * (np.arange(784)[:, None] % 3 > 0)
    recorded = glass.record(network, pixels, np.array([3]), TOY)
    found = glass.cell_sum(recorded, 0, (2, 0))
    terms = network.W1[2] * pixels[:, 0]
    assert [term.value for term in found.terms[:3]] == pytest.approx(sorted(terms, key=abs)[:-4:-1])
    assert found.rest_count + len(found.terms) == 784 + 1  # and the bias
    assert found.rest_zeros == 262 + 1  # the bias is 0 too
    np.testing.assert_allclose(found.map, terms)
    assert math.fsum([*(term.value for term in found.terms), found.rest]) == pytest.approx(found.value)


def test_the_network_stays_as_it_is():
    network = toy_network()
    glass.record(network, X, Y, TOY)
    np.testing.assert_array_equal(network.W1, toy_network().W1)


def test_what_is_not_there_is_refused(trace):
    with pytest.raises(InputError, match="99"):
        glass.cell_sum(trace, 99, (0, 0))
    with pytest.raises(InputError, match="no cell"):
        glass.cell_sum(trace, 0, (0, 7))
    with pytest.raises(InputError, match="100"):
        glass.record(toy_network(), np.zeros((2, 100)), np.zeros(100, int), TOY)


@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8", "int8", "int64", "bool"])
def test_encoded_arrays_keep_their_values(dtype):
    array = np.array([[0, 1, 1], [1, 0, 1]]).astype(dtype).T  # not contiguous
    found = encode(array)
    assert found["dtype"] == {"int64": "int32", "bool": "int32"}.get(dtype, dtype)
    decoded = np.frombuffer(base64.b64decode(found["data"]), found["dtype"]).reshape(found["shape"])
    np.testing.assert_array_equal(decoded, array)
