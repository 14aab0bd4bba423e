"""What a diagnosis consists of."""

from dataclasses import dataclass


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
        One line with the figures it was concluded from.
    advice : str
        One line on what to try.
    """

    cause: str
    since: int | None
    evidence: str
    advice: str

    def __str__(self) -> str:
        since = "" if self.since is None else f" (since step {self.since:,})"
        return f"{self.cause}{since}: {self.evidence}. {self.advice}."
