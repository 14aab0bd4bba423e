"""A candidate of a comparison: a run, or a model file; and which candidates can be compared."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ...data.classes import are_numbered
from ...formats.model_file import configuration
from ...network import Network
from ...runs.summary import EndedSummary
from ...support.errors import InputError
from ...training.history import History


@dataclass(frozen=True)
class Candidate:
    """A run, or a model file, of which only the network is known."""

    name: str
    network: Network
    history: History = field(default_factory=History)
    summary: EndedSummary | None = None

    @property
    def options(self) -> dict[str, Any]:
        """The options it was made with, as far as they are known: JSON values."""
        made = {name: value for name, value in configuration(self.network).items() if name != "classes"}
        options = {"hidden": made.pop("hidden_size"), **made}
        if self.summary:
            data, settings = self.summary.data, asdict(self.summary.settings)
            options |= {"data": data.spec, "validation": data.validation, **settings}
            options |= {"batch_size": settings["batch_size"] or "all", "callbacks": [*settings["callbacks"]]}
        return options


def check_comparable(candidates: Sequence[Candidate]) -> None:
    """Raise InputError where two of them take other inputs, or mean other classes by the same labels.

    A network whose classes are only numbered can be compared with any.
    """
    first, *others = candidates
    for other in others:
        for size, what in (("input_size", "pixels"), ("output_size", "classes")):
            ours, theirs = (getattr(each.network, size) for each in (first, other))
            if ours != theirs:
                raise InputError(f"cannot compare {first.name}, of {ours} {what}, with {other.name}, of {theirs}")
    named = [each for each in candidates if not are_numbered(each.network.classes)]
    for other in named[1:]:
        ours, theirs = (", ".join(each.network.classes) for each in (named[0], other))
        if ours != theirs:
            raise InputError(f"cannot compare {named[0].name}, for {ours}, with {other.name}, for {theirs}")
