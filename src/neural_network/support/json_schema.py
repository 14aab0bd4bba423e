"""JSON values of files from untrusted sources: each must be of the type and size with which the program writes it."""

import math
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from types import NoneType
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_type_hints

from .arguments import is_plain
from .errors import InputError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Kind = TypeVar("Kind", bound="DataclassInstance")
WORDS = {bool: "true or false", int: "a whole number ≥ 0", float: "a finite number", str: "plain text"}
LIST = "a list of text"
INTEGER_LIMIT = 2**128  # seeds may be as large as that


def check_values(values: Any, kinds: Mapping[str, Any], where: str) -> None:
    """Raise InputError if `values` is not a JSON object, or one of its values is missing or not of its kind.

    A kind is `int` from 0 to INTEGER_LIMIT - 1, `float` (finite), `bool`, `str` without control characters,
    `tuple[str, ...]` for a list of them, or a union of these with `None`. Values without a kind may be anything.
    """
    if not isinstance(values, dict):
        raise InputError(f"{where} should be an object, not {values!r}")
    for name, kind in kinds.items():
        if name not in values:
            raise InputError(f"{where} has no {name}")
        if not _is_of(values[name], kind):
            each_kind = get_args(kind) or (kind,)
            words = LIST if ... in each_kind else " or ".join(WORDS[each] for each in each_kind if each in WORDS)
            raise InputError(f"{name} of {where} cannot be {values[name]!r}{words and f'; expected {words}'}")


def read_object(kind: type[Kind], values: Any, where: str) -> Kind:
    """Return the dataclass `kind` whose fields have these JSON values; see `check_values` for what it raises.

    Fields with a default may be missing, and keys that are no fields are ignored. Fields may be dataclasses too.
    """
    check_values(values, {}, where)
    types = get_type_hints(kind)
    kinds = {
        field.name: types[field.name] for field in fields(kind) if field.name in values or field.default is MISSING
    }
    inner = {
        name: read_object(member, values[name], f"{name} of {where}")
        for name, types_of_field in kinds.items()
        for member in get_args(types_of_field) or (types_of_field,)
        if isinstance(member, type) and is_dataclass(member) and isinstance(values.get(name), dict)
    }
    check_values(values, {name: kinds[name] for name in kinds if name not in inner}, where)
    return kind(**{name: values[name] for name in kinds} | inner)


def _is_of(value: Any, kind: Any) -> bool:
    kinds = get_args(kind) or (kind,)
    match value:
        case bool() | None:  # before int, which True is too
            return (NoneType if value is None else bool) in kinds
        case int():
            return abs(value) < INTEGER_LIMIT and (float in kinds or (int in kinds and value >= 0))
        case float():
            return float in kinds and math.isfinite(value)
        case str():
            return str in kinds and ... not in kinds and is_plain(value)
        case list() | tuple():
            return ... in kinds and all(_is_of(item, str) for item in value)
    return False
