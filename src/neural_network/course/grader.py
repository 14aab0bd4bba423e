"""Grades one exercise: from the learner's file to a verdict in words.

It never shows the solution or the arguments of a probe: only what is wrong, and one number of it.
"""

import ast
import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from . import runner
from .catalog import exercises, ordered
from .diagnose import Catalogue, Named, explain_all, explain_exception, explain_part, view
from .exercise import Check, Exercise, Probe, load
from .outcomes import Malformed, Outcome, Raised, is_right, raised, wrong_cells
from .troubles import trouble
from .worker import decode

PAIRS_TAKE = 1.0  # seconds of the processor, at most: then no two mistakes are named


@dataclass(frozen=True)
class Verdict:
    """What was found in a learner's file.

    Attributes
    ----------
    exercise, file : str
        The exercise's name, and the learner's file.
    status : str
        "passed", "not started", "missing", "wrong", "error", "timeout" or "blocked" (a function of an earlier
        exercise, which this one calls, is wrong).
    messages : list of str
        What is wrong, a paragraph each; empty if all is right.
    mistakes : list of Named
        The mistakes that were recognized.
    printed : str
        The beginning of what the learner's code printed.
    """

    exercise: str
    file: str
    status: str
    messages: list[str] = field(default_factory=list)
    mistakes: list[Named] = field(default_factory=list)
    printed: str = ""

    @property
    def passed(self) -> bool:
        return self.status == "passed"


@dataclass(frozen=True)
class _Finding:
    status: str
    message: str
    mistakes: Sequence[Named] = ()


@cache
def known_functions(number: int) -> dict[str, Any]:
    """Return the functions of the solutions of all exercises before this one, by name."""
    known: dict[str, Any] = {}
    for exercise in ordered()[: number - 1]:
        module = load(exercise.solution, known)
        known |= {check.function: getattr(module, check.function) for check in exercise.checks}
    return known


@cache
def probes_of(exercise: Exercise) -> list[tuple[Check, list[Probe]]]:
    """Return the functions of an exercise with their probes."""
    return [(check, check.probes()) for check in exercise.checks]


@cache
def catalogue_of(exercise: Exercise) -> Catalogue:
    """Return the catalogue of an exercise's mistakes."""
    return Catalogue(exercise, known_functions(exercise.number))


def grade(
    exercise: Exercise, folder: Path, earlier_are_right: bool = False, run: Callable[..., Any] = runner.run
) -> Verdict:
    """Run the learner's functions of an exercise, and return the verdict.

    A wrong result may come from an earlier exercise, whose functions this one calls: these are then graded too, unless
    they are known to be right. `run` calls the functions: see runner.py.
    """
    path = folder / exercise.file
    early = _look(exercise, path)
    if early:
        return Verdict(exercise.name, exercise.file, early.status, [early.message])
    plan = [(check, probe) for check, probes in probes_of(exercise) for probe in probes]
    loaded, reports = run(
        folder, exercise.module, [runner.Call(check.function, probe.calls, check.seconds) for check, probe in plan]
    )
    if not loaded.get("loaded"):
        if not earlier_are_right and (blocked := _blocked(exercise, folder)):
            return blocked
        finding = _stopped(exercise.file, loaded, "while Python reads the file")
        return _verdict(exercise, [finding], loaded.get("printed", ""))
    findings: list[_Finding] = []
    wrong: set[str] = set()
    for check, probes in probes_of(exercise):
        if wrong.intersection(check.calls):
            continue  # what is wrong may be a consequence
        mine = [report for (each, _), report in zip(plan, reports, strict=True) if each is check]
        found = _judge(exercise, check, probes, mine)
        wrong |= {check.function} if found else set()
        findings += found
    verdict = _verdict(exercise, findings, _printed([loaded, *reports]))
    if verdict.passed or earlier_are_right:
        return verdict
    return _blocked(exercise, folder) or verdict


