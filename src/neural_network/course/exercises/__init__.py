"""The exercises: for each the texts in NAME.md, and the probes and mistakes in NAME.py."""
