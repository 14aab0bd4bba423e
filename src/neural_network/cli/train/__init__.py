"""`mnist-nn train`."""
