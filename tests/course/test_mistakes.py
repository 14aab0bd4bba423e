"""Each wrong implementation of the catalogue is named, and what is right passes, however it is written.

The functions run in this process here, which is quick; test_grader.py runs them as learners' files are run.
"""

import json
import re
import traceback

import numpy as np
import pytest

from neural_network.course import grader
from neural_network.course.catalog import find_exercise, ordered
from neural_network.course.exercise import SOURCE, load
from neural_network.course.worker import encode, run_calls

MISTAKES = [(exercise, mistake) for exercise in ordered() for mistake in exercise.mistakes]


def run_here(source, exercise):
    """Return a function that stands for `runner.run`: it runs `source` in this process."""

    def run(folder, module, probes):
        reports = []
        learner = load(source, grader.known_functions(exercise.number))
        for function, calls, _ in probes:
            coded = json.loads(json.dumps([[encode(argument) for argument in call] for call in calls]))
            try:
                with np.errstate(all="ignore"):
                    results, changed = run_calls(getattr(learner, function), coded)
                results = json.loads(json.dumps([encode(result) for result in results]))
                reports.append({"results": results, "changed": changed})
            except Exception as error:
                lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == SOURCE]
                text = source.splitlines()[lines[-1] - 1] if lines else ""
                reports.append({"raised": type(error).__name__, "message": str(error)[:500], "text": text})
        return {"loaded": True}, reports

    return run


def grade_here(exercise, source, folder):
    (folder / exercise.file).write_text(source)
    return grader.grade(exercise, folder, earlier_are_right=True, run=run_here(source, exercise))


def test_there_are_many_mistakes():
    assert len(MISTAKES) >= 300
    assert min(len(exercise.mistakes) for exercise in ordered()) >= 8


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES, ids=[f"{e.name}: {m.title}" for e, m in MISTAKES])
def test_a_mistake_is_named_and_the_message_does_not_show_the_solution(exercise, mistake, tmp_path):
    source = mistake.apply(exercise.solution)
    assert source is not None
    verdict = grade_here(exercise, source, tmp_path)
    assert not verdict.passed
    assert [(named.title, named.equation) for named in verdict.mistakes] == [(mistake.title, mistake.equation)]
    text = re.sub(r"in line \d+ of .*?`.*?`", "", "\n".join(verdict.messages))  # but for the learner's own line
    assert not [expression for expression in expressions(exercise) if expression in text]


def expressions(exercise):
    """Return what the lines of a solution compute."""
    body = [line.strip() for line in exercise.solution.splitlines() if line.startswith("    ")]
    found = {line.partition(" = ")[2] or line.removeprefix("return ") for line in body}
    return [expression for expression in found if re.search(r"[-+*/@(]", expression)]


