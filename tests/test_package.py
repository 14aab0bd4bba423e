"""What importing gives and costs, and that the floors of the house hold: every import points downwards."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import neural_network

PACKAGE = Path(neural_network.__file__).parent
ROOT = Path(__file__).parents[1]

# The floors of the house, from the ground up. A package on one floor may import those below it and, on its own, itself.
FLOORS = [
    {"support"},
    {"functions"},
    {"network", "data"},
    {"formats"},
    {"training"},
    {"runs"},
    {"inspection"},
    {"estimator", "recipes", "playground", "course"},
    {"cli"},
]
FLOOR = {name: i for i, floor in enumerate(FLOORS) for name in floor}


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
    assert python(code, cwd=ROOT) == "src.neural_network.training.model"


def module_name(path: Path) -> str:
    """Return the dotted name of a file inside the package: "data.idx", "data" for data/__init__.py."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__").removesuffix("__init__")


MODULES = {module_name(path): path for path in PACKAGE.rglob("*.py")}


def imports(path: Path) -> set[str]:
    """Return all modules of this package that a file imports, inside functions and for type checking too."""
    package = ["neural_network", *path.relative_to(PACKAGE).parent.parts]
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = [*package[: len(package) - node.level + 1], *(node.module or "").split(".")]
            base = ".".join(part for part in base[1:] if part)
            found |= {name if (name := f"{base}.{alias.name}".lstrip(".")) in MODULES else base for alias in node.names}
    return found


GRAPH = {name: imports(path) - {name} for name, path in MODULES.items()}


@pytest.mark.parametrize("name", sorted(GRAPH.keys() - {"", "__main__"}))
def test_imports_point_downwards(name):
    top = name.partition(".")[0]
    for imported in GRAPH[name]:
        below = imported.partition(".")[0]
        assert below == top or FLOOR[below] < FLOOR[top], f"{name} imports {imported}"


def test_no_import_circles():
    graph = {name: {i for i in imported if not name.startswith(f"{i}.")} for name, imported in GRAPH.items()}
    while graph:
        leaves = {name for name, imported in graph.items() if not imported & graph.keys()}
        assert leaves, f"a circle among {sorted(graph)}"
        graph = {name: imported for name, imported in graph.items() if name not in leaves}


def test_the_root_has_few_entries():
    """Beside __init__.py and __main__.py, which every package has."""
    entries = {path.name for path in PACKAGE.iterdir() if path.suffix in ("", ".py")}
    assert len(entries - {"__init__.py", "__main__.py", "__pycache__"}) <= 13


@pytest.mark.parametrize("word", ["pickle", "eval(", "exec(", "os.system", "shell=True"])
def test_nothing_runs_what_it_reads(word):
    for path in PACKAGE.rglob("*.py"):
        assert word not in path.read_text(), path
