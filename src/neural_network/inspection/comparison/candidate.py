"""Who takes part in a contest: a run, or a model file, and whether others can be compared with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ...data.classes import are_numbered
from ...formats.model_file import configuration
from ...network import Network
from ...runs.folder import Summary
from ...support.errors import InputError
from ...training.history import History


@dataclass(frozen=True)
class Contender:
    """A run, or a model file, of which only the network is known."""

    name: str
    network: Network
    history: History = field(default_factory=History)
    summary: Summary = field(default_factory=lambda: {"data": {}, "training": {}})

    @property
    def options(self) -> dict[str, Any]:
        """What it was made with, as far as that is known."""
        made = {name: value for name, value in configuration(self.network).items() if name != "classes"}
        names = {"data": "spec", "validation": "validation"}
        data = {name: self.summary["data"][key] for name, key in names.items() if key in self.summary["data"]}
        training = {name: value for name, value in self.summary["training"].items() if name not in ("steps", "seconds")}
        if training:
            training["batch_size"] = training["batch_size"] or "all"
            training["epochs"] = training.pop("planned_epochs", training["epochs"])
        return {"hidden": made.pop("hidden_size"), **made, **data, **training}


def check_alike(contenders: Sequence[Contender]) -> None:
    """Raise InputError where two of them cannot read the same images, or mean other classes by the same labels.

    Classes that have only numbers for names may be any.
    """
    first, *others = contenders
    for other in others:
        for size, what in (("input_size", "pixels"), ("output_size", "classes")):
            ours, theirs = (getattr(each.network, size) for each in (first, other))
            if ours != theirs:
                raise InputError(f"cannot compare {first.name}, of {ours} {what}, with {other.name}, of {theirs}")
    named = [each for each in contenders if not are_numbered(each.network.classes)]
    for other in named[1:]:
        ours, theirs = (", ".join(each.network.classes) for each in (named[0], other))
        if ours != theirs:
            raise InputError(f"cannot compare {named[0].name}, for {ours}, with {other.name}, for {theirs}")
