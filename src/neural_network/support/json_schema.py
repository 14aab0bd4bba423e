"""JSON values of files that a stranger may have written: is each of the type and size that it is written with?"""

from collections.abc import Mapping
from types import NoneType
from typing import Any, get_args

from .arguments import is_plain
from .errors import InputError

LARGEST = 2**128  # of whole numbers: a seed may be so large


def check_values(values: Any, kinds: Mapping[str, Any], where: str) -> None:
    """Raise InputError where `values` is no JSON object, or one of its values is missing or not of its kind.

    A kind is `int` or `float`, both from 0 and finite, `bool`, `str` without control characters, `tuple[str, ...]`
    for a list of them, or a union of these with `None`. Values that have no kind may be anything.
    """
    if not isinstance(values, dict):
        raise InputError(f"{where} should be an object, not {values!r}")
    for name, kind in kinds.items():
        if name not in values:
            raise InputError(f"{where} has no {name}")
        if not _is_of(values[name], kind):
            raise InputError(f"{name} of {where} cannot be {values[name]!r}")


def _is_of(value: Any, kind: Any) -> bool:
    kinds = get_args(kind) or (kind,)
    match value:
        case bool() | None:  # before int, which True is too
            return (NoneType if value is None else bool) in kinds
        case int():
            return (int in kinds or float in kinds) and 0 <= value < LARGEST
        case float():
            return float in kinds and 0 <= value < float("inf")
        case str():
            return str in kinds and ... not in kinds and is_plain(value)
        case list():
            return ... in kinds and all(_is_of(item, str) for item in value)
    return False
