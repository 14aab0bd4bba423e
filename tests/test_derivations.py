"""The derivation tells the truth: its equations are the lines of network.py, its numbers come out of TwoLayerNN."""

import inspect
import io
import math
import re
import tokenize
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from neural_network import network
from neural_network.functions import losses
from neural_network.inspection.trace import worked_example

SOURCE = inspect.getsource(network)
DOCUMENT = (Path(__file__).parents[1] / "docs" / "math_derivations.md").read_text(encoding="utf-8")
EQUATIONS = range(1, 12)

# ---------------------------------------------------------------------- equations


def equation_lines(source: str) -> dict[int, list[str]]:
    """The lines of code, without the comment, that end in `# (number)`, by number."""
    lines: dict[int, list[str]] = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        number = re.match(r"# \((\d+)\)(?!\S)", token.string) if token.type == tokenize.COMMENT else None
        code = token.line[: token.start[1]].strip()
        if number and code:
            lines.setdefault(int(number[1]), []).append(code)
    return lines


def equation_faults(source: str, document: str) -> list[str]:
    """What is wrong with the numbering of the equations: one sentence for each fault, none where all is well."""
    lines = equation_lines(source)
    places = Counter(int(number) for number in re.findall(r"\\tag\{(\d+)\}", document))
    faults = []
    for number in sorted({*EQUATIONS, *lines, *places}):
        found = lines.get(number, [])
        if number not in EQUATIONS:
            faults.append(f"there is no equation ({number})")
        elif not found:
            faults.append(f"equation ({number}) has no line in the source")
        elif len(found) > 1:
            faults.append(f"equation ({number}) is used {len(found)} times in the source: {'; '.join(found)}")
        if number in EQUATIONS and places[number] != 1:
            faults.append(f"equation ({number}) has {places[number]} places in the document instead of one")
    return faults


def test_each_equation_has_one_line_in_the_source_and_one_place_in_the_document() -> None:
    assert equation_faults(SOURCE, DOCUMENT) == []


def test_the_document_quotes_the_lines_of_the_source() -> None:
    table = dict(re.findall(r"^\| \((\d+)\) \| `(.+?)` \|", DOCUMENT, re.M))
    assert {int(number): [code] for number, code in table.items()} == equation_lines(SOURCE)


@pytest.mark.parametrize("number", EQUATIONS)
def test_a_missing_or_repeated_number_is_named(number: int) -> None:
    (line,) = equation_lines(SOURCE)[number]
    without = re.sub(rf"# \({number}\)", "#", SOURCE)
    twice = f"{SOURCE}\nx = 1  # ({number}) again\n"
    assert equation_faults(without, DOCUMENT) == [f"equation ({number}) has no line in the source"]
    assert equation_faults(twice, DOCUMENT) == [f"equation ({number}) is used 2 times in the source: {line}; x = 1"]

    untold = DOCUMENT.replace(rf"\tag{{{number}}}", "")
    assert equation_faults(SOURCE, untold) == [f"equation ({number}) has 0 places in the document instead of one"]


def test_only_a_comment_behind_code_numbers_an_equation() -> None:
    source = '''
"""Z = 1  # (1)"""
# (2) stands alone
a = 1  # (3)
b = "# (4)"  # as in (5)
c = 1  # (6) with words
d = 1  # (6)
e = 1  # (7)x
f = 1  # (12)
'''
    assert equation_lines(source) == {3: ["a = 1"], 6: ["c = 1", "d = 1"], 12: ["f = 1"]}
    assert "there is no equation (12)" in equation_faults(source, DOCUMENT)


# ---------------------------------------------------------------------- numbers


def computed() -> dict[str, dict[str, np.ndarray]]:
    """Everything that section 8 prints, by heading and name, computed by TwoLayerNN."""
    nn, X, Y = worked_example.toy_network(), worked_example.X, worked_example.Y
    m = len(Y)
    before = {name: parameter.copy() for name, parameter in nn.parameters.items()}
    forward, gradients, L = nn.forward(X), nn.backward(X, Y), nn.loss(X, Y)
    # A sample's column of dZ2 and dZ1 is the biases' gradient of a batch that holds only this sample.
    alone = [nn.backward(X[:, [s]], Y[[s]]) for s in range(m)]
    dZ2, dZ1 = (np.hstack([gradient[bias] for gradient in alone]) for bias in ("b2", "b1"))
    sample_losses = np.array([nn.loss(X[:, [s]], Y[[s]]) for s in range(m)])
    network.gradient_descent(nn.parameters, gradients, worked_example.LEARNING_RATE)
    after = {name: parameter.copy() for name, parameter in nn.parameters.items()}

    one_hot = losses.one_hot(Y, 2, np.float64)
    return {
        "Given": {"X": X, "Y": one_hot, **before, "α": np.array(worked_example.LEARNING_RATE)},
        "Equations (1) to (4): forward": {**forward._asdict(), "ℓ": sample_losses, "L": np.array(L)},
        "Equations (5) to (10): backward": {
            "dZ2": dZ2,
            "dZ1": dZ1,
            **{f"d{name}": gradient for name, gradient in gradients.items()},
        },
        "Equation (11): the step": {**after, "A2": nn.forward(X).A2, "L": np.array(nn.loss(X, Y))},
        "The biases summed wrongly": {"db2": np.array(dZ2.sum() / m), "db1": np.array(dZ1.sum() / m)},
    }


