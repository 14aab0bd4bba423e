"""Diagnosis: what is wrong with a training run, and since which step.

    for finding in diagnose(history, network, (X, Y), validation):
        print(finding)

Each cause is a function that looks at the evidence and gives a finding or None. They are asked in the order below,
causes before their consequences: inputs of 255 make the usual learning rate too high, which kills units, which keeps
the loss where it is, and only the inputs are reported. A finding states what was measured of this run, and that it does
harm; silence means that nothing is clearly wrong. To have ended early is fine.
"""

from collections.abc import Callable
from dataclasses import replace

from ...network import Network
from ...support.blas_threads import one_blas_thread
from ...support.error_state import own_error_state
from ...training.history import History
from ...training.loop import Samples
from .classes import class_imbalance, one_class_only, sorted_samples, validation_copies
from .equations import wrong_gradients
from .evidence import RunEvidence
from .finding import Finding, Findings
from .fit import overfitting, regularization_too_strong, under_capacity
from .hidden import (
    dead_units,
    initialization_not_finite,
    initialization_too_large,
    remark_on_units,
    saturated_units,
    symmetric_initialization,
    vanishing_gradients,
    zero_initialization,
)
from .inputs import constant_inputs, inputs_not_scaled, validation_inputs_differ
from .labels import training_labels, validation_labels
from .steps import divergence, learning_rate_too_high, learning_rate_too_low, moving_average_behind

__all__ = ["Finding", "Findings", "diagnose", "remark_on_units"]

CAUSES: tuple[Callable[[RunEvidence], Finding | None], ...] = (
    wrong_gradients,
    constant_inputs,
    one_class_only,
    initialization_not_finite,
    inputs_not_scaled,
    training_labels,
    sorted_samples,
    zero_initialization,
    symmetric_initialization,
    regularization_too_strong,
    dead_units,
    saturated_units,
    initialization_too_large,
    moving_average_behind,
    learning_rate_too_high,
    vanishing_gradients,
    learning_rate_too_low,
    class_imbalance,
    validation_inputs_differ,
    validation_labels,
    validation_copies,
    under_capacity,
    overfitting,
)

# What is wrong with these samples is no consequence of anything else in the run.
INDEPENDENT = (class_imbalance, validation_inputs_differ, validation_copies)


@own_error_state
@one_blas_thread()
def diagnose(
    history: History,
    network: Network,
    train: Samples,
    validation: Samples | None = None,
    *,
    diverged_at: int | None = None,
) -> Findings:
    """Return what is wrong with a run, the most important first; an empty list if nothing is.

    Parameters
    ----------
    history : History
        What `train` returned, with the columns of a `Monitor` or without; after a DivergenceError, its `history`.
    network : Network
        The network as the run left it.
    train, validation : pairs (X, Y)
        The samples, X (D, m) and labels Y (m,), that it was trained and validated on.
    diverged_at : int, optional
        The `step` of the DivergenceError, if there was one; by default that of the history.
    """
    diverged_at = diverged_at or history.diverged_at
    run = RunEvidence(history, network, train, validation, diverged_at)
    findings = Findings()
    for cause in CAUSES:
        if (not findings or cause in INDEPENDENT) and (finding := cause(run)):
            findings.append(finding)
    if findings and run.diverged and findings[0].since != diverged_at:
        findings[0] = replace(findings[0], evidence=f"{findings[0].evidence}; {divergence(run)}")
    return findings
