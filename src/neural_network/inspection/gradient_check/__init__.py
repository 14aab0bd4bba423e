"""Gradient check: central differences against backward."""
