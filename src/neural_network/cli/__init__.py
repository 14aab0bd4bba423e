"""The command `mnist-nn`: each of its commands is a file, or a folder where it has helpers of its own."""

from .main import main

__all__ = ["main"]
