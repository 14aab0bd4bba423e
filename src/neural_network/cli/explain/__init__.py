"""`mnist-nn explain`."""