# Wrong code as learners write it, which is no edit of the solution, and words of the mistake that is named.
AS_LEARNERS_WRITE = [
    ("one_hot", "def one_hot(labels, classes):\n    return np.eye(classes)[labels]", "Y is transposed"),
    ("one_hot", "def one_hot(labels, classes):\n    return np.eye(labels.max() + 1)[:, labels]", "happen to occur"),
    (
        "relu",
        "def relu(Z):\n    return max(0, Z)\ndef relu_prime(Z):\n    return Z > 0",
        "cannot compare a whole array",
    ),
    (
        "relu",
        "def relu(Z):\n    return np.maximum(0, Z)\n"
        "def relu_prime(Z):\n    s = 1 / (1 + np.exp(-Z))\n    return s * (1 - s)",
        "derivative of the sigmoid",
    ),
    (  # where the shapes are named in another order than in the solution
        "training_loop",
        "def loss_and_gradients(parameters, X, Y):\n"
        "    Z1, A1, Z2, A2 = forward(*(parameters[name] for name in ('W1', 'b1', 'W2', 'b2')), X)\n"
        "    dZ2 = A2 - Y\n    dW2, db2 = output_gradients(dZ2, A1)\n"
        "    dW1, db1 = hidden_gradients(hidden_error(parameters['W2'], dZ2, Z1), X)\n"
        "    return cross_entropy(A2, Y), {'W1': dW1, 'b1': db1, 'W2': dW2, 'b2': db2}\n"
        "def train(parameters, X, labels, epochs, learning_rate):\n"
        "    losses, Y = [], one_hot(labels, max(labels) + 1)\n    for epoch in range(epochs):\n"
        "        loss, gradients = loss_and_gradients(parameters, X, Y)\n"
        "        parameters, losses = update(parameters, gradients, learning_rate), [*losses, loss]\n"
        "    return parameters, losses",
        "taken from the labels that happen to occur",
    ),
    (  # which the catalogue holds for dW1 alone, and for both
        "hidden_gradients",
        "def hidden_gradients(dZ1, X):\n    return dZ1 @ X.T, dZ1.sum(axis=1, keepdims=True) / 7.5",
        "1/m is missing",
    ),
    ("softmax", "def softmax(Z):\n    return np.exp(Z) / np.exp(Z).sum(axis=0)", "large logits overflow"),
    ("softmax", "def softmax(Z):\n    e = np.exp(Z - np.max(Z))\n    return e / e.sum(axis=0)", "of the whole batch"),
    ("softmax", "def softmax(Z):\n    e = np.exp(np.clip(Z, -500, 500))\n    return e / e.sum(axis=0)", "are cut off"),
    ("cross_entropy", "def cross_entropy(A2, Y):\n    return np.sum(-np.log(A2[Y == 1]))", "not their mean"),
    ("cross_entropy", "def cross_entropy(A2, Y):\n    return -np.mean(Y * np.log(A2))", "by C m, not by m"),
    ("output_error", "def output_error(A2, Y):\n    return -(A2 - Y)", "the sign is wrong"),
    (
        "output_gradients",
        "def output_gradients(dZ2, A1):\n    return np.dot(dZ2, A1.T) / len(A1[0]), np.sum(dZ2) / len(A1[0])",
        "db2 is one number, summed over everything",
    ),
    (
        "hidden_error",
        "def hidden_error(W2, dZ2, Z1):\n    return np.dot(W2.T, dZ2) * np.where(Z1 > 0, Z1, 0)",
        "it is multiplied by g(Z1)",
    ),
    (
        "hidden_gradients",
        "def hidden_gradients(dZ1, X):\n    return X.dot(dZ1.T) / X.shape[1], dZ1.mean(axis=1, keepdims=True)",
        "dW1 is transposed",
    ),
    (
        "update",
        "def update(p, g, a):\n    for k in p:\n        x = p[k]\n        x = x - a * g[k]\n    return p",
        "the new values are not kept",
    ),
    (
        "mini_batches",
        "def mini_batches(X, labels, n, rng):\n    m = len(labels)\n"
        "    picks = [rng.choice(m, n) for _ in range(0, m, n)]\n"
        "    return [(X[:, pick], labels[pick]) for pick in picks]",
        "with replacement",
    ),
    ("initialization", "def he_init(i, o, rng):\n    return rng.normal(0, 2 / i, (o, i))", "a square root is missing"),
    (
        "momentum",
        "def momentum_step(W, dW, v, a, mu):\n    new = mu * v + dW\n    return W - a * new, v",
        "the old velocity has no effect",
    ),
    (
        "adam",
        "def adam_step(W, dW, m, v, t, a, b1, b2, e):\n    m += (1 - b1) * (dW - m)\n    v += (1 - b2) * (dW**2 - v)\n"
        "    return W - a * m / (v**0.5 + e), m, v",
        "neither m nor v is corrected",
    ),
    ("dropout", "def dropout(A, p, rng):\n    return A * (rng.uniform(size=A.shape) > p)", "are not scaled up"),
]


@pytest.mark.parametrize(("name", "source", "words"), AS_LEARNERS_WRITE, ids=[words for *_, words in AS_LEARNERS_WRITE])
def test_wrong_code_as_learners_write_it_is_named(name, source, words, tmp_path):
    verdict = grade_here(find_exercise(name), f"import numpy as np\n{source}\n", tmp_path)
    (named,) = verdict.mistakes
    assert words in named.title


