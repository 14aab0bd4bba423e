"""The command that shows a training step."""

import json
import re

import numpy as np
import pytest
from PIL import Image
from rich.text import Text

from neural_network import TwoLayerNN
from neural_network.cli.explain.heatmap import as_pictures, color_of, fitted, heatmap, in_rows
from neural_network.data import load
from neural_network.inspection.trace import worked_example
from neural_network.network import gradient_descent


def test_the_toy_is_the_worked_example_with_all_its_numbers(run):
    result = run("explain", "--toy")
    assert result.status == 0, result.err
    for text in (
        " (1)  Z1 = W1 X + b1",
        "Z1 = W1 @ X + b1  # (1)",
        "Z1  H × m = 2 × 2",
        "Z1[0, 0] = 0.2 × 0.5 + 0.4 × 1 + 0.1 = 0.6",
        "A1[1, 1] = g(-0.4) = 0",
        "dW2[0, 0] = 1/2 × (0.56464 × 0.6 - 0.39174 × 0.3) = 0.11063",
        "dZ1[1, 1] = (-0.2 × -0.39174 + 0.4 × 0.39174) × 0 = 0",
        "⎡  0.2   0.4 ⎤  →  ⎡  0.22188   0.28707 ⎤",
        "loss 0.66436 before the step, 0.55675 after it",
    ):
        assert text in result.out
    assert [int(n) for n in re.findall(r"^ ?\((\d+)\)", result.out, re.M)] == [*range(1, 12)]


def test_the_json_of_the_toy_holds_the_step(run):
    result = json.loads(run("explain", "--toy", "--json").out)
    network = worked_example.toy_network()
    forward, gradients = network.forward(worked_example.X), network.backward(worked_example.X, worked_example.Y)
    lines = {line["name"]: line for line in result["lines"]}
    for name, value in forward._asdict().items():
        assert lines[name]["value"] == value.tolist()
    assert lines["W1"]["before"] == network.W1.tolist()
    gradient_descent(network.parameters, gradients, worked_example.LEARNING_RATE)
    assert lines["W1"]["value"] == network.W1.tolist()
    assert lines["Z1"] | {"value": 0, "line": 0, "file": 0} == {
        "number": 1, "name": "Z1", "parameter": None, "math": "Z1 = W1 X + b1", "latex": r"Z1 = W1 \thinspace X + b1",
        "source": "Z1 = W1 @ X + b1  # (1)", "function": "Network.forward", "file": 0, "line": 0, "shape": [2, 2],
        "axes": ["H", "m"], "before": None, "value": 0,
    }  # fmt: skip
    assert (result["loss"], result["step"]["learning_rate"]) == (pytest.approx(0.66436, abs=1e-5), 0.5)


def test_a_model_a_batch_and_the_settings_of_a_step(run, small, trained):
    file = trained / "model.safetensors"
    before = file.read_bytes()
    options = ["--data", small, "--optimizer", "adam", "--l2", 0.1, "--dropout", 0.5]
    result = run("explain", trained, "--index", 3, "--index", 5, *options)
    assert result.status == 0, result.err
    assert "adam with α = 0.001, L2 0.1, dropout 0.5" in result.out
    assert "m += (1 - β1) * dθ" in result.out
    assert "dW1  H × D = 10 × 784" in result.out
    assert file.read_bytes() == before

    figures = json.loads(run("explain", trained, "--index", 3, "--index", 5, *options, "--json").out)
    X, Y = load(str(small)).test
    network = TwoLayerNN.load(file)
    assert [sample["label"] for sample in figures["samples"]] == Y[[3, 5]].tolist()
    assert [sample["read_as"] for sample in figures["samples"]] == network.predict(X[:, [3, 5]]).tolist()
    assert figures["X"] == X[:, [3, 5]].tolist()
    A1, dropped = network.forward(X[:, [3, 5]]).A1, [line for line in figures["lines"] if line["name"] == "A1"][-1]
    assert np.all((np.array(dropped["value"]) == 2 * A1) | (np.array(dropped["value"]) == 0))
    assert np.any(np.array(dropped["value"])[A1 > 0] == 0)


