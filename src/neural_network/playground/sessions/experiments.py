"""The experiments of the view Break it: runs with one thing wrong each, on a small part of the data.

A mistake in the equations is an edit of network.py: the class of the network is compiled from the edited source, so
that the line that is shown is the line that runs.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ... import network as equations
from ...data.dataset import Samples
from ...runs.settings import Settings
from ...support.errors import InputError
from ...support.randomness import stream
from ...support.source_module import Edits, edited_module
from ...training.model import TwoLayerNN
from .data import SessionData

TRAIN, VALIDATION = 2000, 500  # samples of an experiment
BATCHES = {"batch_size": 50, "epochs": 10, "hidden": 32}
MENDED = "-mended"  # the end of the name of an experiment with nothing wrong


@dataclass(frozen=True)
class Experiment:
    """A run with one thing wrong.

    Attributes
    ----------
    title, about, change : str
        Its name on the page, what is done, and the line of code that does it.
    predictions : tuple of str
        What may happen; the first is what does.
    why : str
        Why it happens.
    mend : str
        What makes it right.
    causes : tuple of str
        The causes that a diagnosis may name.
    tensor : str
        The first tensor of a step that shows it.
    settings : dict
        Settings that are not the usual ones, of the broken and the mended run.
    wrong : dict
        Settings of the broken run only.
    spoil_train, spoil_all : callable
        What is done to the samples to train on, or to these and those of the validation.
    spoil_network : callable
        What is done to the weights before the first step.
    edits : tuple of pairs
        Each (old, new): a text in network.py, and the text in its place.
    shuffle : bool
        Whether the samples are shuffled in every epoch.
    """

    title: str
    about: str
    change: str
    predictions: tuple[str, str, str]
    why: str
    mend: str
    causes: tuple[str, ...]
    tensor: str
    settings: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, Any] = field(default_factory=dict)
    spoil_train: Callable[[Samples], Samples] = lambda samples: samples
    spoil_all: Callable[[Samples], Samples] = lambda samples: samples
    spoil_network: Callable[[TwoLayerNN], object] = lambda network: None
    edits: Edits = ()
    shuffle: bool = True

    def mended(self) -> "Experiment":
        """Return the same run with nothing wrong, but for an order of the samples that shuffling makes harmless."""
        mended = ["spoil_all", "spoil_network", "edits", "shuffle"]
        mended += [] if self.spoil_train is by_class else ["spoil_train"]
        usual = {name: getattr(Experiment, name) for name in mended}  # a class has the defaults of its fields
        return replace(self, title=f"{self.title}, mended", wrong={}, **usual)

    def make_settings(self) -> Settings:
        """Return the settings of the run."""
        return Settings(**{"epochs": 100, **self.settings, **self.wrong})

    def prepare(self, data: SessionData) -> SessionData:
        """Return a small part of `data`, spoiled. Raises InputError for data that are not pictures."""
        if data.picture_format is None:
            raise InputError(f"experiments need pictures, which {data.name} are not; choose other data")
        train, validation = some(data.train, TRAIN), some(data.validation, VALIDATION)
        return replace(data, train=self.spoil_all(self.spoil_train(train)), validation=self.spoil_all(validation))


def some(samples: Samples, count: int) -> Samples:
    """Return the first samples as arrays of their own."""
    return Samples(np.ascontiguousarray(np.asarray(samples.X[:, :count]).T).T, samples.Y[:count].copy())


def as_bytes(samples: Samples) -> Samples:
    """Return the samples with pixels from 0 to 255."""
    return Samples(np.asarray(samples.X) * np.float32(255), samples.Y)


def shuffled_labels(samples: Samples) -> Samples:
    """Return the samples with each other's labels."""
    return Samples(samples.X, stream(1).permutation(samples.Y))


def by_class(samples: Samples) -> Samples:
    """Return the samples in order of their classes."""
    order = np.argsort(samples.Y, kind="stable")
    return Samples(np.ascontiguousarray(np.asarray(samples.X).T[order]).T, samples.Y[order])


def silence(network: TwoLayerNN) -> None:
    """Give every hidden unit a bias below anything its pixels can add up to."""
    network.b1[...] = -20


@functools.cache
def edited_network(edits: Edits) -> type[TwoLayerNN]:
    """Return TwoLayerNN with the equations of network.py as they are after these edits. Raises as `edited_module`."""
    return type("TwoLayerNN", (edited_module(equations, edits).Network, TwoLayerNN), {})


