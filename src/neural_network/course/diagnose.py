"""Finds the mistake that explains a wrong result.

A mistake is named only if exactly one explanation gives the very numbers of the learner's function, on all probes. The
explanations are tried in this order: the mistakes of the catalogue, plain ratios and other shapes of the right result,
a mistake together with a ratio, and pairs of mistakes. If none fits, or several do, no mistake is named.
"""

import itertools
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .exercise import SOURCE, Check, Exercise, Mistake, Probe, load
from .outcomes import Malformed, Outcome, Raised, alike, is_right, raised
from .worker import encode, run_calls

Results = list[np.ndarray]  # of one part of the result, for each probe
ANYTHING = np.zeros(())  # is expected of a part that only serves to tell mistakes apart


@dataclass(frozen=True)
class Named:
    """A mistake that explains a wrong result.

    Attributes
    ----------
    title : str
        What is wrong, as one sentence.
    equation : str
        The equation or the rule that it violates; empty where the title says it all.
    """

    title: str
    equation: str = ""


def view(check: Check, results: list[Any]) -> Outcome:
    """Return the parts of the results that are compared, or what is wrong with their kind."""
    try:
        with np.errstate(all="ignore"):
            return check.view(results)
    except Malformed as malformed:
        return malformed
    except (ValueError, TypeError, IndexError, KeyError):
        return Malformed("returns something else than the page asks for")


class Catalogue:
    """What the mistakes of an exercise give, computed when it is first asked for.

    Parameters
    ----------
    known : dict
        The functions of the earlier exercises, by name.
    """

    def __init__(self, exercise: Exercise, known: Mapping[str, Any]) -> None:
        self.exercise, self.known = exercise, known
        self._outcomes: dict[tuple[str, tuple[Mistake, ...]], list[Outcome] | None] = {}
        self._coded: dict[Probe, list[list[Any]]] = {}

    def outcomes(self, check: Check, probes: Sequence[Probe], *mistakes: Mistake) -> list[Outcome] | None:
        """Return what the solution with these mistakes in it gives for each probe; None where it cannot have them."""
        key = check.function, mistakes
        if key not in self._outcomes:
            made = self._make(check, mistakes)
            self._outcomes[key] = [made(probe) for probe in probes] if made else None
        return self._outcomes[key]

    def pairs(
        self, check: Check, probes: Sequence[Probe], given: Mapping[str, Results], until: float
    ) -> list[tuple[Mistake, Mistake]]:
        """Return the pairs of mistakes that explain these parts of the results; none if there is no time to try all.

        `until` is when the time ends, by `time.thread_time`.
        """
        found = []
        for pair in itertools.combinations(self.exercise.mistakes_in(check.function), 2):
            if time.thread_time() > until:
                return []
            made = self._make(check, pair)
            if made and all(  # which ends with the first probe that differs
                _explains([made(probe)], [probe], {name: [values[i]] for name, values in given.items()})
                for i, probe in enumerate(probes)
            ):
                found.append(pair)
        return found

    def _make(self, check: Check, mistakes: Sequence[Mistake]) -> Callable[[Probe], Outcome] | None:
        """Return a function from probes to outcomes, with these mistakes; None where the solution cannot have them."""
        source: str | None = self.exercise.solution
        for mistake in mistakes:
            source = mistake.apply(source) if source is not None else None
        if source is None:
            return None
        text = source
        try:
            function = getattr(load(text, self.known), check.function)
        except Exception:  # of two edits together
            return None
        return lambda probe: self._run(check, function, probe, text)

    def _run(self, check: Check, function: Callable[..., Any], probe: Probe, source: str) -> Outcome:
        """Return what a wrong implementation gives for a probe, seen as the learner's is."""
        if probe not in self._coded:
            self._coded[probe] = [[encode(argument) for argument in call] for call in probe.calls]
        try:
            with np.errstate(all="ignore"):
                results, _ = run_calls(function, self._coded[probe])
            return view(check, results)
        except Exception as error:
            lines = [
                frame.lineno or 1 for frame in traceback.extract_tb(error.__traceback__) if frame.filename == SOURCE
            ]
            line = source.splitlines()[lines[-1] - 1] if lines else ""
            return raised(type(error).__name__, str(error)[:500], line)


