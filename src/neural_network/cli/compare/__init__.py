"""`mnist-nn compare`."""