def _verdict(exercise: Exercise, findings: Sequence[_Finding], printed: str) -> Verdict:
    distinct: dict[object, _Finding] = {}  # two functions may have the same mistake
    for finding in findings:
        distinct.setdefault(tuple(finding.mistakes) or finding.message, finding)
    messages = [finding.message for finding in distinct.values()]
    mistakes = list(dict.fromkeys(named for finding in findings for named in finding.mistakes))
    status = findings[0].status if findings else "passed"
    return Verdict(exercise.name, exercise.file, status, messages, mistakes, printed)


def _look(exercise: Exercise, path: Path) -> _Finding | None:
    """Return what can be said without running the file."""
    name = exercise.file
    try:
        source = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return _Finding("missing", f"{name} is not there; get it back with: mnist-nn course reset {exercise.name}")
    except (OSError, UnicodeDecodeError) as error:
        return _Finding("error", f"{name} cannot be read: {error}")
    unwritten = _unwritten(exercise, source)
    if unwritten and len(unwritten) == len(exercise.checks):
        functions = " and ".join(f"`{function}`" for function in unwritten) + (" are" if unwritten[1:] else " is")
        return _Finding(
            "not started",
            f"{name} is as it was: {functions} still to be written. Open the file, replace `...` by your own lines, "
            f"and save it. If you do not know how to begin: mnist-nn course hint",
        )
    return None


