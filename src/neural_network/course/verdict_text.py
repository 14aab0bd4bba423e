"""A verdict as paragraphs of text, for the terminal and for notebooks."""

from .exercise import Exercise
from .grader import Verdict


def verdict_lines(exercise: Exercise, verdict: Verdict, notebook: bool = False) -> list[str]:
    """Return the paragraphs that tell a learner what was found, and what comes next."""
    name = f"Exercise {exercise.number}, {exercise.title}"
    printed = [f"Your code printed:\n{verdict.printed.rstrip()}"] if verdict.printed else []
    if verdict.passed:
        reason = f"Why this works. {_joined(exercise.sections['Why this works'])}"
        return [f"{name}: right.", *printed, reason, f"A question. {_joined(exercise.sections['Question'])}"]
    after = []
    if (
        verdict.status in ("wrong", "error", "timeout", "not started")
        and not notebook
        and "course hint" not in " ".join(verdict.messages)
    ):
        after = [f"For a hint: mnist-nn course hint {exercise.name}"]
    state = {"not started": "not written yet", "missing": "not there", "blocked": "waits for an earlier one"}
    return [f"{name}: {state.get(verdict.status, 'not right yet')}.", *verdict.messages, *printed, *after]


def _joined(text: str) -> str:
    """Return text whose lines within a paragraph are joined."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