EXPERIMENTS: dict[str, Experiment] = {
    "zeros": Experiment(
        "All weights zero",
        "Every weight starts at zero, instead of at a random number.",
        'Settings(initializer="zeros")',
        ("It learns nothing but how frequent each class is", "It learns more slowly", "It learns just as well"),
        "All hidden units compute the same, so their gradients are the same, and they stay equal forever. With zeros "
        "the gradients of both matrices are zero as well: only the output biases move.",
        "Draw the weights at random, so that every unit starts somewhere else: he-normal.",
        ("zero-initialization",),
        "Z1",
        wrong={"initializer": "zeros"},
    ),
    "rate": Experiment(
        "Learning rate times 100",
        "Every step is a hundred times as long as usual.",
        "Settings(learning_rate=10.0)",
        ("The loss jumps about, and most units die", "It learns a hundred times as fast", "The loss falls, then stays"),
        "The gradient says where down is here, and not how far it goes down. A long step lands on the opposite slope, "
        "higher than before, and may push units where no sample reaches them any more.",
        "Take a learning rate of 0.1.",
        ("learning-rate-too-high",),
        "W1",
        wrong={"learning_rate": 10.0},
    ),
    "bytes": Experiment(
        "Raw pixels from 0 to 255",
        "The pixels are not divided by 255.",
        "X = pixels  # instead of pixels / 255",
        ("The first step is far too long", "Nothing changes: only ratios matter", "It learns 255 times as fast"),
        "The gradient of W1 is proportional to X, by equation (9): with pixels 255 times as large, and sums as well, "
        "the usual learning rate is thousands of times too high.",
        "Divide the pixels by 255.",
        ("inputs-not-scaled",),
        "X",
        spoil_all=as_bytes,
    ),
    "dead": Experiment(
        "Dead ReLUs",
        "All hidden biases start at -20, below anything the pixels can add up to.",
        "network.b1[...] = -20",
        ("No hidden unit ever learns", "The biases find their way back", "It learns more slowly"),
        "relu answers 0 to any negative sum, and its slope is 0 there. So dZ1 is 0 by equation (8): no gradient "
        "reaches W1 and b1, and the units stay where they are.",
        "Start the biases at 0; or use an activation with a slope everywhere, such as leaky-relu.",
        ("dead-units",),
        "A1",
        spoil_network=silence,
    ),
    "labels": Experiment(
        "Shuffled labels",
        "The pictures keep their order, and the labels are shuffled.",
        "Y = rng.permutation(Y)",
        ("It stays as good as guessing", "It learns half of the digits", "It learns all, but more slowly"),
        "Nothing in a picture says which label it got. The network learns how frequent each class is, and then, with "
        "enough units and time, single pictures by heart, which does not help with others.",
        "Shuffle pictures and labels by one permutation.",
        ("labels-shuffled",),
        "Y",
        spoil_train=shuffled_labels,
    ),
    "order": Experiment(
        "No shuffling",
        "The samples are in order of their classes, and are trained on in that order, in batches of 50.",
        "fit(..., shuffle=False)",
        (
            "It forgets each digit while it learns the next",
            "Order makes no difference",
            "It learns faster, digit by digit",
        ),
        "Each batch holds one class only, so the quickest way to a lower loss is always to answer that class. What was "
        "learned of the one before is unlearned.",
        "Shuffle the samples in every epoch.",
        ("samples-sorted",),
        "Y",
        settings={**BATCHES},
        spoil_train=by_class,
        shuffle=False,
    ),
    "l2": Experiment(
        "Huge L2 penalty",
        "The penalty on the weights is so strong that it outweighs the loss.",
        "Settings(l2=1.0)",
        ("The weights shrink to nothing", "It generalizes better", "The weights grow without limit"),
        "Each step takes a tenth off every weight, whatever the pictures say. The gradient adds less than that.",
        "Leave it out, or take 0.0001.",
        ("regularization-too-strong",),
        "W1",
        wrong={"l2": 1.0},
    ),
    "sign": Experiment(
        "A flipped sign in (5)",
        "dZ2 = Y - A2, instead of A2 - Y.",
        "dZ2 = Y - A2  # (5)",
        ("The loss grows and grows", "It learns the wrong digits", "Two wrongs cancel: nothing changes"),
        "All gradients follow from dZ2, and so all of them point downhill now. Step (11) goes against them: uphill.",
        "dZ2 = A2 - Y. Compare gradients with central differences before any training: mnist-nn check.",
        ("wrong-gradients",),
        "dZ2",
        edits=(("dZ2 = A2 - Y", "dZ2 = Y - A2"),),
    ),
    "mean": Experiment(
        "A missing 1/m",
        "The gradients are sums over the samples, instead of means.",
        "dW2 = dZ2 @ A1.mT  # (6), without 1/m, and (7), (9), (10) as well",
        ("The first steps are far too long", "Nothing changes", "It learns more slowly"),
        f"The gradients are m times as long, where m is the number of samples: {TRAIN:,} in a step of this run, and "
        "8 random ones in the check of the diagnosis. The learning rate would have to change with m.",
        "Divide by m, the number of samples of the batch.",
        ("wrong-gradients",),
        "dW2",
        edits=tuple((f"{dθ} = 1 / m * ", f"{dθ} = ") for dθ in ("dW2", "db2", "dW1", "db1")),
    ),
}


def find_experiment(name: str) -> Experiment:
    """Return the experiment of this name, or its mended twin for "name-mended". Raises InputError if there is none."""
    stem = name.removesuffix(MENDED)
    if stem not in EXPERIMENTS:
        raise InputError(f"experiment must be one of {', '.join(EXPERIMENTS)}, not {name!r}")
    return EXPERIMENTS[stem].mended() if name != stem else EXPERIMENTS[stem]
