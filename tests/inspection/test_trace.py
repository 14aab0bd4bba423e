"""The trace tells what runs: the source as it stands, the values bit for bit, and sums that add up."""

import ast
import importlib.util
import inspect
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from neural_network import InputError, TwoLayerNN
from neural_network.functions.activations import ACTIVATIONS
from neural_network.inspection.trace import (
    LATEX,
    Line,
    Trace,
    equation,
    explain_cell,
    longhand,
    trace_step,
    worked_example,
)
from neural_network.inspection.trace.source import Statement, statements
from neural_network.network import Network
from neural_network.support.errors import DivergenceError
from neural_network.training.callbacks import ClipGradients
from neural_network.training.loop import fit
from neural_network.training.optimizers import OPTIMIZERS, SGD, make_optimizer
from neural_network.training.regularizers import L1, L2, Dropout, MaxNorm
from neural_network.training.stepper import Stepper

DOCUMENT = (Path(__file__).parents[2] / "docs" / "math_derivations.md").read_text(encoding="utf-8")
LOSSES = [("softmax", "cross-entropy"), ("softmax", "squared-error"), ("sigmoid", "squared-error")]


def toy_trace(optimizer: str = "sgd") -> Trace:
    return trace_step(
        worked_example.toy_network(),
        worked_example.X,
        worked_example.Y,
        make_optimizer(optimizer, worked_example.LEARNING_RATE),
    )


def numbered(trace: Trace) -> list[tuple[int, str, str]]:
    return [(line.number, line.name, line.statement.source.strip()) for line in trace.lines if line.number]


# ---------------------------------------------------------------------- what is recorded


def test_it_shows_the_eleven_equations_as_they_stand_in_the_source():
    trace = toy_trace()
    assert [(number, name) for number, name, _ in numbered(trace)] == [
        (1, "Z1"), (2, "A1"), (3, "Z2"), (4, "A2"), (5, "dZ2"), (6, "dW2"), (7, "db2"), (8, "dZ1"), (9, "dW1"),
        (10, "db1"), (11, "W1"), (11, "b1"), (11, "W2"), (11, "b2"),
    ]  # fmt: skip
    source = Path(inspect.getsourcefile(Network)).read_text().splitlines()
    for line in trace.lines:
        assert source[line.statement.line - 1].strip() == line.statement.source.strip()
        assert Path(line.statement.file).name == "network.py"


