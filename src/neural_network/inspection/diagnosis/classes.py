"""Causes that lie in which samples there are: of which classes, in which order, and whether in both parts."""

import numpy as np

from ...support.byte_pixels import Inputs
from .evidence import RunEvidence
from .finding import Finding, listed
from .samples import digests

SHUFFLE = "Shuffle the samples, inputs and labels with one permutation, before they are split and trained on"


def one_class_only(run: RunEvidence) -> Finding | None:
    present = np.flatnonzero(run.counts)
    if len(present) > 1 or len(run.counts) < 2:
        return None
    return Finding(
        "one-class-only",
        None,
        f"all {run.counts.sum():,} training samples are of class {present[0]}: every network that always answers it is "
        f"right",
        "See that the labels are read, and that the samples of the other classes are there",
    )


def sorted_samples(run: RunEvidence) -> Finding | None:
    """Samples in order of class that were split, or trained on, in that order."""
    if not run.is_in_order_of_class:
        return None
    if run.validation is not None:
        shares = np.bincount(run.validation[1], minlength=len(run.counts)) / len(run.validation[1])
        more = shares - run.counts / run.counts.sum()
        if more[more > 0].sum() > 0.5:
            classes = np.flatnonzero(more > 0)
            return Finding(
                "samples-sorted",
                None,
                f"the samples are in order of class, and were split in that order: {shares[classes].sum():.0%} of the "
                f"validation samples are of class {listed(classes)}, and "
                f"{run.counts[classes].sum() / run.counts.sum():.0%} of the training samples",
                SHUFFLE,
            )
    losses = run.column("loss")
    if run.diverged or run.is_full_batch or not losses or run.remaining < 0.1 or not run.batches_lack_classes:
        return None
    if run.loss < 1.25 * losses[-1] and not run.falls_short:
        return None
    often = int(np.bincount(run.predicted).argmax())
    return Finding(
        "samples-sorted",
        1,
        f"the samples are in order of class, and so are the batches of about {run.samples_a_step:.0f}: what is learned "
        f"of one class is unlearned with the next; the mean loss of the last epoch is {losses[-1]:.3g}, that of the "
        f"network it ends with {run.loss:.3g}, which takes {np.mean(run.predicted == often):.0%} of the samples for "
        f"class {often}, instead of {np.mean(often == run.Y):.0%}",
        SHUFFLE + "; train does so unless it is given shuffle=False",
    )


def class_imbalance(run: RunEvidence) -> Finding | None:
    """Classes that are rare, or missing, and not recognized."""
    counts = run.counts
    advice = "Gather or draw more of the rare classes, and judge by recall per class instead of accuracy"
    missing = _missing(run)
    if np.count_nonzero(counts) < 2 or (missing and run.is_in_order_of_class):
        return None  # there are causes of their own for it
    if missing and run.validation:
        share = np.isin(run.validation[1], missing).mean()
        evidence = f"no training sample is of class {listed(missing)}, but {share:.0%} of the validation samples are"
        return Finding("class-imbalance", None, evidence, advice)
    if run.diverged or not _is_imbalanced(counts):
        return None
    recall, part = _recall(run)
    rare = np.flatnonzero((counts > 0) & (counts < counts.max() / 3) & ~np.isnan(recall))
    common = np.flatnonzero((counts >= counts.max() / 3) & ~np.isnan(recall))
    if not len(rare) or np.min(recall[rare]) > 0.5 or recall[rare].mean() > 0.7 * recall[common].mean():
        return None
    return Finding(
        "class-imbalance",
        None,
        f"{counts[rare].sum():,} of {counts.sum():,} training samples ({counts[rare].sum() / counts.sum():.1%}) are of "
        f"class {listed(rare)}; per class: {listed(counts, 20)}; of class {listed(rare)}, {recall[rare].mean():.0%} of "
        f"the {part} samples are recognized, of the others {recall[common].mean():.0%}",
        advice,
    )


def _recall(run: RunEvidence) -> tuple[np.ndarray, str]:
    """Return the share of each class (C,) that is recognized, NaN where there is none, and of which samples."""
    part, samples = "training", (run.X, run.Y)
    if run.held_out and (np.bincount(run.held_out[1], minlength=len(run.counts))[run.counts > 0] >= 5).all():
        part, samples = "validation", run.held_out
    predicted, Y = run.network.forward(samples[0]).A2.argmax(axis=0), samples[1]
    with np.errstate(invalid="ignore"):
        return np.bincount(Y, predicted == Y, len(run.counts)) / np.bincount(Y, minlength=len(run.counts)), part


def _is_imbalanced(counts: np.ndarray) -> bool:
    """Whether one class outweighs the others, a few outweigh the rest, or one has hardly any samples."""
    present = np.sort(counts[counts > 0])
    shares = present / present.sum()
    effective = np.exp(-np.sum(shares * np.log(shares)))  # as many equally frequent classes have this entropy
    return bool(
        present[-1] > 8 * present[:-1].mean()
        or (len(present) > 2 and effective < 0.6 * len(present))
        or present[0] < 0.1 * present.mean()
    )


def _missing(run: RunEvidence) -> list[int]:
    """Return the classes of which there are validation samples, but no training samples."""
    if run.validation is None:
        return []
    asked = np.bincount(run.validation[1], minlength=len(run.counts))
    return [int(c) for c in np.flatnonzero((run.counts == 0) & (asked > 0.02 * asked.sum()))]


def validation_copies(run: RunEvidence) -> Finding | None:
    """Validation samples that the network has been trained on: what they say of others is too good."""
    if run.validation is None:
        return None
    (X, Y), train = run.validation, run.train[0]
    copies, repeated = _copied(X, train), _copied(train, train)
    if copies.sum() < 5 or (copies.mean() < 0.05 + 3 * repeated.mean() and (copies.mean() < 0.5 or run.may_coincide)):
        return None
    return Finding(
        "validation-copies",
        None,
        f"{copies.sum():,} of {len(Y):,} validation samples are exact copies of training samples; within the training "
        f"samples, {repeated.mean():.1%} are copies of others",
        "Split the samples so that each is either in training or in validation",
    )


def _copied(X: Inputs, train: Inputs) -> np.ndarray:
    """Return for each sample of `X` (D, m) whether it is in `train` (D, n); twice, where that is `X` itself."""
    keys, others = digests(X), np.sort(digests(train))
    return np.searchsorted(others, keys, "right") - np.searchsorted(others, keys, "left") > (X is train)
