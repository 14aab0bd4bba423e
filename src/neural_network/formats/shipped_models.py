"""Trained networks that come with the package, by name: `TwoLayerNN.load("best-800")`.

docs/models.md says of each what it learned from and how well it does. Most are stored as float16, half the size.
"""

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "shipped"
SHIPPED = {path.stem: path for path in sorted(FOLDER.glob("*.safetensors"))}

EVERYDAY = "everyday-800"  # the one for people's own handwriting


def shipped_or(path: str | os.PathLike[str]) -> Path:
    """Return the file of the shipped model of this name, or else `path` itself; a file or run so named comes first."""
    path = Path(path)
    shipped = SHIPPED.get(str(path))
    if not shipped or path.is_file():
        return path
    holds_run = path.is_dir() and any(each.suffix in (".safetensors", ".json") for each in path.iterdir())
    return path if holds_run else shipped
