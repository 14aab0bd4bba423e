"""Recipes: named settings, each with the published figure that it answers, and our results with it.

named/*.toml    the recipes
results/*.json  the summaries of our runs, one for each recipe and seed
"""

from .recipe import RECIPES, Published, Recipe, find_recipe, read_recipe
from .results import Result, check_settings, recorded, summarize_runs

__all__ = [
    "RECIPES",
    "Published",
    "Recipe",
    "Result",
    "check_settings",
    "find_recipe",
    "read_recipe",
    "recorded",
    "summarize_runs",
]
