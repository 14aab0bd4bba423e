"""A contest: several networks read the same images, and the others are compared with the first of them.

contender.py   who takes part
judge.py       what each reads, how they differ, and whether chance explains it
tables.py      the same in words and figures, for a terminal or a page
"""

from .candidate import Contender, check_alike
from .compare import changed_images, contest
from .tables import CHANGES, DELTA, figures_table, method, options_table

__all__ = [
    "CHANGES",
    "DELTA",
    "Contender",
    "changed_images",
    "check_alike",
    "contest",
    "figures_table",
    "method",
    "options_table",
]
