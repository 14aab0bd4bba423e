"""The grader on learners' files: it runs them in a process of their own, and survives whatever they do."""

import os
import subprocess
import sys
import time

import pytest

from neural_network.course import runner
from neural_network.course.catalog import find_exercise, ordered
from neural_network.course.diagnose import Named
from neural_network.course.exercise import Exercise
from neural_network.course.grader import Verdict, _sentence, grade

RELU = "import numpy as np\n\n\ndef relu(Z):\n    {}\n\n\ndef relu_prime(Z):\n    return Z > 0\n"
SECONDS = 2.0 * 5  # a check takes less than two seconds, but where tests of others run beside it


def check(folder, name, source, earlier=True) -> Verdict:
    """Write a learner's file, with the solutions of the exercises before it, and grade it."""
    exercise = find_exercise(name)
    if earlier:
        for before in ordered()[: exercise.number - 1]:
            (folder / before.file).write_text(before.solution)
    (folder / exercise.file).write_text(source)
    return grade(exercise, folder)


@pytest.mark.parametrize("exercise", ordered(), ids=lambda exercise: exercise.name)
def test_the_solution_passes_and_the_stub_says_what_to_do(exercise, tmp_path):
    assert check(tmp_path, exercise.name, exercise.solution).passed
    verdict = check(tmp_path, exercise.name, exercise.stub)
    assert verdict.status == "not started"
    (message,) = verdict.messages
    assert all(f"`{each.function}`" in message for each in exercise.checks)
    assert exercise.file in message
    assert "replace `...`" in message
    assert "mnist-nn course hint" in message


@pytest.mark.slow
@pytest.mark.parametrize("exercise", ordered(), ids=lambda exercise: exercise.name)
def test_a_mistake_is_named_in_a_file_too(exercise: Exercise, tmp_path):
    mistake = exercise.mistakes[0]
    verdict = check(tmp_path, exercise.name, mistake.apply(exercise.solution) or "")
    assert [named.title for named in verdict.mistakes] == [mistake.title]
    assert len(verdict.messages) == 1


HOSTILE = {
    "an endless loop": ("while True: pass", "timeout", "in line 5 of ex02_relu.py: `while True: pass`"),
    "an endless loop that catches all": (
        "while True:\n        try:\n            pass\n        except BaseException:\n            pass",
        "timeout",
        "`relu` did not end within",
    ),
    "sleep": ("__import__('time').sleep(60)", "timeout", "in line 5 of ex02_relu.py: `__import__('time').sleep(60)`"),
    "20 GB": (
        "return np.ones((50_000, 50_000))",
        "error",
        "in line 5 of ex02_relu.py: `return np.ones((50_000, 50_000))`",
    ),
    "a list that grows": ("a = [Z]\n    while True: a = 1000 * a", "error", "The memory is used up in line 6"),
    "sys.exit": ("__import__('sys').exit(3)", "error", "Remove sys.exit"),
    "quit": ("quit()", "error", "Remove sys.exit"),
    "os._exit": ("__import__('os')._exit(3)", "error", "has ended Python itself"),
    "killed": ("__import__('os').kill(__import__('os').getpid(), 9)", "error", "exit status -9"),
    "a deep recursion": ("return relu(Z)", "error", "RecursionError: maximum recursion depth exceeded"),
    "input": ("return input()", "error", "in line 5 of ex02_relu.py: `return input()`"),
    "PyTorch": (
        "import torch\n    return torch.relu(Z)",
        "error",
        "imports torch in line 5 of ex02_relu.py: `import torch`",
    ),
    "the reference": (
        "from neural_network.functions.activations import relu\n    return relu.g(Z)",
        "error",
        "imports neural_network in line 5",
    ),
    "an exception": (
        "return Z / Undefined",
        "error",
        "NameError: name 'Undefined' is not defined in line 5 of ex02_relu.py",
    ),
    "an exception of its own": ("raise KeyboardInterrupt", "error", "KeyboardInterrupt in line 5 of ex02_relu.py"),
    "no return": ("Z * (Z > 0)", "wrong", "`relu` returns nothing (None): is the line with `return` missing?"),
    "text": ("return 'abc'", "wrong", "returns a str where A should be an array of numbers"),
    "a function": ("return relu", "wrong", "returns a function where A should be an array of numbers"),
    "a list of lists": ("return Z.tolist()", "wrong", "returns a list of lists: A should be an array"),
    "rows of different lengths": (
        "return [[1, 2], [3]]",
        "wrong",
        "returns a list where A should be an array of numbers",
    ),
    "objects": ("return np.array([{}, None])", "wrong", "returns an array of object where A"),
    "a flood of results": ("return np.zeros(2_000_000)", "wrong", "returns an array of shape (2000000,) where A"),
    "an endless generator": ("return iter(int, 1)", "wrong", "returns a sequence of more than 20,000 items where A"),
}


