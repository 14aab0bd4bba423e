"""`python -m neural_network` is the command `mnist-nn`."""

from .cli import main

main()