def edited_network(folder: Path, *edits: tuple[str, str]) -> type[Network]:
    """The network of a copy of network.py in which words were replaced."""
    text = Path(inspect.getsourcefile(Network)).read_text()
    for old, new in edits:
        assert re.search(old, text)
        text = re.sub(old, new, text)
    path = folder / "edited.py"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location("neural_network.edited", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Network


def test_it_follows_a_renamed_variable_and_a_new_equation(tmp_path):
    edited = edited_network(
        tmp_path,
        (r"\bZ1\b", "S"),
        (r"W1, b1, W2, b2 = self", "V, b1, W2, b2 = self"),
        (r"S = W1 @ X", "S = V @ X"),
        (r"(?m)^( +)A1 = g\(S\).*$", r"\1A1 = g(S)  # (2)\n\1A1 = 0.5 * A1 + np.tanh(S)  # (12)"),
    )
    trace = trace_step(edited(4, 3, 2, seed=0, dtype="float64"), np.ones((4, 2)), [0, 1], SGD())
    assert numbered(trace)[:5] == [
        (1, "S", "S = V @ X + b1  # (1)"),
        (2, "A1", "A1 = g(S)  # (2)"),
        (12, "A1", "A1 = 0.5 * A1 + np.tanh(S)  # (12)"),
        (3, "Z2", "Z2 = W2 @ A1 + b2  # (3)"),
        (4, "A2", "A2 = output(Z2)  # (4) softmax"),
    ]
    assert "dZ1 = W2.mT @ dZ2 * g_prime(S)  # (8)" in [source for *_, source in numbered(trace)]
    assert equation(trace.lines[0]) == "S = V X + b1"
    assert equation(trace.lines[2]) == "A1 = 0.5 A1 + tanh(S)"

    S, A1, new = (line.value for line in trace.lines[:3])
    assert np.array_equal(new, 0.5 * A1 + np.tanh(S))  # before and after of one name are told apart
    assert explain_cell(trace.lines[0], (1, 0)).formula == "Σⱼ V[1, j] × X[j, 0] + b1[1]"
    assert explain_cell(trace.lines[2], (1, 0)).formula == "0.5 × A1[1, 0] + tanh(S[1, 0])"


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(("output", "loss"), LOSSES)
def test_the_values_are_those_of_an_untraced_step_bit_for_bit(rng, dtype, optimizer, output, loss):
    X, Y = rng.random((200, 7)).astype(dtype), rng.integers(0, 4, 7)
    callbacks = [Dropout(0.3, 0.1), L1(0.01), L2(0.02), ClipGradients(0.5), MaxNorm(1.5)]
    network = TwoLayerNN(200, 180, 4, output=output, loss=loss, seed=5, dtype=dtype)  # W1 takes two of Adam's blocks
    before = {name: θ.copy() for name, θ in network.parameters.items()}
    trace = trace_step(network, X, Y, make_optimizer(optimizer), callbacks, seed=3)
    assert all(np.array_equal(θ, before[name]) for name, θ in network.parameters.items())  # a look changes nothing

    history = fit(
        network,
        X,
        Y,
        epochs=1,
        optimizer=make_optimizer(optimizer),
        callbacks=callbacks,
        seed=3,
        progress=False,
        stepper=Stepper(),
    )
    assert trace.loss == history.rows[0]["loss"]
    assert trace.loss_after == network.loss(X, Y)
    for name, θ in network.parameters.items():
        assert np.array_equal(trace.network.parameters[name], θ)
        assert np.array_equal(trace.find(name).value, θ)


def test_every_equation_has_the_values_of_forward_and_backward(rng):
    network = TwoLayerNN(30, 6, 4, seed=2)
    X, Y = rng.random((30, 5)).astype(np.float32), rng.integers(0, 4, 5)
    trace = trace_step(network, X, Y, SGD(0.1))
    forward, gradients = network.forward(X), network.backward(X, Y)
    for name, value in forward._asdict().items():
        assert np.array_equal(trace.find(name).value, value)
    for name, value in gradients.items():
        assert np.array_equal(trace.find(f"d{name}").value, value)
        assert np.array_equal(trace.find(name).before, network.parameters[name])
        assert np.array_equal(trace.find(name).value, network.parameters[name] - 0.1 * value)


def test_lines_without_a_number_are_shown_as_what_they_are(rng):
    network = TwoLayerNN(6, 5, 4, loss="squared-error", seed=2)
    trace = trace_step(network, rng.random((6, 3)), [0, 1, 2], make_optimizer("adam"), [L2(0.1), Dropout(0.5, 0.5)])
    sources = {(line.name, line.statement.source.strip()) for line in trace.lines if line.number is None}
    assert {
        ("dZ2", "dZ2 = output_gradient(dZ2, A2)"),
        ("dW1", "run.gradients[name] += self.gradient(run.network.parameters[name])"),
        ("m of W1", "m += (1 - β1) * dθ"),
        ("W1", "θ -= α * root / (1 - β1**t) * m / (np.sqrt(v) + ε * root)"),
    } <= sources
    order = [line.name for line in trace.lines]
    assert order.index("dZ2") + 1 < order.index("dW2")  # (5), then output_gradient, then (6)
    assert [line.name for line in trace.lines].count("dZ2") == 2


def test_an_optimizer_goes_on_from_where_it_was_and_is_not_moved_itself(rng):
    X, Y, network, adam = rng.random((6, 3)), [0, 1, 2], TwoLayerNN(6, 5, 4, seed=2), make_optimizer("adam")
    fit(network, X, np.array(Y), epochs=3, optimizer=adam, progress=False)
    traces = [trace_step(network, X, Y, adam) for _ in range(2)]
    assert adam.steps == 3
    assert traces[0].find("W1").operands["v"].max() > 0
    assert np.array_equal(traces[0].find("W1").value, traces[1].find("W1").value)


def test_an_update_in_blocks_of_rows_is_one_line(rng):
    X, Y, network = rng.random((200, 3)), np.array([0, 1, 2]), TwoLayerNN(200, 180, 4, seed=5, dtype="float64")
    trace = trace_step(network, X, Y, make_optimizer("adam"))
    updates = [line for line in trace.lines if line.name == "W1"]
    assert [line.value.shape for line in updates] == [(180, 200)]
    assert np.array_equal(updates[0].before, network.W1)
    fit(network, X, Y, epochs=1, optimizer=make_optimizer("adam"), progress=False, stepper=Stepper())
    assert np.array_equal(updates[0].value, network.W1)
    last = explain_cell(updates[0], (179, 7))  # a row of the second block
    assert last.total == pytest.approx(network.W1[179, 7], rel=0, abs=1e-15)


def test_a_batch_that_is_trained_on_in_blocks_is_traced_by_the_equations(rng):
    X, Y = rng.random((5000, 20)).astype(np.float32).T, rng.integers(0, 3, 5000)
    network = TwoLayerNN(20, 4, 3, seed=0)
    trace = trace_step(network, X, Y, SGD())
    assert np.array_equal(trace.find("dW1").value, network.backward(X, Y)["W1"])


def test_whoever_watched_before_watches_again(monkeypatch):
    def tracer(*_):
        return None

    usual = sys.gettrace()
    sys.settrace(tracer)
    try:
        toy_trace()
        assert sys.gettrace() is tracer
    finally:
        sys.settrace(usual)


def test_refusals(network):
    with pytest.raises(InputError, match=r"X must have the shape \(4, samples\)"):
        trace_step(network, np.ones((5, 2)), [0, 1], SGD())
    trace = trace_step(network, np.ones((4, 2)), [0, 1], SGD())
    with pytest.raises(InputError, match="no line of this step computes 'dW3'; choose one of: Z1, A1"):
        trace.find("dW3")
    for cell in [(5, 0), (0, 2), (0,), (0, 0, 0), (-1, 0)]:
        with pytest.raises(InputError, match=r"Z1 has no cell .*; its cells are \[0, 0\] to \[4, 1\]"):
            explain_cell(trace.find("Z1"), cell)


def test_a_network_without_numbered_lines_is_refused(network, monkeypatch):
    monkeypatch.setattr("neural_network.inspection.trace.recorder.statements", lambda code, module: {})
    with pytest.raises(InputError, match="that ran ends in the number of an equation"):
        trace_step(network, np.ones((4, 2)), [0, 1], SGD())


def test_only_assignments_and_only_comments_behind_code_count(tmp_path):
    path = tmp_path / "code.py"
    path.write_text(
        'def f(a):\n    b = (a +\n        1)  # (3) two lines\n    c = "# (4)"\n    # (5)\n    d, e = a, b  # (6)\n'
    )
    spec = importlib.util.spec_from_file_location("code_of_a_test", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = statements(module.f.__code__, vars(module))
    assert {line: (s.number, s.line, ast.unparse(s.target)) for line, s in found.items()} == {
        2: (3, 2, "b"), 3: (3, 2, "b"), 4: (None, 4, "c"),
    }  # fmt: skip


# ---------------------------------------------------------------------- mathematics


def test_the_mathematics_of_every_equation_is_that_of_the_derivation():
    document = " ".join(DOCUMENT.split())
    tagged = dict(re.findall(r"\$\$ ([^$]+?) \\tag\{(\d+)\} \$\$", document))
    tagged = {int(number): text.partition(", \\qquad")[0] for text, number in tagged.items()}
    assert sorted(tagged) == [*range(1, 12)]
    for line in toy_trace().lines:
        if line.number:
            assert equation(line, LATEX) == tagged[line.number]


def line_of(source: str, **operands: object) -> Line:
    """A line that was never run, with the value that it would have."""
    (node,) = ast.parse(source).body
    value = eval(ast.unparse(node.value), {}, dict(operands))
    statement = Statement(None, node.targets[0], node.value, False, source, "nowhere.py", 1)
    return Line(statement, "f", "Z", None, np.asarray(value), operands, {}, (None,) * np.ndim(value), {})


ARRAYS = {name: np.random.default_rng(ord(name)).normal(size=(3, 3)) for name in "ABC"}


@pytest.mark.parametrize(
    ("source", "mathematics", "formula"),
    [
        ("A @ B @ C", "A B C", "Σₙ (Σₚ A[1, p] × B[p, n]) × C[n, 2]"),
        ("A @ (B + C)", "A (B + C)", "Σₙ A[1, n] × (B[n, 2] + C[n, 2])"),
        ("A - (B - C)", "A - (B - C)", "A[1, 2] - (B[1, 2] - C[1, 2])"),
        ("(A * B).T", "(A ⊙ B)ᵀ", "A[2, 1] × B[2, 1]"),
        ("-A.T @ B", "-Aᵀ B", "Σₙ -A[n, 1] × B[n, 2]"),
        ("k * A / (B + k) ** 2", "k A / (B + k)²", "k × A[1, 2] / (B[1, 2] + k)²"),
        ("A * (B + C)", "A ⊙ (B + C)", "A[1, 2] × (B[1, 2] + C[1, 2])"),
        ("(A + B) * (B + C)", "(A + B) ⊙ (B + C)", "(A[1, 2] + B[1, 2]) × (B[1, 2] + C[1, 2])"),
        ("(A @ B).sum(axis=0) + C", "Σₙ (A B)[n, :] + C", "Σₙ (Σₚ A[n, p] × B[p, 2]) + C[1, 2]"),
        ("C + A.sum(axis=-1, keepdims=True)", "C + Σₙ A[:, n]", "C[1, 2] + Σₙ A[1, n]"),
        ("A[:, [0]] * B", None, None),
        ("A > B", None, None),
    ],
)
def test_expressions_of_any_kind_are_written_and_added_up(source, mathematics, formula):
    line = line_of(f"Z = {source}", **ARRAYS, k=2.5)
    found = explain_cell(line, (1, 2))
    assert found.total == pytest.approx(float(line.value[1, 2]), rel=1e-12)
    if mathematics:
        assert equation(line) == f"Z = {mathematics}"
    if formula:
        assert found.formula == formula


def test_what_a_function_depends_on_is_found_out():
    trace = toy_trace()
    g, softmax = explain_cell(trace.find("A1"), (1, 0)), explain_cell(trace.find("A2"), (1, 0))
    assert (g.formula, [factor.label for factor in g.inputs]) == ("g(Z1[1, 0])", ["Z1[1, 0]"])
    assert softmax.formula == "softmax(Z2[:, 0])[1]"
    assert [(factor.label, factor.value) for factor in softmax.inputs] == [
        ("Z2[0, 0]", 0.26),
        ("Z2[1, 0]", pytest.approx(0)),
    ]


def test_what_is_random_is_not_drawn_again(rng):
    trace = trace_step(TwoLayerNN(6, 5, 4, seed=2), rng.random((6, 3)), [0, 1, 2], SGD(), [Dropout(0, inputs=0.5)])
    line = trace.lines[0]
    assert line.name == "run.X"
    found = explain_cell(line, (2, 1))
    assert found.total == found.value == line.value[2, 1]
    assert "draw_mask" in equation(line)


# ---------------------------------------------------------------------- cells


def test_a_thousand_sums_over_all_equations_add_up():
    rng, numbers = np.random.default_rng(0), set()
    settings = [(a, *pair, o) for a in ("relu", "tanh", "gelu") for pair in LOSSES for o in ("sgd", "adamw", "amsgrad")]
    checked = 0
    for activation, output, loss, optimizer in settings:
        network = TwoLayerNN(49, 12, 5, activation=activation, output=output, loss=loss, seed=1, dtype="float64")
        X, Y = rng.random((49, 8)), rng.integers(0, 5, 8)
        callbacks = [Dropout(0.3, 0.2), L2(0.1), MaxNorm(0.8)]
        trace = trace_step(network, X, Y, make_optimizer(optimizer), callbacks if optimizer != "sgd" else [])
        for line in trace.lines:
            for _ in range(3):
                found = explain_cell(line, tuple(rng.integers(0, line.value.shape)))
                assert found.total == pytest.approx(found.value, rel=0, abs=1e-12), (line.name, found.formula)
                assert found.value == line.value[found.cell]
                checked += 1
            numbers.add(line.number)
    assert checked >= 1000
    assert {*range(1, 12)} <= numbers


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("Z1", 36 + 1),
        ("Z2", 10 + 1),
        ("dZ2", 2),
        ("dW2", 9),
        ("db2", 9),
        ("dZ1", 10),
        ("dW1", 9),
        ("db1", 9),
        ("W1", 2),
    ],
)
def test_a_sum_has_the_terms_of_its_equation(rng, name, terms):
    network = TwoLayerNN(36, 10, 10, seed=1, dtype="float64")
    trace = trace_step(network, rng.random((36, 9)), rng.integers(0, 10, 9), SGD())
    assert len(explain_cell(trace.find(name), (4, 0)).terms) == terms