def _unwritten(exercise: Exercise, source: str) -> list[str]:
    """Return the functions whose body is still `...`."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return []
    wanted = {check.function for check in exercise.checks}
    return [
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in wanted and _empty(node)
    ]


def _empty(function: ast.FunctionDef) -> bool:
    return all(
        isinstance(line, ast.Pass) or (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
        for line in function.body
    )


def _blocked(exercise: Exercise, folder: Path) -> Verdict | None:
    """Return the verdict where an earlier exercise, whose functions this one calls, is not right."""
    with ThreadPoolExecutor(4) as pool:  # which mostly waits for other processes
        verdicts = list(pool.map(lambda name: grade(exercises()[name], folder, earlier_are_right=True), exercise.uses))
    for name, verdict in zip(exercise.uses, verdicts, strict=True):
        if not verdict.passed:
            message = (
                f"{exercise.file} calls your functions of {verdict.file}, and these are not right yet. "
                f"Mend them first: mnist-nn course check {name}"
            )
            return Verdict(exercise.name, exercise.file, "blocked", [message])
    return None


def _printed(reports: Sequence[runner.Report]) -> str:
    """Return what the first call printed that printed anything."""
    for report in reports:
        if text := report.get("printed"):
            more = report["characters"] - len(text)
            return f"{text}\n… and {more:,} characters more\n" if more > 0 else text
    return ""


def _stopped(where: str, report: runner.Report, when: str) -> _Finding:
    """Return what kept a call from giving a result."""
    return _Finding("timeout" if "timeout" in report else "error", trouble(where, report, when))


def _judge(
    exercise: Exercise, check: Check, probes: Sequence[Probe], reports: Sequence[runner.Report]
) -> list[_Finding]:
    """Return what is wrong with one function."""
    where = f"`{check.function}`"
    outcomes: list[Outcome | None] = []
    for report in reports:
        if "raised" in report:
            outcomes.append(raised(report["raised"], report["message"], report.get("text")))
        elif "results" in report:
            outcomes.append(view(check, [decode(result) for result in report["results"]]))
        else:
            outcomes.append(None)
    for probe, report, outcome in zip(probes, reports, outcomes, strict=True):
        if outcome is None:
            return [_stopped(exercise.file if "missing" in report else where, report, probe.what)]
        if isinstance(outcome, Malformed):
            return [_Finding("wrong", _ended(f"{where} {outcome}"))]
    catalogue = catalogue_of(exercise)
    complete = [outcome for outcome in outcomes if outcome is not None]
    for probe, report, outcome in zip(probes, reports, complete, strict=True):
        if isinstance(outcome, Raised):
            finding = _stopped(where, report, probe.what)
            named = explain_exception(catalogue, check, probes, complete)
            if named is None:
                return [finding]
            return [_Finding("error", f"{finding.message}\n{_sentence(named)}", [named])]
    parts = [outcome for outcome in complete if isinstance(outcome, dict)]
    given = {name: [part[name] for part in parts] for name in probes[0].expected}
    wrong = {
        name: first
        for name, values in given.items()
        if (first := next((i for i, probe in enumerate(probes) if not _right(values[i], probe, name)), None))
        is not None
    }
    if not wrong:
        return _changed(exercise, check, reports)
    cells = {
        name: _first_cell(where, name, given[name][i], probes[i]) + _warned(reports[i]) for name, i in wrong.items()
    }
    first_cell = next(iter(cells.values()))
    until = time.thread_time() + PAIRS_TAKE
    every = {name: [part[name] for part in parts] for name in parts[0]}
    whole = explain_all(catalogue, check, probes, every, until)
    if whole or whole is None:
        return [_found(whole or [], first_cell)]
    each = {name: explain_part(catalogue, check, probes, name, given[name], until) for name in wrong}
    findings = [_found(mistakes, cells[name]) for name, mistakes in each.items() if mistakes]
    return findings or [_found([], first_cell)]


def _found(mistakes: Sequence[Named], cell: str) -> _Finding:
    return _Finding("wrong", "\n".join([*map(_sentence, mistakes), cell]), mistakes)


def _right(given: np.ndarray, probe: Probe, name: str) -> bool:
    return is_right(given, probe.expected[name], probe.tolerance)


def _sentence(named: Named) -> str:
    title = named.title
    if not re.match(r"`|(?!a )d?[A-Za-z]\d?\b|\w+_hat\b|[α-ω]\b", title):  # the name of an array keeps its small letter
        title = title[0].upper() + title[1:]
    return f"{_ended(title)} Rule: {named.equation}." if named.equation else _ended(title)


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith("?") else f"{sentence}."


def _warned(report: runner.Report) -> str:
    if warnings := report.get("warnings"):
        text, line = warnings[0]
        return f" NumPy warns in line {line}: {text}."
    return ""


def _first_cell(where: str, name: str, given: np.ndarray, probe: Probe) -> str:
    """Return the first number that is wrong, or the shape, in a sentence."""
    expected = probe.expected[name]
    cells = wrong_cells(given, expected, probe.tolerance)
    if cells is None:
        swapped = ": rows and columns have changed places" if given.shape == expected.shape[::-1] else ""
        return f"{where}, {probe.what}: {name} has the shape {given.shape} and should have {expected.shape}{swapped}."
    if expected.dtype == bool:
        return f"{where}, {probe.what}: this should hold, and does not: {name}."
    if given.size == expected.size == 1:
        return f"{where}, {probe.what}: {name} is {_number(given.item())} and should be {_number(expected.item())}."
    index = tuple(int(i) for i in cells[0])
    cell, right = given[index], expected[index]
    should = "a finite number" if np.isnan(right) else _number(float(right))
    many = f" ({len(cells):,} of {given.size:,} entries differ)" if len(cells) > 1 else ""
    return f"{where}, {probe.what}: {name}{list(index)} is {_number(float(cell))} and should be {should}{many}."


def _number(value: float) -> str:
    return f"{value:.6g}"


def _changed(exercise: Exercise, check: Check, reports: Sequence[runner.Report]) -> list[_Finding]:
    """Return the arguments that a function has changed and should not have."""
    changed = {number for report in reports for number in report.get("changed", ())}
    changed -= set(check.in_place)
    if not changed:
        return []
    names = [exercise.arguments[check.function][number] for number in sorted(changed)]
    named = Named(
        f"`{check.function}` changes its argument {' and '.join(names)}: its results are right, but its caller still "
        f"needs the old numbers",
        "work on a copy, or make a new array: `a = a + b` makes one, `a += b` changes the old one",
    )
    return [_Finding("wrong", _sentence(named), [named])]
