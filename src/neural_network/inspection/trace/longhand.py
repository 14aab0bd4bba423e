"""A sum in numbers, as on paper: 1/2 × (0.56464 × 0.6 - 0.39174 × 0.3)."""

import itertools

from .cells import Factor, Sum, Term
from .symbols import number


def longhand(found: Sum) -> str:
    """Return the sum behind a cell in numbers, or the function behind it with the numbers of its arguments."""
    if found.inputs:
        name, _, rest = found.formula.partition("(")
        given = ", ".join(number(factor.value) for factor in found.inputs)
        return f"{name}({given}){rest.rpartition(')')[2]}"
    return added_up(found.terms)


def added_up(terms: list[Term]) -> str:
    """Return a sum in numbers; common factors of the terms of a Σ, such as 1/m, are written once."""
    pieces: list[str] = []
    for place, group in itertools.groupby(terms, key=lambda term: term.place is not None):
        members = [term.factors for term in group]
        shared = set.intersection(*(set(factors) for factors in members)) if place and len(members) > 1 else set()
        own = [[factor for factor in factors if factor not in shared] for factors in members]
        text = _added([_product(factors) for factors in own])
        if shared:
            before = [factor for factor in members[0] if factor in shared and members[0].index(factor) == 0]
            after = [factor for factor in members[0] if factor in shared and factor not in before]
            text = " × ".join([*map(_digits, before), f"({text})", *map(_digits, after)])
        pieces.append(text)
    return _added(pieces)


def _product(factors: list[Factor]) -> str:
    """Return a product; the -1 of a difference becomes its sign."""
    if factors and factors[0].label == "-1" and len(factors) > 1:
        product = " × ".join(map(_digits, factors[1:]))
        return product[1:] if product.startswith("-") else f"-{product}"
    return " × ".join(map(_digits, factors))


def _added(texts: list[str]) -> str:
    return " + ".join(texts).replace(" + -", " - ")


def _digits(factor: Factor) -> str:
    return factor.digits or number(factor.value)
