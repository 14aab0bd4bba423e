"""The command `mnist-nn`: a face of the library, in which every command is a file of its own."""

from .main import main

__all__ = ["main"]