def test_the_sum_behind_one_number(run, small, trained):
    X, Y = load(str(small)).test
    network = TwoLayerNN.load(trained / "model.safetensors")
    result = json.loads(run("explain", trained, "--data", small, "--index", 2, "--cell", "Z1[3,0]", "--json").out)
    cell = result["cell"]
    assert "lines" not in result
    assert cell["value"] == network.forward(X[:, [2]]).Z1[3, 0]
    assert cell["total"] == pytest.approx(cell["value"], rel=1e-5)
    assert len(cell["terms"]) == 785
    assert cell["terms"][400]["place"] == {"axis": "D", "number": 400}
    assert cell["terms"][400]["value"] == float(network.W1[3, 400]) * float(X[400, 2])

    shown = run("explain", trained, "--data", small, "--index", 2, "--cell", " Z1[ 3, 0 ]").out
    largest = sorted(cell["terms"][:-1], key=lambda term: -abs(term["value"]))
    labels = [term["label"] for term in largest[:10]]
    assert re.findall(r"W1\[3, \d+\] × X\[\d+, 0\]", shown) == labels
    assert f"{sum(term['value'] for term in largest[10:]):+.5f}" in shown
    row, column = divmod(largest[0]["place"]["number"], 28)
    assert f"pixel ({row}, {column})" in shown
    assert f"{cell['total']:+.5f}" in shown
    assert "that of the network, in float32, is" in shown

    column = run("explain", trained, "--data", small, "--index", 2, "--cell", f"A2[{Y[2]},0]").out
    assert "Z2[9, 0]" in column
    assert "return E / E.sum(" in column


def test_latex(run):
    text = run("explain", "--toy", "--latex").out
    assert text.startswith("\\begin{align*}\nZ1 &= W1 \\thinspace X + b1 = \\begin{pmatrix} 0.6 & 0.3 \\\\ 0.7 & -0.4")
    assert r"b2 &:= b2 - \alpha \thinspace db2" in text
    assert run("explain", "--toy", "--latex", "--cell", "db2[1]").out == (
        "\\[\ndb2_{1} = \\frac{1}{m} \\sum_s dZ2_{1,s} = -0.08645\n\\]\n"
    )


def test_a_picture_is_trained_on_with_the_predicted_class_or_its_label(run, trained):
    Image.fromarray(np.pad(np.full((16, 4), 255, np.uint8), ((6, 6), (12, 12)))).save("one.png")
    samples = [
        json.loads(run("explain", trained, "one.png", *label, "--json").out)["samples"][0]
        for label in ([], ["--label", 4])
    ]
    assert samples[0]["label"] == samples[0]["read_as"]
    assert samples[1] == samples[0] | {"label": 4, "class": "4"}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "explain needs a model"),
        (["nowhere"], "no run or model file at nowhere"),
        (["--toy", "--index", "1"], "--toy brings its own network"),
        (["--toy", "--cell", "Z1"], "--cell must be a name with row and column"),
        (["--toy", "--cell", "Q[0, 0]"], "no line of this step computes 'Q'; choose one of: Z1, A1"),
        (["--toy", "--cell", "Z1[2, 0]"], "Z1 has no cell [2, 0]; its cells are [0, 0] to [1, 1]"),
        (["--toy", "--json", "--latex"], "choose --json or --latex"),
        (["--toy", "--optimizer", "adma"], "did you mean 'adam'?"),
        (["r", "--label", "3"], "--label is for pictures"),
        (["r", "x.png", "--index", "3"], "choose pictures or --index"),
        (["r", "--index", "100"], "--index must be 0 to 99"),
        (["r", "one.png", "--label", "10"], "the labels must hold labels 0 to 9"),
    ],
)
def test_bad_input_is_one_line_and_status_2(run, small, trained, monkeypatch, arguments, complaint):
    monkeypatch.setenv("MNIST_NN_DATA", str(small))
    Image.fromarray(np.pad(np.full((16, 4), 255, np.uint8), ((6, 6), (12, 12)))).save("one.png")
    result = run("explain", *(str(trained) if a == "r" else a for a in arguments))
    assert result.status == 2
    assert complaint in result.err
    assert result.err.count("\n") == 1
    assert result.out == ""


# ---------------------------------------------------------------------- pictures


def test_a_character_holds_two_values_one_above_the_other():
    (line,) = heatmap(np.array([[2.0, -1.0], [0.0, 1.0]]), colors=True)
    assert line.plain == "▀▀"
    colors = ["#{:02x}{:02x}{:02x}".format(*color_of(value)) for value in (1, -0.5, 0, 0.5)]
    assert [str(span.style) for span in line.spans] == [f"{colors[0]} on {colors[2]}", f"{colors[1]} on {colors[3]}"]


def test_without_colors_a_sign_and_a_size_are_characters():
    lines = heatmap(np.array([[0.0, 0.3, 1.0], [-1.0, -0.3, 0.0]]), colors=False)
    assert [line.plain for line in lines] == [" ░█", "≡· "]


def test_rows_of_pixels_become_squares_and_many_of_them_smaller_ones():
    row = np.arange(784.0)
    (whole,), (small,) = (as_pictures(row[None], (28, 28), small=small) for small in (False, True))
    assert np.array_equal(whole, row.reshape(28, 28))
    assert small.shape == (14, 14)
    assert small[0, 0] == np.mean([0, 1, 28, 29])


