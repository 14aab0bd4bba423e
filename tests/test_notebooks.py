"""The notebooks run from top to bottom, values show themselves in Jupyter, and an interrupt keeps what was learnt."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

import neural_network
from neural_network import History, TwoLayerNN
from neural_network.inspection.diagnosis import diagnose
from neural_network.inspection.diagnosis.finding import Finding, Findings
from neural_network.inspection.trace import trace_step
from neural_network.inspection.trace.worked_example import X, Y, toy_network
from neural_network.support.html import html_array, html_curves, html_table
from neural_network.training.optimizers import SGD

NOTEBOOKS = sorted((Path(__file__).parents[1] / "examples/notebooks").glob("*.ipynb"))
KERNEL_WARNINGS = pytest.mark.filterwarnings("ignore")  # of the Jupyter client: its own, and of sockets it leaves open

pytestmark = pytest.mark.xdist_group("kernels")


@pytest.fixture
def kernel_environment(monkeypatch, tmp_path):
    """Kernels import this package from where the tests do, and keep their files in the test's folder."""
    monkeypatch.setenv("PYTHONPATH", str(Path(neural_network.__file__).parents[1]))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def execute(notebook, folder):
    """Run a notebook, and return the text and the HTML that each code cell showed."""
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    node = nbformat.reads(json.dumps(notebook), as_version=4)
    nbformat.validate(node)
    resources = {"metadata": {"path": str(folder)}}
    nbclient.NotebookClient(node, timeout=120, kernel_name="python3", resources=resources).execute()
    shown = []
    for cell in node.cells:
        if cell.cell_type == "code":
            data = [output.get("data", {}) for output in cell.outputs]
            text = [output.get("text", "") for output in cell.outputs]
            shown.append("\n".join([*text, *(each.get("text/html", each.get("text/plain", "")) for each in data)]))
    return shown


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_without_outputs(path):
    notebook = json.loads(path.read_text())
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert code
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


@KERNEL_WARNINGS
def test_the_first_tour_runs(kernel_environment):
    shown = execute(json.loads(NOTEBOOKS[1].read_text()), kernel_environment)
    text = "\n".join(shown)
    assert "12,730 parameters, float32" in text
    accuracy = re.search(r"(\d+\.\d)% of the validation pictures", text)
    assert float(accuracy[1]) > 80
    assert "20 epochs" in text
    assert "dZ2 = A2 - Y" in text
    assert "inputs-not-scaled" in shown[-1]


@KERNEL_WARNINGS
def test_the_derivation_by_hand_runs(kernel_environment):
    shown = execute(json.loads(NOTEBOOKS[0].read_text()), kernel_environment)
    text = "\n".join(shown)
    assert "the loss was 0.66436 and is 0.55675" in text  # as in docs/math_derivations.md
    assert "GradientCheck(max_relative_error=" in text


@KERNEL_WARNINGS
def test_an_exercise_is_graded_from_its_cell(kernel_environment):
    from neural_network.course.catalog import find_exercise
    from neural_network.course.workspace import Workspace, start

    start(Path("lab"), notebooks=True)
    exercise = find_exercise("relu")
    path = Path("lab", "ex02_relu.ipynb")
    stub = json.loads(path.read_text())
    shown = execute(stub, "lab")
    assert "`relu` and `relu_prime` are still to be written" in shown[1]
    assert "Hint 1. " in shown[2]
    cells = [cell for cell in stub["cells"] if cell["cell_type"] == "code"]
    cells[1]["source"] = f"%%exercise relu\n{exercise.solution.replace('Z > 0', 'Z < 0')}"
    cells[2]["source"] = f"%%exercise relu\n{exercise.solution}"
    shown = execute(stub, "lab")
    assert "`relu_prime` is 1 where Z is negative" in shown[1]
    assert "Exercise 2, ReLU and its derivative: right." in shown[2]
    workspace = Workspace(Path("lab"))
    assert list(workspace.progress.passed) == ["relu"]