# What is right, however it is written: by exercise, the functions in the place of the solution's.
RIGHT = [
    ("one_hot", "def one_hot(labels, classes):\n    return np.eye(classes)[labels].T"),
    ("one_hot", "def one_hot(labels, classes):\n    return (np.arange(classes)[:, None] == labels).astype(int)"),
    ("one_hot", "def one_hot(labels, classes):\n    return np.arange(classes).reshape(-1, 1) == labels.reshape(1, -1)"),
    (
        "one_hot",
        "def one_hot(labels, classes):\n    Y = np.zeros((classes, labels.size), dtype=np.float32)\n"
        "    for s, label in enumerate(labels):\n        Y[label, s] = 1.0\n    return Y",
    ),
    (
        "one_hot",
        "def one_hot(labels, classes):\n    return np.array([[int(l == c) for l in labels] for c in range(classes)])",
    ),
    ("relu", "def relu(Z):\n    return Z * (Z > 0)\n\ndef relu_prime(Z):\n    return Z > 0"),
    ("relu", "def relu(Z):\n    return (Z + abs(Z)) / 2\n\ndef relu_prime(Z):\n    return np.where(Z >= 0, 1.0, 0.0)"),
    ("relu", "def relu(Z):\n    return np.clip(Z, 0, None)\n\ndef relu_prime(Z):\n    return np.heaviside(Z, 0.5)"),
    (
        "relu",
        "def relu(Z):\n    A = Z.copy()\n    A[A < 0] = 0\n    return A\n\n"
        "def relu_prime(Z):\n    return (relu(Z) > 0).astype(float)",
    ),
    (
        "relu",
        "def relu(Z):\n    A = np.zeros_like(Z)\n    for i in range(Z.shape[0]):\n        for j in range(Z.shape[1]):\n"
        "            A[i, j] = max(0, Z[i, j])\n    return A\n\n"
        "def relu_prime(Z):\n    return (np.sign(Z) + 1) / 2",
    ),
    ("softmax", "def softmax(Z):\n    Z = Z - np.max(Z, axis=0)\n    return np.exp(Z) / np.exp(Z).sum(0)"),
    (
        "softmax",
        "def softmax(Z):\n    M = Z.max(axis=0)\n    return np.exp(Z - M - np.log(np.sum(np.exp(Z - M), axis=0)))",
    ),
    (
        "softmax",
        "def softmax(Z):\n    A = np.zeros(Z.shape)\n    for s in range(Z.shape[1]):\n"
        "        e = np.exp(Z[:, s] - Z[:, s].max())\n        A[:, s] = e / e.sum()\n    return A",
    ),
    ("softmax", "def softmax(Z):\n    return 1 / np.exp(np.clip(Z[None] - Z[:, None], None, 700)).sum(axis=1)"),
    ("cross_entropy", "def cross_entropy(A2, Y):\n    return -np.log((A2 * Y).sum(axis=0)).mean()"),
    ("cross_entropy", "def cross_entropy(A2, Y):\n    return -np.mean(np.log(A2[Y.argmax(0), np.arange(Y.shape[1])]))"),
    ("cross_entropy", "def cross_entropy(A2, Y):\n    return -np.sum(Y * np.log(A2 + 1e-9)) / A2.shape[1]"),
    ("cross_entropy", "def cross_entropy(A2, Y):\n    return float(np.einsum('ks,ks->', Y, -np.log(A2))) / len(A2.T)"),
    ("cross_entropy", "def cross_entropy(A2, Y):\n    return np.trace(-np.log(A2.T) @ Y)[None] / Y.shape[1]"),
    (
        "forward",
        "def forward(W1, b1, W2, b2, X):\n    Z1 = np.dot(W1, X) + b1\n    A1 = np.where(Z1 > 0, Z1, 0)\n"
        "    Z2 = np.einsum('kh,hs->ks', W2, A1) + b2\n    return [Z1, A1, Z2, softmax(Z2)]",
    ),
    ("output_error", "def output_error(A2, Y):\n    return -(Y - A2)"),
    ("output_error", "def output_error(A2, Y):\n    return np.where(Y == 1, A2 - 1, A2)"),
    ("output_error", "def output_error(A2, Y):\n    D = np.array(A2)\n    D -= Y\n    return D"),
    (
        "output_gradients",
        "def output_gradients(dZ2, A1):\n    m = dZ2.shape[1]\n"
        "    return np.einsum('ks,hs->kh', dZ2, A1) / m, np.mean(dZ2, axis=1, keepdims=True)",
    ),
    (
        "output_gradients",
        "def output_gradients(dZ2, A1):\n    m = len(A1[0])\n"
        "    dW2 = sum(np.outer(dZ2[:, s], A1[:, s]) for s in range(m))\n"
        "    return (A1 @ (dZ2.T / m)).T if m > 2 else dW2 / m, dZ2 @ np.ones((m, 1)) / m",
    ),
    ("hidden_error", "def hidden_error(W2, dZ2, Z1):\n    return (dZ2.T @ W2).T * (np.maximum(Z1, 0) > 0)"),
    ("hidden_error", "def hidden_error(W2, dZ2, Z1):\n    return np.where(Z1 >= 0, np.tensordot(W2, dZ2, (0, 0)), 0)"),
    ("hidden_error", "def hidden_error(W2, dZ2, Z1):\n    D = W2.T.dot(dZ2)\n    D[Z1 < 0] = 0\n    return D"),
    (
        "hidden_gradients",
        "def hidden_gradients(dZ1, X):\n    dZ1 = dZ1 / dZ1.shape[1]\n"
        "    return dZ1.dot(X.T), dZ1.sum(1)[:, np.newaxis]",
    ),
    (
        "update",
        "def update(parameters, gradients, learning_rate):\n    for name in parameters:\n"
        "        parameters[name] -= learning_rate * gradients[name]",
    ),
    (
        "update",
        "def update(parameters, gradients, learning_rate):\n    for name in parameters:\n"
        "        parameters[name] += learning_rate * -gradients[name]\n    return parameters",
    ),
    (
        "update",
        "def update(parameters, gradients, learning_rate):\n"
        "    return tuple(parameters[n] - learning_rate * gradients[n] for n in ('W1', 'b1', 'W2', 'b2'))",
    ),
    (
        "training_loop",
        "def loss_and_gradients(parameters, X, Y):\n    p, m = parameters, X.shape[1]\n"
        "    Z1 = p['W1'] @ X + p['b1']\n    A1 = np.maximum(Z1, 0)\n    A2 = softmax(p['W2'] @ A1 + p['b2'])\n"
        "    E = (Y - A2) / m\n    B = (p['W2'].T @ E) * (A1 > 0)\n"
        "    g = {'W1': -B @ X.T, 'b1': -B.sum(1, keepdims=True), 'W2': -E @ A1.T, 'b2': -E.sum(1, keepdims=True)}\n"
        "    return cross_entropy(A2, Y), g\n\n"
        "def train(parameters, X, labels, epochs, learning_rate):\n"
        "    W1, b1, W2, b2 = (parameters[n].copy() for n in ('W1', 'b1', 'W2', 'b2'))\n"
        "    Y, m, losses = np.eye(len(b2))[:, labels], X.shape[1], []\n    for _ in range(epochs):\n"
        "        A1 = relu(W1 @ X + b1)\n        A2 = softmax(W2 @ A1 + b2)\n        losses += [cross_entropy(A2, Y)]\n"
        "        B = W2.T @ (Y - A2) * (A1 > 0)\n        W2 += learning_rate * (Y - A2) @ A1.T / m\n"
        "        b2 += learning_rate * (Y - A2).mean(axis=1, keepdims=True)\n"
        "        W1 += learning_rate * B @ X.T / m\n        b1 += learning_rate * B.mean(axis=1, keepdims=True)\n"
        "    return dict(W1=W1, b1=b1, W2=W2, b2=b2), np.array(losses)",
    ),
    (
        "mini_batches",
        "def mini_batches(X, labels, batch_size, rng):\n    order = np.arange(len(labels))\n    rng.shuffle(order)\n"
        "    X, labels = X[:, order], labels[order]\n    for i in range(0, len(labels), batch_size):\n"
        "        yield X[:, i : i + batch_size], labels[i : i + batch_size]",
    ),
    (
        "mini_batches",
        "def mini_batches(X, labels, batch_size, rng):\n    order = np.argsort(rng.random(labels.size))\n"
        "    cuts = np.arange(batch_size, labels.size, batch_size)\n"
        "    return tuple([X.T[part].T, labels[part]] for part in np.split(order, cuts))",
    ),
    (
        "gradient_check",
        "def numerical_gradient(loss, W, h):\n    out = []\n    for i in range(W.size):\n"
        "        step = np.zeros(W.size)\n        step[i] = h\n        step = step.reshape(W.shape)\n"
        "        out.append((loss(W + step) - loss(W - step)) / (2 * h))\n    return np.array(out).reshape(W.shape)\n\n"
        "def relative_error(analytic, numeric):\n    worst = 0.0\n"
        "    for a, n in zip(analytic.ravel(), numeric.ravel()):\n        if a != n:\n"
        "            worst = max(worst, abs(a - n) / (abs(a) + abs(n)))\n    return worst",
    ),
    (
        "initialization",
        "def he_init(fan_in, fan_out, rng):\n    limit = (6 / fan_in) ** 0.5\n"
        "    return rng.uniform(-limit, limit, (fan_out, fan_in))",
    ),
    (
        "initialization",
        "def he_init(fan_in, fan_out, rng):\n    return rng.normal(0, np.sqrt(2.0 / fan_in), size=(fan_in, fan_out)).T",
    ),
    (
        "momentum",
        "def momentum_step(W, dW, v, learning_rate, momentum):\n    v = momentum * v - learning_rate * dW\n"
        "    return W + v, v",
    ),
    (
        "momentum",
        "def momentum_step(W, dW, v, learning_rate, momentum):\n    v *= momentum\n    v += dW\n"
        "    W -= learning_rate * v",
    ),
    (
        "adam",
        "def adam_step(W, dW, m, v, t, learning_rate, beta1, beta2, epsilon):\n    m += (1 - beta1) * (dW - m)\n"
        "    v += (1 - beta2) * (dW * dW - v)\n    root = (1 - beta2**t) ** 0.5\n"
        "    W -= learning_rate * root / (1 - beta1**t) * m / (v**0.5 + epsilon * root)\n    return W, m, v",
    ),
    (
        "dropout",
        "def dropout(A, probability, rng):\n    mask = rng.binomial(1, 1 - probability, size=A.shape)\n"
        "    return np.where(mask, A / (1 - probability), 0)",
    ),
    (
        "dropout",
        "def dropout(A, probability, rng):\n    out = A.copy()\n    out[rng.uniform(size=A.shape) < probability] = 0\n"
        "    out /= 1 - probability\n    return out",
    ),
    (
        "l2",
        "def l2_penalty(parameters, strength):\n"
        "    return 0.5 * strength * sum(np.linalg.norm(parameters[n]) ** 2 for n in ('W1', 'W2'))\n\n"
        "def add_l2(gradients, parameters, strength):\n    for n in ('W1', 'W2'):\n"
        "        gradients[n] += strength * parameters[n]\n    return gradients",
    ),
    (
        "network",
        "def fit(X, labels, hidden, classes, epochs, batch_size, learning_rate, rng):\n"
        "    p = dict(W1=rng.normal(0, 0.1, (hidden, len(X))), b1=np.zeros((hidden, 1)),\n"
        "             W2=rng.normal(0, 0.3, (classes, hidden)), b2=np.zeros((classes, 1)))\n"
        "    Y = one_hot(labels, classes)\n    for _ in range(epochs):\n        order = rng.permutation(len(labels))\n"
        "        for i in range(0, len(order), batch_size):\n            k = order[i : i + batch_size]\n"
        "            _, g = loss_and_gradients(p, X[:, k], Y[:, k])\n            for n in p:\n"
        "                p[n] -= learning_rate * g[n]\n    return p\n\n"
        "def predict(p, X):\n    return np.argmax(forward(p['W1'], p['b1'], p['W2'], p['b2'], X)[2], axis=0)",
    ),
]


