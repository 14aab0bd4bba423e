"""No file can make the package run code or commands: nothing that could do so is named in its syntax trees."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import neural_network

PACKAGE = Path(neural_network.__file__).parent

MODULES = {  # that build objects or run code while they read, or hand text to a shell
    *("pickle", "_pickle", "cPickle", "cloudpickle", "dill", "joblib", "marshal", "shelve", "code", "codeop", "runpy"),
    *("pty", "commands", "ctypes", "cffi", "yaml", "xmlrpc"),
}
CALLS = {  # whatever they are called on: builtins, of os, of numpy, of pandas, of torch, of sys
    *("eval", "exec", "compile", "__import__", "execfile", "input", "breakpoint"),
    *("system", "popen", "execl", "execle", "execlp", "execv", "execve", "execvp", "spawnl", "spawnv", "spawnvp"),
    *("getoutput", "getstatusoutput", "read_pickle", "to_pickle", "startfile", "exec_module", "import_module"),
}
LOADERS = {"np.load", "numpy.load", "torch.load", "joblib.load"}  # safe only where they are told not to unpickle
SUBPROCESS = {"run", "Popen", "call", "check_call", "check_output"}

ALLOWED = {
    ("support/plugins.py", "import_module"): "the user names the plugin, on the command line or in the environment",
    ("support/plugins.py", "exec_module"): "the same, for a plugin that is a file",
    ("data/__init__.py", "import_module"): "a table in that file says which of our own modules",
    ("support/python_process.py", "subprocess"): "a second process of our own: a list of arguments",
    ("training/two_process/worker.py", "subprocess"): "the type of that process",
    (
        "runs/sweep/workers.py",
        "joblib",
    ): "starts our own processes for our own jobs, and loads no file",
    ("support/notebook_bar.py", "import_module"): "a name in that file, of a package that a notebook has loaded",
    ("support/source_module.py", "exec_module"): "an exercise of the package, or network.py with an experiment's edit",
    ("course/runner.py", "subprocess"): "the process in which a learner's own code is tried, within limits",
    ("course/worker.py", "import_module"): "the learner's own file, which the learner asks to be checked",
}


def findings(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Return what a module names that might run code, and the line."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            top, _, rest = name.partition(".")
            if top in MODULES or top == "subprocess":
                yield top, node.lineno
            if rest in CALLS and top in ("os", "importlib", "builtins"):
                yield rest, node.lineno
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            last = name.rpartition(".")[2]
            if last in CALLS and not name.startswith("re."):
                yield last, node.lineno
            keywords = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            if name in LOADERS and keywords.get("allow_pickle", "False") != "False":
                yield name, node.lineno
            if name == "torch.load" and keywords.get("weights_only") != "True":
                yield name, node.lineno
            if keywords.get("shell", "False") != "False":
                yield "shell", node.lineno
            if name.startswith("subprocess.") and last in SUBPROCESS and isinstance(node.args[0], ast.Constant):
                yield "a command in one text", node.lineno


def test_no_module_of_the_package_can_run_what_a_file_says():
    found = {
        (path.relative_to(PACKAGE).as_posix(), name): line
        for path in sorted(PACKAGE.rglob("*.py"))
        for name, line in findings(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found.keys() - ALLOWED == set()
    assert ALLOWED.keys() - found.keys() == set()  # an exception that is no longer needed


@pytest.mark.parametrize(
    "code",
    [
        "import os, shelve",
        "from pickle import loads",
        "import marshal as m",
        "import torch\ntorch.load('f')",
        "np.load('f', allow_pickle=maybe)",
        "eval(text)",
        "builtins.exec(text)",
        "from os import system",
        "os.system('ls')",
        "os.popen('ls')",
        "__import__(name)",
        "compile(text, '', 'exec')",
        "subprocess.run('ls', shell=True)",
        "import subprocess",
        "subprocess.run('ls')",
        "importlib.import_module(name)",
        "pd.read_pickle('f')",
    ],
)
def test_the_scan_sees(code):
    assert list(findings(ast.parse(code)))


@pytest.mark.parametrize(
    "code", ["re.compile('a')", "np.load('f')", "np.load('f', allow_pickle=False)", "network.train()"]
)
def test_the_scan_lets_pass(code):
    assert not list(findings(ast.parse(code)))
