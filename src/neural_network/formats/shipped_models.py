"""Trained networks that come with the package, by name: `TwoLayerNN.load("best-800")`.

docs/models.md says of each what it learned from and how well it does. Most are stored as float16, half the size.
"""

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "shipped"
SHIPPED = {path.stem: path for path in sorted(FOLDER.glob("*.safetensors"))}

EVERYDAY = "everyday-800"  # the one for people's own handwriting


def shipped_or(path: str | os.PathLike[str]) -> Path:
    """Return the file of the shipped model of this name, or else `path` itself; a file of that name comes first."""
    path = Path(path)
    return path if path.exists() else SHIPPED.get(str(path), path)