def test_there_are_thirty_right_ways():
    assert len(RIGHT) >= 30
    assert {name for name, _ in RIGHT} == {exercise.name for exercise in ordered()}


@pytest.mark.parametrize(("name", "source"), RIGHT, ids=[f"{n}-{i}" for i, (n, _) in enumerate(RIGHT)])
def test_what_is_right_passes(name, source, tmp_path):
    verdict = grade_here(find_exercise(name), f"import numpy as np\n\n{source}\n", tmp_path)
    assert verdict.passed, verdict.messages


@pytest.mark.parametrize("exercise", ordered(), ids=lambda exercise: exercise.name)
def test_the_solution_passes_and_all_texts_are_there(exercise, tmp_path):
    assert grade_here(exercise, exercise.solution, tmp_path).passed
    assert all(len(text) > 40 for text in (exercise.page, *exercise.hints))
    assert exercise.sections["Question"].count("?")
    assert len(exercise.sections["Why this works"]) > 100


def test_two_mistakes_at_once_are_both_named(tmp_path):
    exercise = find_exercise("adam")
    first, second = (
        next(m for m in exercise.mistakes if start in m.title) for start in ("ε stands within", "v is not")
    )
    verdict = grade_here(exercise, second.apply(first.apply(exercise.solution)), tmp_path)
    assert {named.title for named in verdict.mistakes} == {first.title, second.title}


