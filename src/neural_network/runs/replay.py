"""A run that diverged, trained again up to the step in which it did: no file holds such a network, but the same seed
gives the same bits.

What is trained comes from files that a stranger may have written. So it must fit together, it ends with the step in
which the run is said to have ended, and there is a limit to what it may ask for.
"""

import math
from dataclasses import replace

from ..network import Network
from ..support.errors import DivergenceError, InputError
from ..training.callback import Callback, Run
from ..training.history import History
from ..training.loop import Samples
from ..training.monitor import Monitor
from .settings import Settings
from .summary import DivergedSummary

LARGEST = 5 * 10**7  # parameters, and answers of hidden units to a batch: 200 MB of each kind of them
LONGEST = 10**13  # products of a weight and an input: ten times the largest job of the README


def claimed_settings(summary: DivergedSummary, history: History) -> Settings:
    """Return with which settings a run diverged, or raise InputError where they do not fit its history.

    It looks at the files only, so that it can be asked before data are read.
    """
    settings, last = summary.settings, summary.diverged_at
    _check_size(settings, 1, 1, 1)
    replace(settings, hidden=1).check()
    before = history.rows[-1]["step"] if history.rows else 0
    whole = len(history) == settings.epochs  # only the loss that it ended with was infinite
    if not (before == last if whole else len(history) < settings.epochs and before < last):
        raise InputError(
            f"the run cannot have diverged at step {last}: its history has {len(history)} of {settings.epochs} epochs "
            f"and ends with step {before}"
        )
    return settings


def train_again(
    summary: DivergedSummary, history: History, samples: Samples, held_out: Samples | None, classes: int
) -> tuple[History, Network]:
    """Return the history, with what a Monitor tells, and the network that the run had come to.

    Raises InputError where config.json and history.csv do not fit each other, or these samples (D, m), or ask for more
    than LARGEST and LONGEST allow, before any memory is taken.
    """
    settings, last = claimed_settings(summary, history), summary.diverged_at
    inputs, count = samples[0].shape
    batch = min(settings.batch_size or count, count)
    epoch = math.ceil(count / batch)
    if [row["step"] for row in history.rows] != [epoch * (i + 1) for i in range(len(history))] or (
        last > epoch * (len(history) + 1)
    ):
        raise InputError(
            f"the run diverged at step {last}, after {len(history)} epochs, but on these {count} samples an epoch has "
            f"{epoch} steps: they are other data, or its config.json was changed"
        )
    _check_size(settings, inputs, classes, batch, last)
    network = settings.make_network(inputs, classes)
    try:
        watching = [Monitor(), _StopAfter(last)]
        return settings.train(network, samples, held_out, callbacks=watching, progress=False), network
    except DivergenceError as error:
        return error.history, network


def _check_size(settings: Settings, inputs: int, classes: int, batch: int, steps: int = 1) -> None:
    weights = settings.hidden * (inputs + classes)
    if weights + settings.hidden * batch > LARGEST or weights * batch * steps > LONGEST:
        raise InputError(
            f"{settings.hidden} hidden units and {steps} steps of {batch} samples are too much to train again only to "
            f"see why it diverged"
        )


class _StopAfter(Callback):
    """Ends the run with a step: on another machine it might not diverge in the same one."""

    def __init__(self, step: int) -> None:
        self.last = step

    def on_step(self, run: Run) -> None:
        run.stop = run.stop or run.step >= self.last
