"""Comparison of several networks on the same images: the first is the baseline of the others.

candidate.py    a run or a model file to compare
compare.py      what each classifies correctly, and how the others differ from the baseline
statistics.py   whether chance explains a difference
tables.py       the result as rows of text, for a terminal or a page
"""

from .candidate import Candidate, check_comparable
from .compare import CandidateResult, ChangedImage, Comparison, ImageSource, PairResult, compare
from .tables import CHANGES, DELTA, method, options_table, results_table

__all__ = [
    "CHANGES",
    "DELTA",
    "Candidate",
    "CandidateResult",
    "ChangedImage",
    "Comparison",
    "ImageSource",
    "PairResult",
    "check_comparable",
    "compare",
    "method",
    "options_table",
    "results_table",
]