def test_a_mistake_and_a_plain_factor_are_both_named(tmp_path):
    exercise = find_exercise("hidden_error")
    verdict = grade_here(exercise, exercise.solution.replace("W2.T @ dZ2 * relu_prime(Z1)", "-(W2.T @ dZ2)"), tmp_path)
    assert [named.title for named in verdict.mistakes] == ["the slope g'(Z1) is missing", "dZ1 has the wrong sign"]


def test_what_no_mistake_explains_is_shown_by_its_first_cell(tmp_path):
    exercise = find_exercise("output_error")
    verdict = grade_here(exercise, "def output_error(A2, Y):\n    return 0.3 * A2 - 0.7 * Y + 0.1\n", tmp_path)
    assert verdict.mistakes == []
    (message,) = verdict.messages
    assert "`output_error`, with 7 samples of 5 classes: dZ2[0, 0] is " in message
    assert " and should be " in message


def test_properties_of_a_random_result_are_not_explained_one_by_one(tmp_path):
    """This network has transposed weights and does not learn: that its loss is high has many causes."""
    source = """
import numpy as np
from ex14_initialization import he_init

def fit(X, labels, hidden, classes, epochs, batch_size, learning_rate, rng):
    W1, W2 = he_init(hidden, len(X), rng), he_init(classes, hidden, rng)
    return {"W1": W1, "b1": np.zeros(hidden), "W2": W2, "b2": np.zeros(classes)}

def predict(parameters, X):
    return forward(parameters["W1"], parameters["b1"], parameters["W2"], parameters["b2"], X)[3].argmax(axis=0)
"""
    verdict = grade_here(find_exercise("network"), source, tmp_path)
    assert verdict.mistakes == []
    assert "shape of W1[0] is 196 and should be 12" in verdict.messages[0]