def test_cells_know_their_pixels_units_classes_and_samples(rng):
    network = TwoLayerNN(36, 10, 10, seed=1)  # as many units as classes, told apart all the same
    trace = trace_step(network, rng.random((36, 10)), rng.integers(0, 10, 10), SGD())
    axes = {line.name: line.axes for line in trace.lines}
    assert axes["Z1"] == axes["A1"] == axes["dZ1"] == ("H", "m")
    assert axes["Z2"] == axes["A2"] == axes["dZ2"] == ("C", "m")
    assert (axes["dW1"], axes["db1"], axes["dW2"], axes["db2"]) == (("H", "D"), ("H", None), ("C", "H"), ("C", None))

    found = explain_cell(trace.find("Z1"), (3, 7))
    assert found.places == [("H", 3), ("m", 7)]
    assert [term.place for term in found.terms] == [*(("D", pixel) for pixel in range(36)), None]
    assert found.terms[20].label == "W1[3, 20] × X[20, 7]"
    assert found.terms[20].value == float(network.W1[3, 20]) * float(trace.X[20, 7])
    assert found.formula == "Σⱼ W1[3, j] × X[j, 7] + b1[3]"
    assert found.latex == r"Z1_{3,7} = \sum_j W1_{3,j} \thinspace X_{j,7} + b1_{3}"
    assert explain_cell(trace.find("b1"), (2,)).name == "b1[2]"


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_is_found_to_go_entry_by_entry(rng, activation):
    network = TwoLayerNN(6, 5, 4, activation=activation, seed=2)
    trace = trace_step(network, rng.random((6, 3)), [0, 1, 2], SGD(), [Dropout(0.4)])
    found = explain_cell(trace.find("A1 (2)"), (1, 2))
    assert len(found.inputs) == 1
    assert "g′(Z1[1, 2])" in explain_cell(trace.find("dZ1 (8)"), (1, 2)).formula
    assert explain_cell(trace.find("A1"), (1, 2)).formula == "mask[1, 2] × A1[1, 2]"  # dropout's, of (2)


