"""Mutation testing: the code is broken in one place at a time, and the tests that concern it must notice.

    pip install -e ".[mutation]"
    python tests/mutation/run.py               # all modules
    python tests/mutation/run.py losses idx    # some

Prints every mutant that no test noticed as a diff, and a table. The checkout is copied first, so that the code at hand
is never touched. Each mutant is tested in a process of its own, forked from one that has imported the libraries. What
the survivors mean is in docs/testing.md.
"""

import argparse
import ast
import difflib
import gc
import importlib
import itertools
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cosmic_ray.mutating import mutate_code
from operators import operators
from rich.progress import track

ROOT = Path(__file__).parents[2]
PACKAGE = Path("src/neural_network")
TESTS = {  # by module, the tests that concern it, the likeliest first
    "network": "test_network inspection/test_gradient_check",
    "functions/losses": "functions/test_losses",
    "functions/activations": "functions/test_activations inspection/test_gradient_check",
    "training/optimizers": "training/test_optimizers",
    "training/checkpoint": "training/test_checkpoint",
    "formats/model_file": "formats/test_model_file",
    "runs/checkpoint_files": "runs/test_checkpoint_files",
    "data/idx": "data/test_idx",
    "data/kaggle": "data/test_kaggle",
    "data/images": "data/test_images",
    "data/prepare": "data/test_prepare",
    "data/folders": "data/test_folders",
}
LIBRARIES = "hypothesis numpy pandas PIL.Image safetensors.numpy sklearn.metrics sklearn.neural_network"
IMPORTED = "ignore::pytest.PytestAssertRewriteWarning"  # that Hypothesis is imported before pytest can look at it
OPTIONS = ["-x", "-q", "-n0", "-p", "no:cacheprovider", "--hypothesis-profile=ci", "-W", IMPORTED]


def main() -> None:
    """Run the modules that are named, or all, and print what came of them."""
    known = {module.rsplit("/")[-1]: module for module in TESTS}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"some of {', '.join(known)} (default: all)")
    names = parser.parse_args().modules or list(known)
    if not known.keys() >= set(names):
        parser.error(f"expected modules of {', '.join(known)}, not {' '.join(names)}")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        os.chdir(copy)
        os.environ["PYTHONPATH"], sys.dont_write_bytecode = str(copy / "src"), True
        sys.path.insert(0, str(copy / "src"))
        for library in LIBRARIES.split():
            importlib.import_module(library)
        gc.freeze()  # what is rubbish by now is not for the children to collect
        rows = [test(known[name]) for name in names]
    print("| module | mutants | killed | survived | score |\n| --- | --- | --- | --- | --- |")
    total = ("all", *map(sum, list(zip(*rows, strict=True))[1:]))
    for name, mutants, killed in [*rows, total]:
        print(f"| {name} | {mutants} | {killed} | {mutants - killed} | {100 * killed / mutants:.1f} % |")


def test(module: str) -> tuple[str, int, int]:
    """Return a module's name, how many mutants it has and how many its tests noticed; print the others."""
    path = PACKAGE / f"{module}.py"
    tests = [f"tests/{name}.py" for name in TESTS[module].split()]
    code = path.read_text(encoding="utf-8")
    start = time.monotonic()
    if notice(tests, None):
        sys.exit(f"{' '.join(tests)}: the tests must pass before the code is broken")
    seconds = 10 + 10 * (time.monotonic() - start)
    found = list(mutants(code))
    survivors = []
    for mutant in track(found, description=module, auto_refresh=False):  # by a thread, which a fork could find at work
        path.write_text(mutant, encoding="utf-8")
        if not notice(tests, seconds):
            survivors.append(mutant)
    path.write_text(code, encoding="utf-8")
    for mutant in survivors:
        print(*difflib.unified_diff(code.splitlines(), mutant.splitlines(), module, module, lineterm="", n=1), sep="\n")
    return module, len(found), len(found) - len(survivors)


def mutants(code: str) -> Iterator[str]:
    """Yield the code with each mistake, but none that is not Python or that means to Python what another one does."""
    seen = {ast.dump(ast.parse(code))}
    for operator in operators():
        for occurrence in itertools.count():
            mutant = mutate_code(code, operator, occurrence)
            if mutant is None:
                break
            try:
                meaning = ast.dump(ast.parse(mutant))
            except SyntaxError:
                continue
            if meaning not in seen:
                seen.add(meaning)
                yield mutant


def notice(tests: list[str], seconds: float | None) -> bool:
    """Return whether one of the tests fails, or all of them together take longer than so many seconds."""
    child = multiprocessing.get_context("fork").Process(target=_run, args=(tests,))
    child.start()
    child.join(seconds)
    child.kill()
    child.join()
    return child.exitcode != 0


def _run(tests: list[str]) -> None:
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    os._exit(pytest.main([*OPTIONS, *tests]))


if __name__ == "__main__":
    main()
