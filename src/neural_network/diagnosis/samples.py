"""Causes that lie in the samples: inputs that say nothing or are of the wrong size, labels that belong to others."""

import numpy as np

from ..metrics import accuracy, confusion_matrix
from .case import Case, Samples, subset
from .finding import Finding


def constant_inputs(case: Case) -> Finding | None:
    X, _ = case.train
    if np.ptp(X, axis=1).any():
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
    """Labels that nothing can tell from the inputs: in the wrong order, or of other samples."""
    if _is_imbalanced(case) or np.count_nonzero(case.counts) < 2 or len(case.Y) < 120 or case.is_learnable:
        return None
    if case.validation and not case.diverged and _accuracy(case, case.validation) > case.predictability[1] + 0.05:
        return None  # the network makes more of the inputs than the other learner
    X, Y = case.train
    classes, (score, chance) = np.count_nonzero(case.counts), case.predictability
    for places in (1, -1, 2, -2):
        moved = Case(case.history, case.network, (X, np.roll(Y, places)), None, None)
        if moved.predictability[0] > chance + 0.2:
            return Finding(
                "labels-shifted",
                None,
                f"each label belongs to the sample {abs(places)} place{'s'[: abs(places) - 1]} "
                f"{'further on' if places > 0 else 'before'}: moved there, a second learner gets "
                f"{moved.predictability[0]:.0%} right instead of {score:.0%}",
                "Look for an off-by-one between the list of images and the list of labels",
            )
    return Finding(
        "labels-shuffled",
        None,
        f"nothing can be told of the labels from the inputs: a second learner gets {score:.0%} of unseen training "
        f"samples right, where chance gives {1 / classes:.0%}",
        "See that images and labels are in the same order: shuffle both with the same permutation",
    )


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
    if len(Y) < 30 or case.accuracy < 0.5 or right > case.accuracy / 2:
        return None
    evidence = f"{case.accuracy:.0%} of the training samples are right, but only {right:.0%} of the validation samples"
    advice = "Number the classes of training and validation samples in the same way, from 0"
    shift = max(range(1, C), key=lambda k: accuracy((predicted + k) % C, Y))
    shifted = accuracy((predicted + shift) % C, Y)
    if shifted > 0.6 * case.accuracy:
        shown = shift if shift <= C / 2 else shift - C
        return Finding(
            "labels-shifted", None, f"{evidence}; with {shown:+d} added to each answer, {shifted:.0%}", advice
        )
    renamed = float(confusion_matrix(predicted, Y, C).max(axis=1).sum() / len(Y))
    if renamed > 0.7 * case.accuracy:
        return Finding("labels-shifted", None, f"{evidence}; with the classes renamed, {renamed:.0%}", advice)
    if right < 2 / C and case.predictability[0] > 0.6 and _size(X) < 5 * _size(case.X):
        return Finding(
            "labels-shuffled",
            None,
            f"{evidence}, although {case.predictability[0]:.0%} can be told from the inputs",
            "See that the validation images and labels are in the same order",
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
    """Whether one class has more than ten times as many samples as the others have on average."""
    present = np.sort(case.counts[case.counts > 0])
    return len(present) > 1 and bool(present[-1] > 10 * present[:-1].mean())


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
    return accuracy(case.network.predict(X), Y)