@pytest.mark.parametrize(("body", "status", "words"), HOSTILE.values(), ids=HOSTILE.keys())
def test_whatever_a_function_does_gives_one_helpful_message(body, status, words, tmp_path, monkeypatch):
    if "BaseException" in body:
        monkeypatch.setattr(runner, "PATIENCE", 2)
    started = time.monotonic()
    verdict = check(tmp_path, "relu", RELU.format(body))
    assert verdict.status == status
    (message,) = verdict.messages
    assert words in message
    if "BaseException" not in body:
        assert time.monotonic() - started < SECONDS
    assert grade(find_exercise("one_hot"), tmp_path).passed  # the grader lives


def test_a_flood_of_prints_is_cut(tmp_path):
    verdict = check(tmp_path, "relu", RELU.format("for i in range(100_000): print(i)\n    return np.maximum(Z, 0)"))
    assert verdict.passed
    assert verdict.printed.startswith("0\n1\n2\n")
    assert len(verdict.printed) < 2100
    assert "characters more" in verdict.printed


def test_what_is_written_beside_python_does_not_reach_the_grader(tmp_path):
    body = "__import__('os').write(1, b'{}')\n    __import__('os').system('echo hello')\n    return np.maximum(Z, 0)"
    assert check(tmp_path, "relu", RELU.format(body)).passed


def test_processes_that_a_function_starts_are_ended(tmp_path):
    body = (
        "import subprocess\n    process = subprocess.Popen(['sleep', '1000'])\n    print(process.pid)\n"
        "    return np.maximum(Z, 0)"
    )
    verdict = check(tmp_path, "relu", RELU.format(body))
    assert verdict.passed
    for _ in range(100):
        try:
            os.kill(int(verdict.printed), 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("it still runs")


def test_after_a_time_out_the_other_functions_are_checked(tmp_path):
    source = "import numpy as np\n\ndef relu(Z):\n    while True: pass\n\ndef relu_prime(Z):\n    return np.sign(Z)\n"
    verdict = check(tmp_path, "relu", source)
    assert len(verdict.messages) == 2
    assert "`relu` did not end" in verdict.messages[0]
    assert verdict.mistakes[0].title.startswith("`relu_prime` is -1 where Z is negative")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def relu(Z)\n    return Z\n", "Python cannot read ex02_relu.py, line 1: expected ':': `def relu(Z)`"),
        ("def relu(Z):\nreturn Z\n", "Python cannot read ex02_relu.py, line 2: expected an indented block"),
        (
            "import torch\n",
            "ex02_relu.py imports torch in line 1 of ex02_relu.py: `import torch`. The course needs NumPy",
        ),
        ("import numpy as np\n1 / 0\n", "ZeroDivisionError: division by zero in line 2 of ex02_relu.py: `1 / 0`"),
        ("import sys\nsys.exit()\n", "The program is ended in line 2 of ex02_relu.py: `sys.exit()`"),
        ("while True:\n    pass\n", "did not end within 1 s, while Python reads the file. It was stopped in line"),
        ("def relu_prime(Z):\n    return Z > 0\n", "ex02_relu.py has no function `relu`"),
        ("", "ex02_relu.py has no function `relu`"),
        ("relu = 3\n", "ex02_relu.py has no function `relu`"),
        ("def relu():\n    return 1\n", "TypeError: relu() takes 0 positional arguments but 1 was given"),
        ("import scipy_does_not_exist\n", "No module named 'scipy_does_not_exist' in line 1"),
    ],
)
def test_what_is_wrong_with_a_file(source, words, tmp_path):
    verdict = check(tmp_path, "relu", source)
    assert verdict.status in ("error", "timeout")
    assert words in verdict.messages[0]


def test_a_file_that_is_gone_or_no_text(tmp_path):
    verdict = grade(find_exercise("relu"), tmp_path)
    assert (verdict.status, verdict.messages) == (
        "missing",
        ["ex02_relu.py is not there; get it back with: mnist-nn course reset relu"],
    )
    (tmp_path / "ex02_relu.py").write_bytes(b"\xff\xfe\x00")
    assert "cannot be read" in grade(find_exercise("relu"), tmp_path).messages[0]