def test_what_does_not_fit_keeps_its_largest_entries():
    values = np.array([[1.0, -5.0, 2.0, 0.0], [0.0, 1.0, 3.0, -4.0]])
    assert fitted(values, 2, 2).tolist() == [[-5, 2], [1, -4]]
    assert fitted(values, 1, 4).tolist() == [[1, -5, 3, -4]]
    assert fitted(values, 9, 9) is not None
    assert np.array_equal(fitted(values, 9, 9), values)


def test_pictures_stand_side_by_side_as_far_as_they_fit():
    lines = in_rows([[Text("aa")], [Text("bb")], [Text("cc")]], width=6)
    assert [line.plain for line in lines] == ["aa  bb", " ", "cc"]


def numbers_below(text, heading):
    """The numbers of an array's block, which ends with an empty line; its indices have no decimals."""
    block = text.partition(f"\n      {heading}  ")[2].partition("\n\n")[0]
    return [float(word) for word in block.split() if "." in word]


@pytest.mark.parametrize("columns", [80, 40, 20])
def test_at_any_width_vectors_are_numbers(run, small, trained, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    X, Y = load(str(small)).test
    network = TwoLayerNN.load(trained / "model.safetensors")
    shown = run("explain", trained, "--index", 2).out
    forward, gradients = network.forward(X[:, [2]]), network.backward(X[:, [2]], Y[[2]])
    for name, value in {**forward._asdict(), "db1": gradients["b1"], "db2": gradients["b2"]}.items():
        np.testing.assert_allclose(numbers_below(shown, name), value[:, 0], atol=5.1e-4, err_msg=name)
    if columns == 80:
        assert "Shades: ░ ▒ ▓ █ are positive, · - = ≡ negative, blank near 0" in shown
        assert max(len(line) for line in shown.splitlines()) <= 80
        before, after = re.findall(r"^ +(?:before|after) +(.*?) *$", shown.partition("      b2  ")[2], re.M)[:2]
        np.testing.assert_allclose([float(word) for word in before.split()], network.b2[:5, 0], atol=5.1e-4)
        assert after != before


def test_the_columns_of_a_batch_have_the_names_of_their_samples(run, small, trained, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    X, _ = load(str(small)).test
    A2 = TwoLayerNN.load(trained / "model.safetensors").predict_proba(X[:, [2, 5]])
    shown = run("explain", trained, "--index", 2, "--index", 5).out.partition("      A2  ")[2].splitlines()
    for line, name, column in zip(shown[2:4], ("small[2]", "small[5]"), A2.T, strict=True):
        assert line.split()[0].endswith(name[-3:])
        np.testing.assert_allclose([float(word) for word in line.split()[1:]], column, atol=5.1e-4)


def test_small_numbers_of_a_vector_are_not_rounded_away(run, small, trained):
    network = TwoLayerNN.load(trained / "model.safetensors")
    network.W2 *= 30
    network.save("sure.safetensors")
    X, Y = load(str(small)).test
    index = int(np.flatnonzero(network.predict(X) == Y)[0])
    shown = run("explain", "sure.safetensors", "--data", small, "--index", index).out
    dZ2 = network.backward(X[:, [index]], Y[[index]])["b2"][:, 0]
    assert 0 < np.abs(dZ2).max() < 0.01
    np.testing.assert_allclose(numbers_below(shown, "dZ2"), dZ2, rtol=0.06)


def test_of_many_units_it_says_which_are_shown(run, small, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert run("train", "--data", small, "--hidden", 40, "--epochs", 1, "--name", "w", "--no-figures").status == 0
    shown = run("explain", "runs/w").out
    found = re.search(r"the 8 of 40 with the largest entries: units ([\d, ]+)", shown)
    assert len(found[1].split(",")) == 8


def test_a_run_that_was_trained_otherwise_is_told(run, small):
    options = ["--data", small, "--no-figures", "--epochs", 1]
    assert run("train", *options, "--name", "a", "--dropout", 0.2, "--optimizer", "adam").status == 0
    assert run("train", *options, "--name", "b").status == 0
    told = run("explain", "runs/a").err
    assert "runs/a was trained with optimizer adam, learning rate 0.001, dropout 0.2; this step" in told
    alike = run("explain", "runs/a", "--dropout", 0.2, "--optimizer", "adam").err
    assert "was trained with" not in alike + run("explain", "runs/b").err


def test_an_empty_cell_is_no_cell(run):
    assert run("explain", "--toy", "--cell", "").status == 2