def test_a_property_that_does_not_hold_is_said_in_words(tmp_path):
    source = """
import numpy as np

def mini_batches(X, labels, batch_size, rng):
    order = np.argsort(rng.random(len(labels)))
    X, labels = X[:, order], labels[order]
    X[1, 0] += 1
    return [(X[:, i : i + batch_size], labels[i : i + batch_size]) for i in range(0, len(labels), batch_size)]
"""
    verdict = grade_here(find_exercise("mini_batches"), source, tmp_path)
    assert verdict.mistakes == []
    assert verdict.messages == [
        "`mini_batches`, with 23 samples in batches of 5: this should hold, and does not: "
        "a batch holds columns of X as they were."
    ]


def test_right_numbers_in_the_wrong_shape_are_said_to_be_that(tmp_path):
    exercise = find_exercise("output_error")
    verdict = grade_here(exercise, "def output_error(A2, Y):\n    return (A2 - Y).T\n", tmp_path)
    assert [named.title for named in verdict.mistakes] == ["dZ2 is transposed: rows and columns have changed places"]


@pytest.mark.parametrize(
    ("name", "source", "argument"),
    [
        ("relu", "def relu(Z):\n    Z[Z < 0] = 0\n    return Z\n\ndef relu_prime(Z):\n    return Z > 0", "Z"),
        ("output_error", "def output_error(A2, Y):\n    A2 -= Y\n    return A2", "A2"),
        ("softmax", "def softmax(Z):\n    Z -= Z.max(0)\n    np.exp(Z, out=Z)\n    Z /= Z.sum(0)\n    return Z", "Z"),
    ],
)
def test_an_argument_that_must_stay_is_seen_to_change(name, source, argument, tmp_path):
    verdict = grade_here(find_exercise(name), f"import numpy as np\n{source}\n", tmp_path)
    (named,) = verdict.mistakes
    assert f"`{name}` changes its argument {argument}:" in named.title
