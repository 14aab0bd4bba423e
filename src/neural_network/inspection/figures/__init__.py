"""Figures of a run and of its data. Each function returns a matplotlib Figure; none shows or saves it.

The figures do not use pyplot, so they choose no backend, open no window and need no display. All of them share the
palette, the fonts and the sizes of style.py, and draw what the functions of `analysis` compute. catalog.py gives the
figures of a run their names.
"""

from .animation import save_animation
from .boundaries import decision_boundaries
from .calibration import calibration
from .catalog import FIGURES, QUICK, RunFigure, draw_figures, register_figure
from .classes import confusion, per_class
from .comparison import changed_pictures, training_curves
from .digits import contact_sheet, deformations, normalization_steps
from .landscape import loss_landscape
from .layers import layer_histograms
from .learning_rates import learning_rates
from .mistakes import mistakes
from .parallel_coordinates import parallel_coordinates
from .pixels import adversarial, saliency
from .predictions import sample_predictions
from .projection import hidden_projection
from .robustness import robustness
from .run import RunData
from .saving import check_picture, save_figure, save_figures, save_run_figures
from .training import training_progress, training_pulse
from .units import unit_responses
from .weights import hidden_weights, weights_over_time

__all__ = [
    "FIGURES",
    "QUICK",
    "RunData",
    "RunFigure",
    "adversarial",
    "calibration",
    "changed_pictures",
    "check_picture",
    "confusion",
    "contact_sheet",
    "decision_boundaries",
    "deformations",
    "draw_figures",
    "hidden_projection",
    "hidden_weights",
    "layer_histograms",
    "learning_rates",
    "loss_landscape",
    "mistakes",
    "normalization_steps",
    "parallel_coordinates",
    "per_class",
    "register_figure",
    "robustness",
    "saliency",
    "sample_predictions",
    "save_animation",
    "save_figure",
    "save_figures",
    "save_run_figures",
    "training_curves",
    "training_progress",
    "training_pulse",
    "unit_responses",
    "weights_over_time",
]
