"""What a diagnosis consists of."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, get_type_hints

from ...support.errors import InputError
from ...support.html import html_table
from ...support.json_schema import check_values


@dataclass(frozen=True)
class Finding:
    """Something that is wrong with a run.

    Attributes
    ----------
    cause : str
        A short name that does not change, such as "learning-rate-too-high".
    since : int or None
        The step, counted from 1, since which it shows; None where it is a matter of the data.
    evidence : str
        One line: what was measured of this run.
    advice : str
        One line on what to try.
    """

    cause: str
    since: int | None
    evidence: str
    advice: str

    def __str__(self) -> str:
        since = "" if self.since is None else f" (since step {self.since:,})"
        return f"{self.cause}{since}: {self.evidence}{'.'[self.evidence.endswith('?') :]} {self.advice}."


class Findings(list[Finding]):
    """What is wrong with a run, the most important first; in a notebook, a table."""

    def _repr_html_(self) -> str:
        if not self:
            return "<p>No problems found.</p>"
        rows = [[each.cause, "" if each.since is None else each.since, each.evidence, each.advice] for each in self]
        return html_table(["cause", "since step", "evidence", "what to try"], rows)


def listed(numbers: Iterable[int], most: int = 12) -> str:
    """Return the first of some numbers as words."""
    words = list(map(str, numbers))
    return ", ".join(words[:most]) + (", …" if len(words) > most else "") or "none"


def read_findings(values: Any) -> list[Finding]:
    """Return the findings that a file holds as JSON objects, or raise InputError where they are none."""
    if not isinstance(values, list):
        raise InputError(f"findings should be a list, not {values!r}")
    for value in values:
        check_values(value, get_type_hints(Finding), "a finding")
    return [Finding(**{name: value[name] for name in get_type_hints(Finding)}) for value in values]
