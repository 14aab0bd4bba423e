"""The machine and the versions that the figures belong to."""

import importlib.metadata
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from neural_network.support.version import __version__

from .worker import ROOT, THREADS

PACKAGES = ("numpy", "torch", "jax", "jaxlib", "scikit-learn", "scipy", "onnxruntime", "pandas", "polars")


def describe() -> dict[str, Any]:
    """Return processor, memory, system, versions, commit, date, and the load: how many processes want to run."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {
        "processor": _processor(),
        "processors": os.cpu_count(),
        "threads": THREADS,
        "memory": _memory(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "system": platform.platform(),
        "python": platform.python_version(),
        "blas": f"{blas['name']} {blas['version']}",
        "versions": {"mnist-nn": __version__, **{name: version for name in PACKAGES if (version := _version(name))}},
        "commit": commit(ROOT),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory() -> int | None:
    """Return the bytes of memory."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError):  # Windows
        return None


def commit(checkout: Path) -> str | None:
    """Return the commit of a checkout, with a + where files of it were changed; None if it is not one of git's."""
    describe = ["git", "-C", str(checkout), "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty=+"]
    try:
        return subprocess.run(describe, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None
