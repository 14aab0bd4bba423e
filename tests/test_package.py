"""What importing gives and costs, and that the floors of the house hold: every import points downwards."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import neural_network

PACKAGE = Path(neural_network.__file__).parent
ROOT = Path(__file__).parents[1]

MATHEMATICS = {
    "activations", "arguments", "contracts", "errors", "fast", "gradient_check", "gradient_mistakes", "initializers",
    "losses", "metrics", "network", "optimizers", "pixels", "randomness", "registry", "toy", "version",
}  # fmt: skip
FACES = {"bench", "cli", "estimator", "onnx"}


def python(code: str, **options: object) -> str:
    """Run code in a fresh interpreter and return what it prints."""
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True, **options).stdout.strip()


def test_importing_loads_numpy_and_the_standard_library_only():
    code = """
import sys, numpy.random
before = set(sys.modules)
import neural_network
loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
print(*sorted(loaded - sys.stdlib_module_names - {"numpy", "neural_network"}))
"""
    assert python(code) == ""


def test_public_names():
    assert set(neural_network.__all__) == {
        "Callback", "DivergenceError", "Forward", "GradientCheck", "History", "InputError", "Run", "SGD", "TwoLayerNN",
        "WorkError", "__version__", "check_gradients", "prepare_data",
    }  # fmt: skip
    assert all(hasattr(neural_network, name) for name in neural_network.__all__)


def test_it_is_imported_from_the_checkout_too():
    code = "from src.neural_network import TwoLayerNN, prepare_data; print(TwoLayerNN.__module__)"
    assert python(code, cwd=ROOT) == "src.neural_network.network"


def imports_at_load(path: Path) -> set[str]:
    """Return the first-level modules of this package that a file imports when it is itself imported."""
    names = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.level:
            depth = len(path.relative_to(PACKAGE).parts) - node.level
            base = [*path.relative_to(PACKAGE).parts[:depth], *(node.module or "").split(".")]
            names |= {next(part for part in [*base, alias.name] if part) for alias in node.names}
    return names


def test_mathematics_imports_nothing_above_it():
    for name in MATHEMATICS:
        for path in [*PACKAGE.glob(f"{name}.py"), *PACKAGE.glob(f"{name}/*.py")]:
            assert not imports_at_load(path) - MATHEMATICS, path


def test_no_face_is_imported_from_below():
    for path in PACKAGE.rglob("*.py"):
        top = path.relative_to(PACKAGE).parts[0]
        if top not in FACES | {"__main__.py"}:
            assert not imports_at_load(path) & FACES, path


def test_no_import_circles():
    graph: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        name = path.relative_to(PACKAGE).with_suffix("").parts[0]
        if name[0] != "_":
            graph[name] = graph.get(name, set()) | imports_at_load(path) - {name}
    while graph:
        leaves = {name for name, imported in graph.items() if not imported & graph.keys()}
        assert leaves, f"a circle among {sorted(graph)}"
        graph = {name: imported for name, imported in graph.items() if name not in leaves}


@pytest.mark.parametrize("word", ["pickle", "eval(", "exec(", "os.system", "shell=True"])
def test_nothing_runs_what_it_reads(word):
    for path in PACKAGE.rglob("*.py"):
        assert word not in path.read_text(), path