@KERNEL_WARNINGS
def test_an_interrupt_of_the_kernel_keeps_what_was_learnt(kernel_environment):
    """And the progress bar is drawn below the cell, without ipywidgets."""
    client = pytest.importorskip("jupyter_client")
    manager, channel = client.manager.start_new_kernel(kernel_name="python3")
    try:
        code = """
import sys
import numpy as np
from neural_network import TwoLayerNN
sys.modules["ipywidgets"] = None  # cannot be imported
rng = np.random.default_rng(0)
network = TwoLayerNN(4, 5, 3, seed=0)
history = network.train(rng.random((4, 60)), rng.integers(0, 3, 60), epochs=10**7)
"""
        channel.execute(code)
        bars = []
        while len(bars) < 3:
            message = channel.get_iopub_msg(timeout=60)
            if message["msg_type"] in ("display_data", "update_display_data"):
                bars.append(message["content"]["data"]["text/html"])
        assert all("<progress" in bar for bar in bars)
        assert "epoch" in bars[-1]
        manager.interrupt_kernel()
        answer = channel.get_shell_msg(timeout=60)
        assert answer["content"]["status"] == "ok"
        wanted = {"kept": "history.interrupted, len(history)"}
        reply = channel.execute("", user_expressions=wanted, reply=True, timeout=60)
        kept = reply["content"]["user_expressions"]["kept"]["data"]["text/plain"]
        assert re.fullmatch(r"\(True, \d+\)", kept)
    finally:
        channel.stop_channels()
        manager.shutdown_kernel(now=True)


# ---------------------------------------------------------------------- values that show themselves


def test_a_network_shows_its_layers(network):
    assert repr(network) == "TwoLayerNN(4, 5, 3, activation='relu')"
    html = network._repr_html_()
    assert "TwoLayerNN: 43 parameters, float64, loss cross-entropy" in html  # 4·5 + 5 + 5·3 + 3
    assert "W1 (5, 4), b1 (5, 1)" in html


def test_a_history_shows_its_ends_and_a_curve(blobs):
    network = TwoLayerNN(4, 5, 3, seed=0)
    html = network.train(*blobs, epochs=30)._repr_html_()
    assert "30 epochs" in html
    assert html.count("<tr>") == 1 + 4 + 1 + 4
    assert html.count("<polyline") == 1
    history = History()
    assert "0 epochs" in history._repr_html_()
    history.rows, history.interrupted, history.diverged_at = [{"loss": np.nan}, {"loss": 1}], True, 7
    assert "2 epochs, interrupted, diverged at step 7" in history._repr_html_()


def test_a_trace_shows_the_equations_and_small_arrays():
    html = trace_step(toy_network(), X, Y, SGD(0.5))._repr_html_()
    assert "Loss 0.66436 before the step, 0.55675 after it." in html  # as in docs/math_derivations.md
    assert "Z1 = W1 X + b1" in html
    assert "<td>0.11063</td><td>0.19762</td>" in html  # dW2
    assert html.count("(11)") == 4


def test_a_diagnosis_shows_its_findings_escaped(blobs):
    network = TwoLayerNN(4, 5, 3, seed=0)
    findings = diagnose(network.train(*blobs, epochs=200, learning_rate=0.5), network, blobs)
    assert findings == []
    assert findings._repr_html_() == "<p>No problems found.</p>"
    html = Findings([Finding("cause", 3, "a < b", "try")])._repr_html_()
    assert "a &lt; b" in html


def test_pieces_of_html():
    assert "&lt;b&gt;" in html_table(["<b>"], [])
    assert html_array(np.array([[1.5, 2]])) == "<table><tr><td>1.5</td><td>2</td></tr></table>"
    assert html_array(np.arange(40.0).reshape(1, 40)) == "0 … 39"
    assert html_array(np.zeros((0, 3))) == "<table></table>"
    assert html_curves({"loss": [np.nan, np.inf]}) == ""
    assert 'points="0.0,5.0 420.0,115.0"' in html_curves({"loss": [2.0, 1.0]})
