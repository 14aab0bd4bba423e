"""The version of this package. It is written nowhere else."""

__version__ = "0.1.0"