def plain(text: str) -> str:
    """Numbers without the zeros behind their last digit, which are a matter of taste."""
    text = re.sub(r"\d+\.\d+", lambda match: f"{float(match[0]):.5f}".rstrip("0").rstrip("."), text)
    return text.replace("[0, 0]", "[0]")


def test_the_longhand_is_that_of_the_derivation():
    section = DOCUMENT.split("## 8.")[1].split("Forward once more")[0]
    lines = re.findall(r"^ +(\w+)\[(\d), (\d)\] = (.+) = (\S+)$", section, re.M)
    trace = toy_trace()
    checked = 0
    for name, row, column, numbers, result in lines:
        if "exp" in numbers:
            continue
        found = explain_cell(trace.find(name), (int(row), int(column)))
        assert plain(longhand(found)) == plain(numbers)
        assert found.value == pytest.approx(float(result), rel=0, abs=0.5e-5 + 1e-12)
        checked += 1
    assert checked == 13


def test_an_equation_that_a_penalty_hides_has_a_name_of_its_own():
    trace = trace_step(
        worked_example.toy_network(), worked_example.X, worked_example.Y, make_optimizer("sgd"), [L2(0.1)]
    )
    assert trace.hidden("dW1") == ["dW1 (9)"]
    assert trace.hidden("Z1") == trace.hidden("nothing") == []
    assert trace.find("dW1 (9)").number == 9
    assert trace.find("dW1").number is None
    with pytest.raises(InputError, match=r"choose one of: .*dW1 \(9\)"):
        trace.find("Q")


def test_a_step_that_diverges_says_what_the_loss_was():
    with pytest.raises(DivergenceError, match=r"the loss of the batch was [\d.]+ before it and is (inf|nan) after"):
        trace_step(worked_example.toy_network(), worked_example.X, worked_example.Y, make_optimizer("sgd", 1e300))
