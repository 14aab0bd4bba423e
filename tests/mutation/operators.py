"""What is done to the code: one small mistake at a time, each of a kind that people make.

Cosmic Ray's own operators come in hundreds: every + becomes eleven other signs, and the more absurd the sign, the more
surely a test fails, which flatters the score. Chosen here are those that are hardest to notice, and added are four that
it lacks: a statement or an option left out, a wrong assignment, an exception not caught. Error messages are not
changed: their words are no part of what is promised.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from cosmic_ray.operators import provider
from cosmic_ray.operators.operator import Operator
from parso.python.tree import Keyword, Name, Newline

Position = tuple[tuple[int, int], tuple[int, int]]

NEAREST = {
    "BinaryOperator": "Add_Sub Sub_Add Mul_Div Div_Mul Mul_Add FloorDiv_Div Pow_Mul BitAnd_BitOr",
    "ComparisonOperator": "Eq_NotEq NotEq_Eq Lt_LtE Lt_GtE LtE_Lt LtE_Gt Gt_GtE Gt_LtE GtE_Gt GtE_Lt Is_IsNot IsNot_Is",
    "UnaryOperator": "USub_UAdd Delete_Invert Delete_Not",
}
OTHERS = (
    "AddNot ReplaceTrueWithFalse ReplaceFalseWithTrue ReplaceAndWithOr ReplaceOrWithAnd ReplaceBreakWithContinue "
    "NumberReplacer RemoveDecorator ZeroIterationForLoop"
)
WRONG = {"+=": ("-=", "="), "-=": ("+=", "="), "*=": ("/=", "=")}


class Mistake(Operator):
    """An operator without examples, which Cosmic Ray uses in its own tests only."""

    @classmethod
    def examples(cls) -> Iterable[Any]:
        return ()


class RemoveStatement(Mistake):
    """`self.steps += 1` becomes `pass`: any simple statement but imports and docstrings."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        if node.type == "simple_stmt" and node.children[0].type not in ("string", "import_name", "import_from"):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        first = node.get_first_leaf()
        node.children = [Keyword("pass", first.start_pos, first.prefix), Newline("\n", first.end_pos)]
        return node


class ReplaceAssignment(Mistake):
    """`v *= μ` becomes `v /= μ` or `v = μ`."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        for _ in WRONG.get(getattr(node, "value", ""), ()):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        node.value = WRONG[node.value][index]
        return node


class RemoveOption(Mistake):
    """`E.sum(axis=0)` becomes `E.sum()`: each argument that is passed by its name."""

    def mutation_positions(self, node: Any) -> list[Position]:
        return [(node.children[at].start_pos, node.children[at].end_pos) for at in self._options(node)]

    def mutate(self, node: Any, index: int) -> Any:
        at = self._options(node)[index]
        comma = node.type == "arglist"
        del node.children[at - 1 if comma and at else at : at + 1 if at or not comma else at + 2]
        return node

    @staticmethod
    def _options(node: Any) -> list[int]:
        """Return which children of a list of arguments are given by name."""
        if node.type not in ("arglist", "trailer"):
            return []
        return [at for at, child in enumerate(node.children) if child.type == "argument" and child.children[1] == "="]


class MissException(Mistake):
    """`except (OSError, zlib.error)` becomes `except (OSError, GeneratorExit)`: each exception in turn."""

    def mutation_positions(self, node: Any) -> list[Position]:
        caught, places = self._caught(node)
        return [(caught[at].start_pos, caught[at].end_pos) for at in places]

    def mutate(self, node: Any, index: int) -> Any:
        caught, places = self._caught(node)
        first = caught[places[index]].get_first_leaf()
        caught[places[index]] = Name("GeneratorExit", first.start_pos, first.prefix)
        return node

    @staticmethod
    def _caught(node: Any) -> tuple[list[Any], range]:
        """Return a list of nodes, and where in it are those of the exceptions that are caught."""
        if node.type != "except_clause":
            return [], range(0)
        if node.children[1].type != "atom":
            return node.children, range(1, 2)
        exceptions = node.children[1].children[1].children
        return exceptions, range(0, len(exceptions), 2)


def operators() -> list[Operator]:
    """Return one of each."""
    core = provider.OperatorProvider()
    names = [f"Replace{kind}_{change}" for kind, changes in NEAREST.items() for change in changes.split()]
    return [*(core[name]() for name in names + OTHERS.split()), *(own() for own in Mistake.__subclasses__())]
