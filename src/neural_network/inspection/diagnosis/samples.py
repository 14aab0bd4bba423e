"""Causes that lie in the samples: inputs that say nothing or are of the wrong size, labels that belong to others."""

from itertools import combinations, pairwise

import numpy as np

from ...functions.metrics import accuracy, confusion_matrix
from .evidence import LOOKED_AT, Case, Samples, subset
from .experiments import best_shift, read
from .finding import Finding

IN_ORDER = "See that images and labels are in the same order: shuffle both with the same permutation"
SAME_NUMBERS = "Number the classes of all samples in the same way, from 0"


def constant_inputs(case: Case) -> Finding | None:
    X, _ = case.train
    lowest, highest = case.extremes
    if (lowest < highest).any():
        return None
    return Finding(
        "constant-inputs",
        None,
        f"all {X.shape[1]:,} samples are the same: none of the {X.shape[0]:,} inputs ever changes",
        "Look at the samples as they are handed to train; something has blanked or overwritten them",
    )


def inputs_not_scaled(case: Case) -> Finding | None:
    X = case.X
    size, largest = _size(X), float(np.abs(X).max())
    are_bytes = largest > 100 and X.min() >= 0
    is_large = size > 10 or (size > 3 and case.remaining > 0.5)
    is_small = size < 0.02 and case.remaining > 0.5
    if not (are_bytes or (is_large and case.remaining > 0.3) or is_small):
        return None
    looks = ", as pixels 0 to 255 do" if are_bytes and largest <= 255 else ""
    return Finding(
        "inputs-not-scaled",
        None,
        f"inputs go from {X.min():.3g} to {X.max():.3g}{looks}; their typical size is {size:.2g}, "
        f"where initializers and learning rates expect 0.1 to 1",
        "Scale them to [0, 1]: divide pixels by 255, once, for training and for prediction alike",
    )


def labels_shuffled(case: Case) -> Finding | None:
    """Labels that belong to other samples: all of them, so that nothing can tell them from the inputs, or many."""
    if _is_imbalanced(case) or np.count_nonzero(case.counts) < 2 or len(case.Y) < 120:
        return None
    if case.is_learnable:
        return _partly_shuffled(case)
    if case.validation and not case.diverged:
        right = _accuracy(case, case.validation)
        if max(0.6, case.accuracy - 0.2) < right < case.accuracy + 0.1:
            return None  # the network makes more of the inputs than the other learner
        if right > case.predictability[1] + 0.05:
            return _partly_shuffled(case)
    classes, (score, _) = np.count_nonzero(case.counts), case.predictability
    return _shifted(case, slice(0, LOOKED_AT)) or Finding(
        "labels-shuffled",
        None,
        f"nothing can be told of the labels from the inputs: a second learner gets {score:.0%} of unseen training "
        f"samples right, where chance gives {1 / classes:.0%}",
        IN_ORDER,
    )


