"""Inspecting a network: gradient check, trace, diagnosis, analysis, comparison, figures, report."""
