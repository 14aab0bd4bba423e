"""Figures: what a run looks like. Each function returns a matplotlib Figure; none shows, saves or closes anything.

The figures are made without pyplot, so they choose no backend, open no window and need no display. One file is one
family of figures; all of them share the palette, the fonts and the sizes of style.py.
"""

from .classes import confusion
from .digits import contact_sheet, deformations, normalization_steps
from .predictions import sample_predictions
from .saving import check_picture, save_figure, save_figures
from .training import training_progress
from .weights import hidden_weights

__all__ = [
    "check_picture",
    "confusion",
    "contact_sheet",
    "deformations",
    "hidden_weights",
    "normalization_steps",
    "sample_predictions",
    "save_figure",
    "save_figures",
    "training_progress",
]