@pytest.mark.parametrize("wrong", ["np.exp(Z) / 3", "Z"])  # the second is what a forward without softmax would give
def test_an_exercise_is_not_blamed_for_an_earlier_one(wrong, tmp_path):
    exercise = find_exercise("forward")
    assert check(tmp_path, "forward", exercise.solution).passed
    (tmp_path / "ex03_softmax.py").write_text(f"import numpy as np\n\ndef softmax(Z):\n    return {wrong}\n")
    verdict = grade(exercise, tmp_path)
    assert verdict.status == "blocked"
    assert verdict.messages == [
        "ex05_forward.py calls your functions of ex03_softmax.py, and these are not right yet. "
        "Mend them first: mnist-nn course check softmax"
    ]


@pytest.mark.parametrize("source", [None, "def relu(Z)\n    return Z\n", "import numpy as np\n1 / 0\n"])
def test_an_exercise_is_not_blamed_for_an_earlier_file_that_cannot_be_read(source, tmp_path):
    exercise = find_exercise("forward")
    assert check(tmp_path, "forward", exercise.solution).passed
    (tmp_path / "ex02_relu.py").unlink()
    if source:
        (tmp_path / "ex02_relu.py").write_text(source)
    verdict = grade(exercise, tmp_path)
    assert verdict.status == "blocked"
    assert verdict.messages[0].endswith("Mend them first: mnist-nn course check relu")


@pytest.mark.parametrize(
    ("name", "source", "words"),
    [
        ("relu", RELU.format("return Z ^ 2"), "A power is written with two stars, `a ** b`"),
        ("relu", RELU.format("return Z + {}['dW']"), "The dictionary has no such name"),
        ("relu", RELU.format("return Z.shape[5]"), "has fewer axes than this line asks for"),
        ("relu", RELU.format("return np.max([Z, Z[:1]])"), "Arrays of several shapes do not make one array"),
        (
            "hidden_error",
            "def hidden_error(W2, dZ2, Z1):\n    return W2.T @ dZ2 * relu_prime(Z1)\n",
            "The file needs the line `from ex02_relu import relu_prime` at its top",
        ),
    ],
)
def test_an_exception_comes_with_what_it_usually_means(name, source, words, tmp_path):
    (message,) = check(tmp_path, name, source).messages
    assert words in message


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("return parameters, losses", "return losses, parameters", "returns the losses before the parameters"),
        ('"W1": dW1', '"dW1": dW1', "returns a dictionary of dW1, b1, W2, b2, without W1; it must hold W1, b1"),
    ],
)
def test_results_in_another_order_or_under_other_names_are_told(old, new, words, tmp_path):
    exercise = find_exercise("training_loop")
    assert exercise.solution.count(old) == 1
    verdict = check(tmp_path, "training_loop", exercise.solution.replace(old, new))
    assert words in verdict.messages[0]


@pytest.mark.parametrize(
    ("title", "begins"),
    [
        ("a unit is dropped for all samples", "A unit"),
        ("the sum is squared", "The sum"),
        ("ε stands within the root", "ε stands"),
        ("m_hat and v_hat are returned", "m_hat and"),
        ("dW2 is transposed", "dW2 is"),
        ("m is the number of rows", "m is"),
    ],
)
def test_a_sentence_begins_with_a_capital_letter_but_for_a_name(title, begins):
    assert _sentence(Named(title)).startswith(begins)


def test_the_way_back_gets_the_references_numbers(tmp_path):
    """A wrong dZ1 is not blamed on dW1: exercise 9 gets the dZ1 of the reference."""
    (tmp_path / "ex08_hidden_error.py").write_text("def hidden_error(W2, dZ2, Z1):\n    return W2.T @ dZ2\n")
    (tmp_path / "ex09_hidden_gradients.py").write_text(find_exercise("hidden_gradients").solution)
    assert grade(find_exercise("hidden_gradients"), tmp_path).passed


def test_a_warning_of_numpy_is_told_with_its_line(tmp_path):
    source = "import numpy as np\n\ndef softmax(Z):\n    E = np.exp(Z)\n    return E / E.sum(axis=0)\n"
    verdict = check(tmp_path, "softmax", source)
    assert verdict.mistakes[0].title == "large logits overflow: nothing is subtracted before the powers are taken"
    assert "NumPy warns in line 4 of ex03_softmax.py: overflow encountered in exp" in verdict.messages[0]


def test_an_edit_takes_effect_at_once_and_leaves_no_files(tmp_path):
    """Also where the second version has the length and the time of the first, as Python's caches tell files apart."""
    for k, passed in (("0", True), ("1", False), ("0", True)):
        assert check(tmp_path, "relu", RELU.format(f"return np.maximum(Z, {k})")).passed is passed
    assert {path.name for path in tmp_path.iterdir()} == {"ex01_one_hot.py", "ex02_relu.py"}


def test_the_worker_starts_without_this_package():
    code = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='worker'); print('neural_network' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code, runner.SCRIPT], capture_output=True, text=True, check=True)
    assert result.stdout == "False\n"
