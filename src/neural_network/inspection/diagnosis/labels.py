"""Causes that lie in the labels: they belong to other samples, or the classes are numbered in two ways."""

import math
from itertools import combinations, pairwise

import numpy as np

from ...functions.metrics import accuracy, confusion_matrix
from .evidence import MEASURED_SAMPLES, RunEvidence
from .finding import Finding
from .probe import Confident, Probe, best_shift, confident

IN_ORDER = "See that images and labels are in the same order: shuffle both with the same permutation"
SAME_NUMBERS = "Number the classes of all samples in the same way, from 0"
FEWEST_SAMPLES = 40
FEWEST_OF_CLASS, FEWEST_OF_PAIR = 20, 30
MOST_WRONG = 0.15  # of the samples that the probe is most confident of; in good data hardly any are


def training_labels(run: RunEvidence) -> Finding | None:
    """Labels that do not belong to their inputs: all of them, so that nothing can tell them, or many."""
    if len(run.probe.Y) < FEWEST_SAMPLES or np.count_nonzero(run.counts >= 5) < 2:
        return None
    if not run.probe.is_above_chance:
        return _shifted(run, slice(0, MEASURED_SAMPLES)) or _unrelated(run)
    return _partly_wrong(run) or _mixed_pair(run)


def _unrelated(run: RunEvidence) -> Finding | None:
    if _network_is_above_chance(run):
        return None  # it makes more of the inputs than the probe
    probe, n = run.probe, len(run.probe.Y)
    return Finding(
        "labels-shuffled",
        None,
        f"nothing can be told of the labels from the inputs: a second classifier, trained on {n - 1} of {n} training "
        f"samples and asked for the one left out, gets {probe.recall:.0%} right on average over the classes; with "
        f"labels in random order it gets {probe.chance.mean():.0%}, and up to {probe.chance[-1]:.0%}",
        IN_ORDER,
    )


def _network_is_above_chance(run: RunEvidence) -> bool:
    """Whether of samples that it cannot know by heart more are right than by luck, which similar ones share."""
    if run.diverged:
        return False
    if run.validation:
        Y, right = run.validation[1], run.validation_measured[1]
    elif sum(θ.size for θ in run.network.parameters.values()) < len(run.Y) / 2:
        Y, right = run.Y, run.accuracy
    else:
        return False
    chance = np.bincount(Y).max() / len(Y)
    return right > chance + max(0.2 * (1 - chance), 3 * math.sqrt(chance * (1 - chance) / len(Y)))


def _shifted(run: RunEvidence, part: slice) -> Finding | None:
    """Labels, in this part of the training samples, that suit the samples some places further on or before."""
    X, Y = np.asarray(run.train[0][:, part]), run.train[1][part]
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


