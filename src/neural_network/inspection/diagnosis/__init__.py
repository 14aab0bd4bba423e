"""Diagnosis: what is wrong with a training run, and since which step.

    for finding in diagnose(history, network, (X, Y), validation):
        print(finding)

Each cause is a function that looks at the case and gives a finding or None. They are asked in the order below, causes
before their consequences: inputs of 255 make the usual learning rate too high, which kills units, which keeps the loss
where it is, and only the inputs are reported. Silence means that nothing is clearly wrong; to have ended early is fine.
"""

from collections.abc import Callable
from dataclasses import replace

from ...network import Network
from ...support.error_state import own_error_state
from ...training.history import History
from .evidence import Case, Samples
from .finding import Finding
from .fit import overfitting, regularization_too_strong, under_capacity
from .hidden import (
    dead_units,
    initialization_not_finite,
    initialization_too_large,
    saturated_units,
    symmetric_initialization,
    vanishing_gradients,
    zero_initialization,
)
from .samples import (
    class_imbalance,
    constant_inputs,
    inputs_not_scaled,
    labels_shuffled,
    validation_labels,
    validation_scaled_differently,
)
from .steps import divergence, learning_rate_too_high, learning_rate_too_low

__all__ = ["Finding", "diagnose"]

CAUSES: tuple[Callable[[Case], Finding | None], ...] = (
    constant_inputs,
    inputs_not_scaled,
    initialization_not_finite,
    labels_shuffled,
    zero_initialization,
    symmetric_initialization,
    dead_units,
    saturated_units,
    initialization_too_large,
    learning_rate_too_high,
    regularization_too_strong,
    vanishing_gradients,
    learning_rate_too_low,
    class_imbalance,
    validation_scaled_differently,
    validation_labels,
    under_capacity,
    overfitting,
)

# What is wrong with these samples is no consequence of anything else in the run.
BESIDE = (class_imbalance, validation_scaled_differently)


@own_error_state
def diagnose(
    history: History,
    network: Network,
    train: Samples,
    validation: Samples | None = None,
    *,
    diverged_at: int | None = None,
) -> list[Finding]:
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
        The `step` of the DivergenceError, if there was one.
    """
    case = Case(history, network, train, validation, diverged_at)
    findings: list[Finding] = []
    for cause in CAUSES:
        if (not findings or cause in BESIDE) and (finding := cause(case)):
            findings.append(finding)
    if findings and case.diverged and findings[0].since != diverged_at:
        findings[0] = replace(findings[0], evidence=f"{findings[0].evidence}; {divergence(case)}")
    return findings
