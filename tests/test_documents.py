"""The documents hold: README's code runs as it stands, its excerpt is the source, and links lead somewhere."""

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

from neural_network.cli import main
from neural_network.data import Dataset, make_samples
from neural_network.data.export import export_csv
from neural_network.inspection.figures import FIGURES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "data/README.md"])


def blocks(language: str) -> list[str]:
    """Return README's code blocks in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with a small data/train.csv in Kaggle's format: 1,500 rows in which class c is a bar at row 2c + 4."""
    folder = tmp_path_factory.mktemp("home")
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, 1500)
    images = rng.integers(0, 60, (1500, 28, 28)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[2 * label + 4, 4:24] = 255
    export_csv(Dataset("bars", "a test", make_samples(images, labels)), folder / "data")
    return folder


@pytest.mark.parametrize("package", ["src.neural_network", "neural_network"])
def test_the_quick_start_runs_as_it_stands(home, package):
    (code,) = [block for block in blocks("python") if "read_csv" in block]
    code = code.replace("src.neural_network", package)
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(home)}
    command = [sys.executable, "-W", "error", "-c", code]
    result = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    accuracy = re.fullmatch(r"Validation Accuracy: (\d\.\d{3})\n", result.stdout)
    assert accuracy, result.stdout
    assert float(accuracy[1]) > 0.9
    assert sorted(path.name for path in home.rglob("*")) == ["data", "train.csv"]  # it leaves no files behind


@pytest.mark.slow
def test_the_estimator_runs_as_it_stands():
    (code,) = [block for block in blocks("python") if "sklearn" in block]
    pytest.importorskip("sklearn")
    command = [sys.executable, "-W", "error", "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert float(result.stdout) > 0.9


def commands() -> list[str]:
    return [line for block in blocks("console") for line in block.splitlines() if line.startswith("mnist-nn")]


@pytest.mark.parametrize(
    "only",
    [
        pytest.param([], id="all figures", marks=pytest.mark.slow),
        pytest.param(["--only", "per_class"], id="one figure"),
    ],
)
def test_readmes_commands_run_in_their_order(home, monkeypatch, tmp_path, capsys, only):
    """Usually with one figure where README has all: to draw them takes longer than all else."""
    shutil.copytree(home / "data", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MNIST_NN_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("MNIST_NN_DATA", raising=False)
    for command in commands():
        if "download" in command or command == "mnist-nn play":
            continue  # there are tests of their own for downloads, and for a page that is served until Ctrl-C
        _, *words = shlex.split(command, comments=True)
        with pytest.raises(SystemExit) as stopped:
            main([*words, *(only if words[0] in ("figures", "report") else [])])
        assert not stopped.value.code, f"{command}: {capsys.readouterr().err}"


def test_readmes_excerpt_is_the_source():
    source = (ROOT / "src/neural_network/network.py").read_text()
    lines = [line for block in blocks("python") if "# (1)" in block for line in block.splitlines() if "# (" in line]
    assert len(lines) == 11
    for line in lines:
        assert line.strip() in source


def test_the_gallery_shows_every_figure_beside_its_command_and_is_small():
    gallery, pictures = (ROOT / "docs/gallery.md").read_text(), ROOT / "docs/gallery"
    for name in FIGURES:
        assert f"--only {name}" in gallery
        assert (pictures / f"{name}.png").exists()
        assert f"](gallery/{name}.png)" in gallery
    assert "--animate weights.gif" in gallery
    assert {path.stem for path in pictures.iterdir()} == {*FIGURES, "weights"}
    assert sum(path.stat().st_size for path in pictures.iterdir()) < 1_000_000


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files(document):
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text()):
        assert (document.parent / target).exists(), target


def test_requirements_are_those_of_the_package_and_work_from_any_folder():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == [
        *project["dependencies"],
        *project["optional-dependencies"]["pandas"],  # of the quick start
    ]
