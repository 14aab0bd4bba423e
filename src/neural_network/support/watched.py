"""Whether somebody watches a function while it runs: with a print, or in a debugger."""

from collections.abc import Callable
from typing import Any

STOPS = {"breakpoint", "set_trace"}  # of pdb and of what takes its place
SHOWS = {"print", *STOPS}


def calls(functions: list[Callable[..., Any]], names: set[str]) -> bool:
    """Return whether one of the functions calls a function of one of these names."""
    codes = [getattr(function, "__code__", None) for function in functions]
    return any(code and names & {*code.co_names} for code in codes)