def _shifted(case: Case, part: slice) -> Finding | None:
    """Labels, in this part of the training samples, that suit the samples some places further on or before."""
    X, Y = case.train[0][:, part], case.train[1][part]
    places, then, now = best_shift(X, Y, min(300, len(Y) // 3))
    if not places or then < now + 0.25:
        return None
    where = f"from sample {part.start:,} on, " if part.start else ""
    return Finding(
        "labels-shifted",
        None,
        f"{where}each label belongs to the sample {abs(places)} place{'s'[: abs(places) - 1]} "
        f"{'further on' if places > 0 else 'before'}: moved there, {then:.0%} of the samples are of the class of their "
        f"nearest neighbour, instead of {now:.0%}",
        "Look for an off-by-one, or a part left out, between the list of images and the list of labels",
    )


def _partly_shuffled(case: Case) -> Finding | None:
    """Labels of which many are wrong, even where the second learner is surest; it errs there as chance would."""
    reading, C = case.reading, case.network.output_size
    predicted, labels = reading.predicted[reading.sure], reading.labels[reading.sure]
    wrong = predicted != labels
    if len(wrong) < 50 or np.count_nonzero(case.counts) < 4 or wrong.mean() < 0.3:
        return None
    quarters = np.linspace(0, len(case.train[1]), 5).astype(int)
    for start, stop in pairwise(quarters):
        if stop - start >= 120 and (shifted := _shifted(case, slice(start, min(stop, start + LOOKED_AT // 2)))):
            return shifted
    evidence = f"of the unseen training samples that a second learner is surest of, {wrong.mean():.0%} are labelled"
    if renumbered := _renumbered_later(case):
        return renumbered
    if _structure(predicted, labels, C) > 2:
        return None  # it takes certain classes for certain others: they are hard to tell apart
    return Finding(
        "labels-shuffled", None, f"{evidence} otherwise, with any of the other classes as chance has it", IN_ORDER
    )


def _renumbered_later(case: Case) -> Finding | None:
    """Labels that in the last quarter of the samples are another number than in the first."""
    (X, Y), C = case.train, case.network.output_size
    count = min(len(Y) // 4, LOOKED_AT // 2)
    ends = np.r_[:count, len(Y) - count : len(Y)]
    reading = read(X[:, ends], Y[ends], shuffle=False)
    off = np.bincount((reading.labels - reading.predicted) % C, minlength=C) / count
    shift = int(off.argmax())
    if not shift or off[shift] < 0.5:
        return None
    return Finding(
        "labels-shifted",
        None,
        f"by what a second learner learns of the first {count:,} samples, {off[shift]:.0%} of the last {count:,} are "
        f"labelled with {shift if shift <= C / 2 else shift - C:+d} added",
        SAME_NUMBERS,
    )


def _structure(predicted: np.ndarray, labels: np.ndarray, C: int) -> float:
    """Return χ² per degree of freedom of the wrong labels against labels drawn at random: about 1 if they are so."""
    wrong = confusion_matrix(predicted, labels, C).astype(float)
    np.fill_diagonal(wrong, 0)  # (C, C): label by row, predicted by column
    shares = np.bincount(labels, minlength=C) / len(labels)
    expected = shares[:, None] * (1 - np.eye(C)) / (1 - shares + 1e-12) * wrong.sum(axis=0)
    cells = expected > 0
    return float(((wrong - expected)[cells] ** 2 / expected[cells]).sum() / max(cells.sum() - C, 1))


def validation_scaled_differently(case: Case) -> Finding | None:
    if case.validation is None:
        return None
    train, validation = _size(case.X), _size(case.validation[0])
    if 0.2 * train <= validation <= 5 * train:
        return None
    return Finding(
        "inputs-scaled-differently",
        None,
        f"typical size of the inputs: {train:.2g} in training, {validation:.2g} in validation",
        "Prepare both with the same function",
    )


def validation_labels(case: Case) -> Finding | None:
    """Labels of the validation samples that do not fit what the network has rightly learnt."""
    if case.validation is None or case.diverged or not case.is_learnable:
        return None
    X, Y = subset(case.validation, 10_000)
    C, predicted = case.network.output_size, case.network.predict(X)
    right = accuracy(predicted, Y)
    if len(Y) < 30 or case.accuracy < 0.5:
        return None
    if exchanged := _exchanged(case, predicted, Y):
        return exchanged
    if right > case.accuracy / 2:
        return None
    evidence = f"{case.accuracy:.0%} of the training samples are right, but only {right:.0%} of the validation samples"
    shift = max(range(1, C), key=lambda k: accuracy((predicted + k) % C, Y))
    shifted = accuracy((predicted + shift) % C, Y)
    if shifted > 0.6 * case.accuracy:
        shown = shift if shift <= C / 2 else shift - C
        return Finding(
            "labels-shifted", None, f"{evidence}; with {shown:+d} added to each answer, {shifted:.0%}", SAME_NUMBERS
        )
    renamed = float(confusion_matrix(predicted, Y, C).max(axis=1).sum() / len(Y))
    if renamed > 0.7 * case.accuracy:
        return Finding("labels-shifted", None, f"{evidence}; with the classes renamed, {renamed:.0%}", SAME_NUMBERS)
    if right < 2 / C and case.predictability[0] > 0.6 and _size(X) < 5 * _size(case.X):
        return Finding(
            "labels-shuffled",
            None,
            f"{evidence}, although {case.predictability[0]:.0%} can be told from the inputs",
            "See that the validation images and labels are in the same order",
        )
    return None


def _exchanged(case: Case, predicted: np.ndarray, Y: np.ndarray) -> Finding | None:
    """Two classes that the network tells apart in training, and that have each other's names in validation."""
    C = case.network.output_size
    trained, held_out = (
        confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
        for confusion in (
            confusion_matrix(case.forward.A2.argmax(axis=0), case.Y, C),
            confusion_matrix(predicted, Y, C),
        )
    )
    asked = np.bincount(Y, minlength=C)
    for a, b in combinations(range(C), 2):
        known = min(trained[a, a], trained[b, b])
        taken = min(held_out[a, b], held_out[b, a])
        if known > 0.6 and taken > 0.5 and min(asked[a], asked[b]) >= 5:
            return Finding(
                "labels-shifted",
                None,
                f"classes {a} and {b} have each other's names in validation: {held_out[a, b]:.0%} of the samples "
                f"labelled {a} are read as {b}, and {held_out[b, a]:.0%} the other way round",
                SAME_NUMBERS,
            )
    return None


def class_imbalance(case: Case) -> Finding | None:
    counts = case.counts
    if _is_imbalanced(case):
        largest = int(counts.argmax())
        evidence = f"{counts[largest]:,} of {counts.sum():,} training samples ({counts[largest] / counts.sum():.0%}) "
        evidence += f"are of class {largest}; per class: {', '.join(str(count) for count in counts)}"
    elif missing := _missing(case):
        evidence = f"no training samples of class {', '.join(map(str, missing))}, which the validation samples have"
    else:
        return None
    return Finding(
        "class-imbalance",
        None,
        evidence,
        "Gather or draw more of the rare classes, and judge by recall per class instead of accuracy",
    )


def _is_imbalanced(case: Case) -> bool:
    """Whether one class outweighs the others, a few outweigh the rest, or one has hardly any samples."""
    present = np.sort(case.counts[case.counts > 0])
    if len(present) < 2:
        return False
    shares = present / present.sum()
    effective = np.exp(-np.sum(shares * np.log(shares)))  # as many equally frequent classes have this entropy
    return bool(
        present[-1] > 8 * present[:-1].mean()
        or (len(present) > 2 and effective < 0.6 * len(present))
        or present[0] < 0.1 * present.mean()
    )


def _missing(case: Case) -> list[int]:
    if case.validation is None:
        return []
    asked = np.bincount(case.validation[1], minlength=len(case.counts))
    return [int(c) for c in np.flatnonzero((case.counts == 0) & (asked > 0.02 * asked.sum()))]


def _size(X: np.ndarray) -> float:
    """Return the root mean square of the inputs."""
    return float(np.sqrt(np.mean(np.square(X, dtype=np.float64))))


def _accuracy(case: Case, samples: Samples) -> float:
    X, Y = subset(samples, 10_000)
    return accuracy(case.network.forward(X).A2.argmax(axis=0), Y)