COMPUTED = computed()
NUMBER = r"-?\d+(?:\.\d+)?"


def printed(heading: str) -> str:
    """The fenced blocks under a heading of section 8."""
    section = DOCUMENT.split(f"\n### {heading}\n")[1].split("\n### ")[0]
    return "\n".join(re.findall(r"^```text\n(.*?)^```$", section, re.M | re.S))


def assert_prints(text: str, value: float) -> None:
    """Fewer than five decimals are the whole number; five are rounded."""
    exact = len(text.partition(".")[2]) < 5
    assert float(text) == pytest.approx(value, rel=0, abs=1e-12 if exact else 0.5e-5 + 1e-12)


@pytest.mark.parametrize("heading", COMPUTED)
def test_the_worked_example_prints_what_the_network_computes(heading: str) -> None:
    expected, block = COMPUTED[heading], printed(heading)
    matrices = re.findall(r"^(\w+) += (\[\[.*?\]\])$", block, re.M | re.S)
    scalars = re.findall(rf"^(\w+) = (?:.+ = )?({NUMBER})$", block, re.M)
    assert {name for name, _ in matrices + scalars} == set(expected) - {"ℓ"}  # ℓ has longhand lines only

    for name, text in matrices:
        rows = [re.findall(NUMBER, row) for row in text.split("],")]
        assert np.shape(rows) == expected[name].shape, name
        for entry, value in zip(np.ravel(rows), expected[name].flat, strict=True):
            assert_prints(entry, value)
    for name, text in scalars:
        assert_prints(text, expected[name].item())


ENTRIES = {entry for heading in COMPUTED for entry in re.findall(r"(\d\.\d{5})[],]", printed(heading))}
LONGHAND = [
    (heading, *match)
    for heading in COMPUTED
    for match in re.findall(rf"^ *(\w+)((?:\[.+?\])?) = (.+) = ({NUMBER})$", printed(heading), re.M)
]


def test_every_equation_that_adds_or_divides_is_worked_in_longhand() -> None:
    names = "Z1 Z2 A2 ℓ dZ2 dW2 db2 dZ1 dW1 db1 W1 b2"
    assert {name for _, name, *_ in LONGHAND} == set(names.split())


@pytest.mark.parametrize(("heading", "name", "index", "terms", "result"), LONGHAND)
def test_the_longhand_sums_add_up(heading: str, name: str, index: str, terms: str, result: str) -> None:
    value = COMPUTED[heading][name]
    assert_prints(result, value[tuple(map(int, re.findall(r"\d", index)))] if index else value.item())

    assert set(re.findall(r"\d\.\d{5}", terms)) <= ENTRIES
    total = eval(terms.replace("×", "*"), {"exp": math.exp, "ln": math.log})
    assert total == pytest.approx(float(result), rel=0, abs=1.5e-5)  # its terms are rounded themselves


def test_the_prose_tells_the_losses_and_the_predictions() -> None:
    prose = " ".join(DOCUMENT.split())
    before, after = (COMPUTED[heading]["L"].item() for heading in list(COMPUTED)[1:4:2])
    gradients = worked_example.toy_network().backward(worked_example.X, worked_example.Y).values()
    expected_fall = worked_example.LEARNING_RATE * sum(np.sum(gradient**2) for gradient in gradients)
    assert f"fallen from {before:.5f} to {after:.5f}, by {before - after:.5f}" in prose
    assert f"the squares of all twelve gradients, which is {expected_fall:.5f}" in prose

    assert worked_example.toy_network().predict(worked_example.X).tolist() == [
        0,
        0,
    ]  # "Class 0 is the likelier one for both"
    after_step = COMPUTED["Equation (11): the step"]["A2"]
    assert after_step.argmax(axis=0).tolist() == worked_example.Y.tolist()  # "Both samples are right now"


def test_the_table_of_shifts() -> None:
    rows = re.findall(rf"^\| \(({NUMBER}), ({NUMBER})\) \| \((.+?)\) \| \((.+?)\) \|$", DOCUMENT, re.M)
    Z = np.array([[float(first), float(second)] for first, second, *_ in rows]).T
    E = np.exp(Z - Z.max())
    with np.errstate(invalid="ignore"):
        per_batch = E / E.sum(axis=0)
    for (*_, ours, theirs), good, bad in zip(rows, losses.softmax(Z).T, per_batch.T, strict=True):
        assert ours == ", ".join(f"{probability:.5f}" for probability in good)
        assert theirs == ", ".join(f"{probability:.5f}" for probability in bad)
    assert len(rows) == 2


def test_the_table_of_central_differences() -> None:
    rows = re.findall(r"^(0\.0*1) +(\S+) +(\S+) +(\S+)$", DOCUMENT, re.M)
    nn = worked_example.toy_network()
    exact = nn.backward(worked_example.X, worked_example.Y)["W2"][0, 0]

    def loss(move: float) -> float:
        nn.W2[0, 0] = worked_example.PARAMETERS["W2"][0, 0] + move
        return nn.loss(worked_example.X, worked_example.Y)

    for h, *texts in rows:
        step = float(h)
        central = (loss(step) - loss(-step)) / (2 * step)
        one_sided = (loss(step) - loss(0)) / step
        assert texts == [f"{central:.9f}", f"{central - exact:.1e}", f"{one_sided - exact:.1e}"]
    assert len(rows) == 3