def _partly_wrong(run: RunEvidence) -> Finding | None:
    """Many labels that are wrong even where the probe is most confident: no overlap of the classes explains that."""
    probe, sure = run.probe, run.probe.confident
    if len(probe.Y) < FEWEST_OF_CLASS * len(probe.classes) or not _is_noise(sure, 1 - probe.accuracy):
        return None
    if len(probe.classes) == 2 and not _is_better_in_validation(run):
        return None  # two classes may overlap as much
    quarters = np.linspace(0, len(run.train[1]), 5).astype(int)
    for start, stop in pairwise(quarters):
        if stop - start >= 120 and (shifted := _shifted(run, slice(start, min(stop, start + MEASURED_SAMPLES // 2)))):
            return shifted
    evidence = (
        f"of the training samples that a second classifier is most confident of, without having seen their labels, "
        f"{sure.wrong:.0%} are labelled otherwise"
    )
    if renumbered := _renumbered_later(run):
        return renumbered
    C = run.network.output_size
    wrong = sure.predicted != sure.labels
    offsets = np.bincount((sure.labels - sure.predicted)[wrong] % C, minlength=C) / wrong.sum()
    if C > 3 and offsets.max() > 0.55 and len(np.unique(sure.labels[wrong])) > 2:
        added = f"{offsets.max():.0%} of them with {_signed(int(offsets.argmax()), C)} added"
        return Finding("labels-shifted", None, f"{evidence}, {added}", SAME_NUMBERS)
    return Finding("labels-shuffled", None, evidence, "Look at some of them: their labels may belong to other samples")


def _signed(offset: int, classes: int) -> str:
    """Return an offset modulo the number of classes with its sign."""
    return f"{offset if offset <= classes / 2 else offset - classes:+d}"


def _is_noise(sure: Confident, wrong: float) -> bool:
    """Whether so many of the confident predictions are wrong, and hardly fewer than of all, that the labels must be.

    Where classes overlap, the predictions are wrong near the boundary and right far from it; where labels are wrong,
    they are so everywhere.
    """
    noise = 2 * math.sqrt(MOST_WRONG * (1 - MOST_WRONG) / len(sure.labels))
    return MOST_WRONG + noise < sure.wrong and sure.wrong > 0.5 * wrong


def _is_better_in_validation(run: RunEvidence) -> bool:
    """Whether the probe contradicts fewer labels in validation than those of training samples that it left out."""
    if run.held_out is None:
        return False
    X, Y = run.held_out
    right = accuracy(run.probe.classes[run.probe.predict_scores(X).argmax(axis=1)], Y)
    return right > run.probe.accuracy + max(0.1, 3 * math.sqrt(0.25 / len(Y)))


def _mixed_pair(run: RunEvidence) -> Finding | None:
    """Two classes whose labels are mixed, while the others are in order."""
    probe, C = run.probe, run.network.output_size
    confusion = confusion_matrix(probe.predicted, probe.Y, C)
    counts = confusion.sum(axis=1)
    for a, b in combinations(np.flatnonzero(counts >= FEWEST_OF_PAIR), 2):
        if confusion[a, b] + confusion[b, a] < 0.2 * min(counts[a], counts[b]) or len(probe.classes) < 3:
            continue
        sure, wrong = probe.pair(int(a), int(b))
        if _is_noise(sure, wrong) and sure.wrong > 2 * probe.confident.wrong:
            return Finding(
                "labels-shuffled",
                None,
                f"the labels of classes {a} and {b} are mixed up: a second classifier that tells these two apart is "
                f"contradicted by {sure.wrong:.0%} of the labels where it is most confident; of all classes, by "
                f"{probe.confident.wrong:.0%}",
                f"Look at some samples of classes {a} and {b}",
            )
    return None


def _renumbered_later(run: RunEvidence) -> Finding | None:
    """Labels that in the last quarter of the samples are another number than in the first."""
    (X, Y), C = run.train, run.network.output_size
    count = min(len(Y) // 4, MEASURED_SAMPLES // 2)
    first, last = Probe(np.asarray(X[:, :count]), Y[:count]), slice(len(Y) - count, len(Y))
    predicted = first.classes[first.predict_scores(np.asarray(X[:, last])).argmax(axis=1)]
    off = np.bincount((Y[last] - predicted) % C, minlength=C) / count
    shift = int(off.argmax())
    if not shift or off[shift] < 0.5:
        return None
    return Finding(
        "labels-shifted",
        None,
        f"by what a second classifier learns of the first {count:,} samples, {off[shift]:.0%} of the last {count:,} "
        f"are labelled with {_signed(shift, C)} added",
        SAME_NUMBERS,
    )


def validation_labels(run: RunEvidence) -> Finding | None:
    """Labels of the validation samples that contradict what the probe has learned of the training samples.

    The network may fail on them because it learned the training samples by heart. The probe's predictions for training
    samples are of samples that were left out, so that it should do as well on the validation samples.
    """
    if run.held_out is None or run.diverged or len(run.held_out[1]) < 20 or not run.probe.is_above_chance:
        return None
    (X, Y), C = run.held_out, run.network.output_size
    scores = run.probe.predict_scores(X)
    predicted = run.probe.classes[scores.argmax(axis=1)]
    left_out = confusion_matrix(run.probe.predicted, run.probe.Y, C)
    known = np.diag(left_out) / np.maximum(left_out.sum(axis=1), 1)  # recall of each class
    expected, right = float(known[Y].mean()), accuracy(predicted, Y)
    noise = math.sqrt(expected * (1 - expected) / len(Y))
    if right > expected - max(0.05, 3 * noise) or run.input_difference > 3:
        return None
    evidence = (
        f"a second classifier gets {expected:.0%} of training samples right that were left out, but {right:.0%} of the "
        f"validation samples"
    )
    found = confusion_matrix(predicted, Y, C)
    renumbered = _renumbering(found, known)
    if renumbered is not None:
        shifts, changed = (renumbered - np.arange(C)) % C, np.flatnonzero(renumbered != np.arange(C))
        how = ", ".join(f"{c} taken as {renumbered[c]}" for c in changed[:12])
        how = how if np.ptp(shifts) else f"with {_signed(int(shifts[0]), C)} added"
        renamed = f"with the labels renumbered, {how}, it is {accuracy(predicted, renumbered[Y]):.0%}"
        return Finding("labels-shifted", None, f"{evidence}; {renamed}", SAME_NUMBERS)
    places = max((k for k in range(-100, 101) if 4 * abs(k) < len(Y)), key=lambda k: accuracy(np.roll(predicted, k), Y))
    moved = accuracy(np.roll(predicted, places), Y)
    if moved > max(right + 0.25, 0.8 * expected):
        return Finding(
            "labels-shifted",
            None,
            f"{evidence}; with the labels moved by {abs(places)} place{'s'[: abs(places) - 1]}, it is {moved:.0%}",
            IN_ORDER,
        )
    sure, usual = confident(scores, run.probe.classes, Y), run.probe.confident.wrong
    error = math.sqrt(max(usual, 0.05) / len(sure.labels))
    if sure.wrong > usual + max(0.1, 3 * error):
        return Finding(
            "labels-shuffled",
            None,
            f"{evidence}; where it is most confident, {sure.wrong:.0%} of the validation labels are others, and "
            f"{usual:.0%} of the training labels",
            "See that the validation images and labels are in the same order",
        )
    return _mixed_in_validation(found, left_out, evidence)


def _renumbering(found: np.ndarray, known: np.ndarray) -> np.ndarray | None:
    """Return as what class each label (C,) is predicted, where that is one to one and not the label itself.

    `found` (C, C) counts the validation samples by label and prediction; `known` (C,) is the recall in training.
    """
    asked, classes = found.sum(axis=1), np.arange(len(found))
    moved_by = [(classes + k) % len(found) for k in classes]
    all_moved = max(moved_by, key=lambda taken: found[classes, taken].sum())
    if all_moved[0] and found[classes, all_moved].sum() > 0.8 * (known[all_moved] * asked).sum():
        return all_moved
    shares = found / np.maximum(asked, 1)[:, None]
    taken = shares.argmax(axis=1)
    clear = (asked >= 5) & (shares.max(axis=1) > 0.4) & (known[taken] > 0.5)
    moved = np.flatnonzero(clear & (taken != classes) & (np.diag(shares) < 0.3))
    if len(moved) < 2 or set(taken[moved]) != set(moved):
        return None
    renumbered = classes.copy()
    renumbered[moved] = taken[moved]
    return renumbered


def _mixed_in_validation(found: np.ndarray, left_out: np.ndarray, evidence: str) -> Finding | None:
    """Two classes that are confused much more often in validation than the probe confuses them in training."""
    then, now = (counts / np.maximum(counts.sum(axis=1, keepdims=True), 1) for counts in (left_out, found))
    for a, b in combinations(np.flatnonzero(found.sum(axis=1) >= 10), 2):
        if min(now[a, b] - then[a, b], now[b, a] - then[b, a]) > 0.2:
            return Finding(
                "labels-shuffled",
                None,
                f"{evidence}; {now[a, b]:.0%} of class {a} and {now[b, a]:.0%} of class {b} are taken for each other, "
                f"{then[a, b]:.0%} and {then[b, a]:.0%} in training",
                f"Look at some validation samples of classes {a} and {b}",
            )
    return None
