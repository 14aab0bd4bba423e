"""Runs: their settings, their folders, and the files in them."""