def explain_exception(
    catalogue: Catalogue, check: Check, probes: Sequence[Probe], given: Sequence[Outcome]
) -> Named | None:
    """Return the only mistake that raises the same exceptions, or None."""
    mistakes = catalogue.exercise.mistakes_in(check.function)
    outcomes = {mistake: catalogue.outcomes(check, probes, mistake) for mistake in mistakes}
    same = [mistake for mistake, others in outcomes.items() if others and _same_exceptions(given, others, strict=True)]
    loose = [
        mistake for mistake, others in outcomes.items() if others and _same_exceptions(given, others, strict=False)
    ]
    return _only(same) if same else _only(loose) if loose else None


def _same_exceptions(given: Sequence[Outcome], others: Sequence[Outcome], strict: bool) -> bool:
    """Return whether the same probes raise the same; `strict` asks for the same statement, too."""
    some = False
    for mine, other in zip(given, others, strict=True):
        if isinstance(mine, Raised) != isinstance(other, Raised):
            return False
        if isinstance(mine, Raised) and isinstance(other, Raised):
            some = True
            if strict and mine != other:
                return False
            if (mine.kind, _sides(mine.message)) != (other.kind, _sides(other.message)):
                return False
    return some


def _sides(message: str) -> list[str]:
    """Return a message in parts; which side an array stands on is the learner's choice where a line goes by entries."""
    return sorted(message.split()) if "could not be broadcast" in message else [message]


def explain_all(
    catalogue: Catalogue, check: Check, probes: Sequence[Probe], given: Mapping[str, Results], until: float
) -> list[Named] | None:
    """Return the mistake that explains all parts of the results: an empty list if none does, None if several might.

    Where the parts are properties, which say nothing by themselves, pairs of mistakes are tried as well.
    """
    found = {
        _named(mistake)
        for mistake in catalogue.exercise.mistakes_in(check.function)
        if _explains(catalogue.outcomes(check, probes, mistake), probes, given)
    }
    if not found and check.properties:
        return _only_pair(catalogue.pairs(check, probes, given, until)) or None
    return None if len(found) > 1 else list(found)


def _explains(outcomes: Sequence[Outcome] | None, probes: Sequence[Probe], given: Mapping[str, Results]) -> bool:
    return all(
        _fits(values, _part(outcomes, name), [probe.expected.get(name, ANYTHING) for probe in probes], probes)
        for name, values in given.items()
    )


def _fits(given: Results, others: Results | None, expected: Results, probes: Sequence[Probe]) -> bool:
    return others is not None and all(
        alike(mine, other, right, probe.tolerance)
        for mine, other, right, probe in zip(given, others, expected, probes, strict=True)
    )


def explain_part(
    catalogue: Catalogue, check: Check, probes: Sequence[Probe], name: str, given: Results, until: float
) -> list[Named]:
    """Return the mistakes that explain one part of the results; none if several might.

    Pairs of mistakes are tried until the time `until`.
    """
    expected = [probe.expected[name] for probe in probes]
    single = {
        mistake: _part(catalogue.outcomes(check, probes, mistake), name)
        for mistake in catalogue.exercise.mistakes_in(check.function)
    }
    wrong = {mistake: values for mistake, values in single.items() if values and not _right(values, expected, probes)}
    if found := [mistake for mistake, values in wrong.items() if _fits(given, values, expected, probes)]:
        only = _only(found) or _only([each for each in found if _leaves_the_rest(catalogue, check, probes, name, each)])
        return [only] if only else []
    transforms = [
        each for each, values in _transforms(probes, name, expected) if _fits(given, values, expected, probes)
    ]
    if transforms:
        return transforms[:1] if len({each.title for each in transforms}) == 1 else []
    if pair := _only_pair(catalogue.pairs(check, probes, {name: given}, until)):
        return pair
    with_ratio = [
        [_named(mistake), each]
        for mistake, values in wrong.items()
        for each, ratio in _ratios(probes, name)
        if _fits(given, [value * factor for value, factor in zip(values, ratio, strict=True)], expected, probes)
    ]
    return with_ratio[0] if len(with_ratio) == 1 else []


