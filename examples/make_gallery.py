"""Make the pictures of README.md and docs/gallery.md: train on built-in digits, draw every figure, and shrink it.

    python examples/make_gallery.py
    python examples/make_gallery.py --output pictures --epochs 3

It runs the commands beside the pictures: `mnist-nn train` and `mnist-nn figures`. The pictures show built-in digits
only, which this package draws itself, so they can be distributed with it.
"""

import argparse
import os
import tempfile
from pathlib import Path

from PIL import Image

from neural_network.cli import main

TRAIN = "train --data synthetic --hidden 24 --optimizer adam --batch-size 128 --name gallery --no-figures"
WIDTH = 540  # pixels: sharp enough for a page, small enough for a repository
COLORS = 96

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--output", type=Path, default="docs/gallery", help="the folder for the pictures")
parser.add_argument("--epochs", type=int, default=8)
options = parser.parse_args()


def run(command: str) -> None:
    """Run a command of mnist-nn as it would be typed."""
    print(f"mnist-nn {command}", flush=True)
    try:
        main(command.split())
    except SystemExit as stopped:
        if stopped.code:
            raise


output = options.output.absolute()
output.mkdir(parents=True, exist_ok=True)
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    run(f"{TRAIN} --epochs {options.epochs}")
    run("figures runs/gallery")
    run("figures runs/gallery --animate weights.gif")
    for path in sorted(Path("runs/gallery/figures").glob("*.png")):
        with Image.open(path) as image:
            size = (WIDTH, round(image.height * WIDTH / image.width))
            small = image.convert("RGB").resize(size, Image.Resampling.LANCZOS)
        few = small.quantize(COLORS, method=Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)
        few.save(output / path.name, optimize=True)
    (output / "weights.gif").write_bytes(Path("weights.gif").read_bytes())
    os.chdir(output)  # so that the folder can be removed

total = sum(path.stat().st_size for path in output.iterdir())
print(f"{len(list(output.iterdir()))} pictures, {total / 1e6:.2f} MB, in {output}")
