"""What an exercise is: a page of text, functions to write, probes that test them, and the mistakes people make.

The texts are in NAME.md: the page, then sections for stub, solution, hints, the explanation afterwards and a question.
A mistake is an edit of the solution, so each is a program that runs, and two of them together are one, too.
"""

import ast
import re
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from typing import Any

import numpy as np

from ..support.errors import InputError
from ..support.source_module import Edits, edit, make_module
from .outcomes import Parts, split

SOURCE = "<string>"  # the name of the file in tracebacks of a module that was made of a text


@dataclass(frozen=True, eq=False)
class Probe:
    """Calls of a function, and what they should give.

    Attributes
    ----------
    what : str
        The end of a sentence, such as "with one sample".
    calls : list of tuples
        The arguments of each call. An argument may be `Previous(0)`, what the first call returned.
    expected : dict
        The parts of the result by name. Where an entry is NaN, any number will do.
    m : int
        The number of samples, which a wrong result may be too large or too small by.
    tolerance : float
        The largest error that is still rounding, as a share of the largest expected entry.
    """

    what: str
    calls: Sequence[tuple[Any, ...]]
    expected: Parts
    m: int = 1
    tolerance: float = 1e-6


@dataclass(frozen=True, eq=False)
class Check:
    """A function of an exercise, with its probes.

    Attributes
    ----------
    function : str
        The name that the learner's function must have.
    probes : callable
        Makes the probes, when they are needed.
    view : callable
        Takes the results of a probe's calls, and returns what of them is compared, by name. Raises Malformed.
    in_place : tuple of int
        The numbers of the arguments that the function may change.
    properties : bool
        Whether the parts are properties of a random result. Then a mistake is named only if it explains all of them,
        and parts that no probe expects serve to tell mistakes apart.
    calls : tuple of str
        The functions of the same exercise that it calls.
    seconds : float
        The processor time that a probe may take.
    """

    function: str
    probes: Callable[[], list[Probe]]
    view: Callable[[list[Any]], Parts]
    in_place: tuple[int, ...] = ()
    properties: bool = False
    calls: tuple[str, ...] = ()
    seconds: float = 1.0


@dataclass(frozen=True, eq=False)
class Mistake:
    """A wrong implementation: the solution with some of its text replaced.

    Attributes
    ----------
    title : str
        What is wrong, as one sentence.
    equation : str
        The equation or the rule that it violates.
    edits : tuple of pairs
        Each (old, new): text of the solution, and the text in its place.
    """

    title: str
    equation: str
    edits: Edits

    def apply(self, source: str) -> str | None:
        """Return the solution with this mistake in it; None where its text is not there (another edit took it)."""
        try:
            return edit(source, self.edits)
        except InputError:
            return None


@dataclass(frozen=True, eq=False)
class Exercise:
    """One exercise of the course."""

    number: int
    name: str
    checks: Sequence[Check]
    mistakes: Sequence[Mistake]
    uses: Sequence[str] = ()  # the exercises whose functions it calls
    sections: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def module(self) -> str:
        """The name under which later exercises import the learner's functions."""
        return f"ex{self.number:02}_{self.name}"

    @property
    def file(self) -> str:
        """The name of the learner's file."""
        return f"{self.module}.py"

    @property
    def title(self) -> str:
        return self.sections["title"]

    @property
    def page(self) -> str:
        return self.sections["page"]

    @property
    def hints(self) -> list[str]:
        return [self.sections[f"Hint {number}"] for number in (1, 2, 3)]

    @cached_property
    def stub(self) -> str:
        return _code(self.sections["Stub"])

    @cached_property
    def solution(self) -> str:
        return _code(self.sections["Solution"])

    def mistakes_in(self, function: str) -> list[Mistake]:
        """Return the mistakes that are edits of this function."""
        (body,) = [
            ast.get_source_segment(self.solution, node) or ""
            for node in ast.parse(self.solution).body
            if isinstance(node, ast.FunctionDef) and node.name == function
        ]
        return [mistake for mistake in self.mistakes if mistake.edits[0][0].strip() in body]

    @cached_property
    def arguments(self) -> dict[str, list[str]]:
        """The names of the arguments of each function."""
        tree = ast.parse(self.solution)
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        return {node.name: [argument.arg for argument in node.args.args] for node in functions}


def make(number: int, name: str, module: Any) -> Exercise:
    """Return an exercise from its module and the texts beside it."""
    text = files(__package__).joinpath("exercises", f"{name}.md").read_text(encoding="utf-8")
    return Exercise(number, name, module.CHECKS, module.MISTAKES, getattr(module, "USES", ()), _sections(text))


def _sections(text: str) -> dict[str, str]:
    head, *rest = re.split(r"^## ", text, flags=re.MULTILINE)
    title, _, page = head.partition("\n")
    sections = {"title": title.removeprefix("# ").strip(), "page": page.strip()}
    for part in rest:
        name, _, body = part.partition("\n")
        sections[name.strip()] = body.strip()
    return sections


def _code(section: str) -> str:
    return section.removeprefix("```python\n").removesuffix("```")


def load(source: str, known: Mapping[str, Any]) -> types.ModuleType:
    """Return a module made of `source`; what it imports from earlier exercises is taken from `known`."""
    return make_module("exercise", re.sub(r"^from ex\d\d_.*$", "", source, flags=re.MULTILINE), SOURCE, known)


def mistake(title: str, equation: str, *texts: str) -> Mistake:
    """Return a mistake; the texts are old and new in turn."""
    return Mistake(title, equation, tuple(zip(texts[::2], texts[1::2], strict=True)))


def named(*names: str) -> Callable[[list[Any]], Parts]:
    """Return a view of the last call's result: one array, or a tuple of arrays with these names."""
    return lambda results: split(results[-1], names)


def steps(*names: str) -> Callable[[list[Any]], Parts]:
    """Return a view of the results of all calls: each name stands for the arrays of that name, stacked."""

    def view(results: list[Any]) -> Parts:
        each = [split(result, names) for result in results]
        return {name: np.stack([parts[name] for parts in each]) for name in names}

    return view