def _leaves_the_rest(catalogue: Catalogue, check: Check, probes: Sequence[Probe], name: str, mistake: Mistake) -> bool:
    """Return whether only this part of the results is wrong with a mistake."""
    outcomes = catalogue.outcomes(check, probes, mistake)
    return all(
        (values := _part(outcomes, other)) is not None
        and _right(values, [probe.expected[other] for probe in probes], probes)
        for other in probes[0].expected
        if other != name
    )


def _only(found: Sequence[Mistake]) -> Named | None:
    return _named(found[0]) if found and len({(each.title, each.equation) for each in found}) == 1 else None


def _only_pair(pairs: Sequence[tuple[Mistake, Mistake]]) -> list[Named]:
    names = {tuple(map(_named, pair)) for pair in pairs}
    return list(names.pop()) if len(names) == 1 else []


def _named(mistake: Mistake) -> Named:
    return Named(mistake.title, mistake.equation)


def _part(outcomes: Sequence[Outcome] | None, name: str) -> Results | None:
    if outcomes is None or not all(isinstance(outcome, dict) and name in outcome for outcome in outcomes):
        return None
    return [outcome[name] for outcome in outcomes if isinstance(outcome, dict)]


def _right(values: Results, expected: Results, probes: Sequence[Probe]) -> bool:
    return all(
        is_right(value, right, probe.tolerance) for value, right, probe in zip(values, expected, probes, strict=True)
    )


def _ratios(probes: Sequence[Probe], name: str) -> Iterator[tuple[Named, list[float]]]:
    """Yield plain ratios: what each means, and its value for each probe."""
    samples = [float(probe.m) for probe in probes]
    if len(set(samples)) > 1:
        many = f"{name} is too large by a factor of m, the number of samples"
        yield Named(many, "the loss is a mean over the samples, hence one factor 1/m"), samples
        few = f"{name} is too small by a factor of m, the number of samples"
        yield Named(few, "the factor 1/m of the mean belongs here once, or not at all"), [1 / m for m in samples]
    yield Named(f"{name} has the wrong sign"), [-1.0] * len(probes)
    yield Named(f"{name} is twice what it should be"), [2.0] * len(probes)
    yield Named(f"{name} is half of what it should be"), [0.5] * len(probes)


def _transforms(probes: Sequence[Probe], name: str, expected: Results) -> Iterator[tuple[Named, Results]]:
    """Yield what else the right result may have become: another sign or size, transposed, in another shape."""
    for named, ratio in _ratios(probes, name):
        yield named, [factor * right for factor, right in zip(ratio, expected, strict=True)]
    if any(right.any() for right in expected):
        yield Named(f"{name} is zero everywhere: is it computed at all?"), [np.zeros_like(right) for right in expected]
    column = all(right.ndim == 2 and right.shape[1] == 1 for right in expected)
    if not column and any(right.ndim == 2 for right in expected):
        words = f"{name} is transposed: rows and columns have changed places"
        yield Named(words, f"{name} must have the shape {_shape(expected)}"), [right.T for right in expected]
    if any(1 in right.shape for right in expected):
        words = f"{name} has lost an axis: the numbers are right, the shape is not, and later sums would mix them up"
        yield Named(words, f"{name} must have the shape {_shape(expected)}"), [right.squeeze() for right in expected]
    if column:
        words = f"{name} is a row where it should be a column"
        yield Named(words, f"{name} must have the shape {_shape(expected)}"), [right.T for right in expected]


def _shape(expected: Results) -> str:
    return str(expected[0].shape)
