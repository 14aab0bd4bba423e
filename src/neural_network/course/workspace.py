"""The learner's folder: the files of the exercises, and the progress.

Solutions are never written into it. What was passed, and how many hints were shown, is kept in .progress.json.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from ..data.new_directory import new_folder
from ..support.atomic_files import atomic_write
from ..support.errors import InputError
from .catalog import ordered
from .exercise import Exercise
from .grader import Verdict, grade
from .notebook_files import notebook

PROGRESS = ".progress.json"
ANEW = "write {} into it to begin with no progress; your own files stay as they are"
README = """# Build the network yourself

{files}

1. `mnist-nn course next` shows the page of the next exercise.
2. Write your lines into its {where}.
3. {check}
4. `mnist-nn course hint` gives a hint, three for each exercise.
5. `mnist-nn course progress` shows how far you are.

Only NumPy is needed. Work in this folder: your functions are used in later exercises.

| | exercise | file |
| --- | --- | --- |
{rows}
"""


@dataclass
class Progress:
    """What is kept in the folder between two commands."""

    notebooks: bool = False
    passed: dict[str, str] = field(default_factory=dict)  # by the exercise's name, a checksum of the file that passed
    hints: dict[str, int] = field(default_factory=dict)  # how many were shown
    solutions: list[str] = field(default_factory=list)  # of which exercises the solution was shown


class Workspace:
    """A learner's folder.

    Parameters
    ----------
    folder : Path
        Made by `start`.

    Raises
    ------
    InputError
        It is not such a folder, or its record of the progress is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = folder / PROGRESS
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise InputError(
                f"{folder} is not a folder of the course; make one with: mnist-nn course start DIR, and go there"
            ) from None
        except (OSError, ValueError) as error:
            raise InputError(f"{path} is damaged ({error}); {ANEW}") from None
        self.progress = _read(values, path)

    def save(self) -> None:
        """Write the progress."""
        with atomic_write(self.folder / PROGRESS) as file:
            file.write((json.dumps(asdict(self.progress), indent=1) + "\n").encode())

    def current(self) -> Exercise | None:
        """Return the first exercise that has not been passed; None if all have."""
        return next((exercise for exercise in ordered() if exercise.name not in self.progress.passed), None)

    def check(self, exercise: Exercise) -> Verdict:
        """Grade an exercise, and keep whether it has passed."""
        return self.check_all([exercise])[0]

    def check_all(self, chosen: Sequence[Exercise]) -> list[Verdict]:
        """Grade several exercises, and keep which have passed."""
        marks = {exercise.name: self._mark(exercise) for exercise in ordered()}
        with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:  # which mostly waits for other processes
            verdicts = list(pool.map(lambda exercise: self._grade(exercise, marks), chosen))
        before = dict(self.progress.passed)
        for exercise, verdict in zip(chosen, verdicts, strict=True):
            if verdict.passed:
                self.progress.passed[exercise.name] = marks[exercise.name]
            else:
                self.progress.passed.pop(exercise.name, None)
        if self.progress.passed != before:
            self.save()
        return verdicts

    def _grade(self, exercise: Exercise, marks: dict[str, str]) -> Verdict:
        if self.progress.notebooks and not marks[exercise.name]:
            message = f"{exercise.module}.ipynb: its cell has not run yet; open it in Jupyter, and run the cell"
            return Verdict(exercise.name, exercise.file, "not started", [message])
        return grade(exercise, self.folder, self._sure(exercise, marks))

    def _sure(self, exercise: Exercise, marks: dict[str, str]) -> bool:
        """Return whether all earlier exercises that this one uses are as they were when they passed."""
        return all(self.progress.passed.get(name) == marks[name] for name in exercise.uses)

    def _mark(self, exercise: Exercise) -> str:
        try:
            return hashlib.sha256((self.folder / exercise.file).read_bytes()).hexdigest()[:16]
        except OSError:
            return ""

    def next_hint(self, exercise: Exercise) -> list[str]:
        """Return one hint more than the last time, all three at most."""
        shown = min(len(exercise.hints), self.progress.hints.get(exercise.name, 0) + 1)
        if self.progress.hints.get(exercise.name) != shown:
            self.progress.hints[exercise.name] = shown
            self.save()
        return exercise.hints[:shown]

    def note_solution(self, exercise: Exercise) -> None:
        """Keep that the solution of an exercise was shown."""
        if exercise.name not in self.progress.solutions:
            self.progress.solutions.append(exercise.name)
            self.save()

    def reset(self, exercise: Exercise) -> Path | None:
        """Write the stub again, and return where the learner's file is kept, if there was one."""
        path, kept = self.folder / exercise.file, None
        if path.exists():
            kept = path.with_suffix(".before_reset")
            path.replace(kept)
        write_exercise(self.folder, exercise, self.progress.notebooks)
        self.progress.passed.pop(exercise.name, None)
        self.save()
        return kept


def _read(values: Any, path: Path) -> Progress:
    """Return the progress that a file holds. Raises InputError."""
    values = {**asdict(Progress()), **values} if isinstance(values, dict) else {}
    match values:
        case {"notebooks": bool(), "passed": dict(passed), "hints": dict(hints), "solutions": list(solutions)}:
            numbers = all(isinstance(count, int) and count >= 0 for count in hints.values())
            if numbers and all(isinstance(text, str) for text in (*passed.values(), *solutions)):
                return Progress(**{each.name: values[each.name] for each in fields(Progress)})
    raise InputError(f"{path} is damaged; {ANEW}")


def start(folder: Path, notebooks: bool = False) -> Workspace:
    """Make a new folder with all exercises.

    Raises
    ------
    InputError
        `folder` exists already and is not empty.
    WorkError
        It cannot be written.
    """
    with new_folder(folder) as unfinished:
        for exercise in ordered():
            write_exercise(unfinished, exercise, notebooks)
        ending = ".ipynb" if notebooks else ".py"
        rows = [f"| {each.number} | {each.title} | {each.module}{ending} |" for each in ordered()]
        files = "Nineteen exercises, from one-hot labels to a network that reads digits. " + (
            "Each is a notebook." if notebooks else "Each has a page (.md) and a file for your lines (.py)."
        )
        check = (
            "Run the cell: it says what is wrong."
            if notebooks
            else ("`mnist-nn course check` says what is wrong; `mnist-nn course watch` does so whenever you save.")
        )
        text = README.format(files=files, where="cell" if notebooks else "file", check=check, rows="\n".join(rows))
        (unfinished / "README.md").write_text(text, encoding="utf-8")
        progress = json.dumps(asdict(Progress(notebooks)), indent=1)
        (unfinished / PROGRESS).write_text(progress + "\n", encoding="utf-8")
    return Workspace(folder)


def write_exercise(folder: Path, exercise: Exercise, notebooks: bool) -> None:
    """Write the stub and the page of an exercise, or its notebook."""
    if notebooks:
        text = json.dumps(notebook(exercise), indent=1, ensure_ascii=False) + "\n"
        (folder / f"{exercise.module}.ipynb").write_text(text, encoding="utf-8")
    else:
        (folder / exercise.file).write_text(exercise.stub, encoding="utf-8")
        page = f"# {exercise.number}. {exercise.title}\n\n{exercise.page}\n"
        (folder / f"{exercise.module}.md").write_text(page, encoding="utf-8")
