"""`mnist-nn sweep`, and how its results are printed."""
