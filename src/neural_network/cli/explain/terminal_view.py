"""A recorded step in the terminal: line by line as it ran, each with its values in numbers or as a heatmap."""

import inspect
import math
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from ...inspection.trace import Line, Place, Sum, Trace, added_up, equation, explain_cell, longhand, number
from ...inspection.trace.axes import Axes
from ...support.picture_format import shape_of, square
from .. import terminal
from .heatmap import LEGENDS, as_hex, as_pictures, color_of, fitted, heatmap, in_rows, side_by_side

MAX_MATRIX_ENTRIES, MAX_MATRIX_ROWS = 16, 4  # of arrays that are printed as matrices of numbers
MAX_VECTOR_ENTRIES, MAX_VECTORS = 64, 4  # of arrays whose columns are printed as rows of numbers
MAX_WRITTEN_OUT = 4  # entries of an array for which every sum is printed
MAX_INLINE_TERMS = 5  # of a sum that is printed in one line
MAX_TERMS = 10  # of a longer sum, printed one by one
INDENT = 6
MIN_PIXELS = 16  # of a picture
AXES = {"D": "input", "H": "unit", "m": "sample"}


class TerminalView:
    """Prints a trace on a console."""

    def __init__(self, console: Console, trace: Trace, names: Sequence[str], classes: Sequence[str]) -> None:
        self.console, self.trace, self.names, self.classes = console, trace, names, classes
        self.colors = console.color_system is not None
        self.width = min(console.width, 120)
        inputs = trace.network.input_size  # few of them are no picture but a toy
        self.shape = (shape_of(trace.network.picture_format) or square(inputs)) if inputs >= MIN_PIXELS else None

    def show_step(self, title: str, predicted: np.ndarray, confidence: np.ndarray) -> None:
        """Print the whole step, with the predicted class and its confidence for each sample."""
        say = self.console.print
        say(Text("One training step, line by line", style="bold"))
        say(Text(title, style="dim"))
        for name, label, prediction, share in zip(self.names, self.trace.Y, predicted, confidence, strict=True):
            verdict = "right" if label == prediction else "wrong"
            true, guess = self.classes[label], self.classes[prediction]
            say(Text(f"{name} is a {true}, predicted: {guess} ({share:.1%}), {verdict}"))
        say(Text(f"loss {number(self.trace.loss)} before the step, {number(self.trace.loss_after)} after it"))
        if self.trace.network.W1.size > MAX_MATRIX_ENTRIES:
            say(Text(LEGENDS[self.colors], style="dim"))
        say()
        self._print("X", self.trace.X, ("D", "m"))
        say()
        function, shown = "", ""
        for line in self.trace.lines:
            if line.function != function:
                function = line.function
                say(Rule(f"{function}  ·  {Path(line.statement.file).name}", align="left", style="dim"))
            if equation(line) != shown:
                shown = equation(line)
                self._print_head(line)
            self._print_value(line)

    def show_cell(self, found: Sum) -> None:
        """Print the sum behind one number."""
        say, line = self.console.print, found.line
        self._print_head(line)
        say(Text.assemble((found.name, "bold"), f" = {found.formula}", f" = {number(found.value)}"))
        if about := ", ".join(self._place(place) for place in found.places):
            say(Text(f"{about}{'; pixels are (row, column)' if 'pixel' in about else ''}", style="dim"))
        say()
        if found.inputs:
            self._print_inputs(found)
        elif len(found.terms) <= MAX_INLINE_TERMS:
            say(Text(f"  = {longhand(found)}"))
            say(Text(f"  = {number(found.total)}"))
        else:
            self._print_terms(found)
        if not math.isclose(found.total, found.value, rel_tol=1e-9, abs_tol=1e-12):
            networks = f"that of the network, in {line.value.dtype}, is {found.value:.9g}"
            say(Text(f"the sum in float64 is {found.total:.9g}; {networks}", style="dim"))

    def _print_head(self, line: Line) -> None:
        label = f"({line.number})" if line.number else ""
        head = Table.grid(expand=False, padding=(0, 2, 0, 0))
        head.add_column(width=INDENT - 2, justify="right", style="bold")
        head.add_column()
        head.add_row(label, Text(equation(line), style="bold"))
        self.console.print(head)
        source = _source(line.statement.source.strip(), line.statement.line)
        self.console.print(Padding(source, (0, 0, 0, INDENT - 2), expand=False))

    def _print_value(self, line: Line) -> None:
        name = line.name
        if line.before is not None:
            change = np.abs(line.value - line.before).max(initial=0)
            note = f"changed by {number(float(change))} at most"
            self._print(name, line.value, line.axes, note, line.before)
        else:
            self._print(name, line.value, line.axes)
        if line.value.size <= MAX_WRITTEN_OUT:
            self._write_out(line)
        self.console.print()

    def _write_out(self, line: Line) -> None:
        """Print the sum behind every number of a small array."""
        for cell in np.ndindex(line.value.shape):
            found = explain_cell(line, cell)
            numbers, result = longhand(found), number(found.value)
            if len(found.terms) <= MAX_INLINE_TERMS and numbers != result:
                text = Text(f"{found.name} = {numbers} = {result}", style="dim")
                self.console.print(Padding(text, (0, 0, 0, INDENT), expand=False))

    def _print(
        self, name: str, value: np.ndarray, axes: Axes, note: str = "", before: np.ndarray | None = None
    ) -> None:
        letters = [axis or str(size) for axis, size in zip(axes, value.shape, strict=True)]
        sizes = [str(size) for size in value.shape]
        shape = " × ".join(sizes) if letters == sizes else f"{' × '.join(letters)} = {' × '.join(sizes)}"
        heading = Text.assemble((name, "bold"), f"  {shape}", style="dim")
        drawing = (
            list(self._draw(value, axes, before)) if name.isidentifier() or value.size <= MAX_MATRIX_ENTRIES else []
        )
        if value.size > MAX_MATRIX_ENTRIES:
            heading.append(f"  from {number(float(value.min()))} to {number(float(value.max()))}")
        if note:
            heading.append(f"  {note}")
        self.console.print(Padding(heading, (0, 0, 0, INDENT), expand=False))
        for text in drawing:
            self.console.print(Padding(text, (0, 0, 0, INDENT), expand=False), no_wrap=True)

    def _draw(self, value: np.ndarray, axes: Axes, before: np.ndarray | None) -> Iterator[Text]:
        room = self.width - INDENT
        if value.size <= MAX_MATRIX_ENTRIES and len(value) <= MAX_MATRIX_ROWS:
            yield from _as_numbers(value, before)
        elif value.ndim == 2 and "D" in axes and self.shape:
            rows = value if axes[1] == "D" else value.T
            digits = axes == ("D", "m")
            tiles = as_pictures(rows, self.shape, small=len(rows) > 3)
            most = 2 * side_by_side(tiles[0].shape[1], room)
            if len(tiles) > most:
                kept = np.sort(np.argsort(-np.abs(rows).max(axis=1), kind="stable")[:most])
                tiles = [tiles[row] for row in kept]
                which = f"{AXES.get(axes[0] or '', 'row')}s {', '.join(map(str, kept))}"
                yield Text(f"the {most} of {len(rows)} with the largest entries: {which}", style="dim")
            largest = max(float(np.abs(tile).max()) for tile in tiles)
            drawn = [heatmap(tile, colors=self.colors, grey=digits, largest=largest) for tile in tiles]
            yield from in_rows(drawn, room)
        elif value.ndim <= 2 and len(value) <= MAX_VECTOR_ENTRIES and value.size <= MAX_VECTORS * len(value):
            yield from self._as_vectors(value, axes, before)
        elif value.size == len(value):
            yield from heatmap(fitted(value.reshape(1, -1), 1, room), colors=self.colors)
        else:
            value = value.reshape(len(value), -1)
            doubled = np.repeat(value, 2 if 2 * value.shape[1] <= room else 1, axis=1)
            yield from heatmap(fitted(doubled, 32, room), colors=self.colors)

    def _as_vectors(self, value: np.ndarray, axes: Axes, before: np.ndarray | None) -> Iterator[Text]:
        """Write the columns of an array as rows of numbers, below the index of each entry."""
        columns = value.reshape(len(value), -1).T
        labels = [""] * len(columns)
        if before is not None:
            columns, labels = np.concatenate([before.reshape(len(value), -1).T, columns]), ["before", "after"]
        elif axes[1:] == ("m",) and len(columns) > 1:
            labels = [*self.names]
        largest = np.abs(columns).max() or 1
        numbers = [[f"{entry:.3f}" if 0.01 <= largest < 1000 else f"{entry:.1e}" for entry in row] for row in columns]
        width = 1 + max(len(text) for texts in numbers for text in texts)
        left = max(map(len, labels)) + 1 if any(labels) else 0
        lines = math.ceil(len(value) / max(1, (self.width - INDENT - left) // width))
        for indices in np.array_split(np.arange(len(value)), lines):
            yield Text(" " * left + "".join(f"{index:>{width - 1}} " for index in indices), style="dim")
            for label, column, texts in zip(labels, columns, numbers, strict=False):
                line = Text(label.ljust(left))
                for index in indices:
                    color = _on_color(column[index] / largest) if self.colors else ""
                    line.append(texts[index].rjust(width - 1) + " ", style=color)
                yield line

    def _print_inputs(self, found: Sum) -> None:
        table = terminal.table("from", "", "to", "")
        line = found.line
        cells = [found.cell] if len(found.inputs) == 1 else [(k, *found.cell[1:]) for k in range(len(line.value))]
        if len(cells) == len(found.inputs):
            for cell, factor in zip(cells, found.inputs, strict=True):
                name = f"{line.name}[{', '.join(map(str, cell))}]"
                style = "bold" if cell == found.cell and len(cells) > 1 else ""
                table.add_row(factor.label, number(factor.value), name, number(float(line.value[cell])), style=style)
        else:
            for factor in found.inputs:
                table.add_row(factor.label, number(factor.value), "", "")
        self.console.print(table)
        for function in line.operands.values():
            if inspect.isfunction(function):
                self._print_function(function)

    def _print_function(self, function: Callable[..., object]) -> None:
        """Print the source of a function, if it can be read."""
        try:
            lines, first = inspect.getsourcelines(function)
        except OSError:
            return
        source = textwrap.dedent("".join(lines)).rstrip().rstrip(",")
        file = Path(inspect.getfile(function)).name
        self.console.print(Text(f"{file}", style="dim"))
        self.console.print(Padding(_source(source, first), (0, 0, 0, 2)))

    def _print_terms(self, found: Sum) -> None:
        apart = [term for term in found.terms if term.place is None]
        summed = sorted((t for t in found.terms if t.place is not None), key=lambda term: -abs(term.value))
        shown, others = summed[:MAX_TERMS], summed[MAX_TERMS:]
        largest = max(abs(term.value) for term in found.terms) or 1.0
        room_for_bars = 10 if self.console.width >= 96 else 0
        table = terminal.table("term", "in numbers", "value", "", "", words=2)
        table.columns[3].justify = table.columns[4].justify = "left"
        for term in [*shown, *apart]:
            place = self._place(term.place) if term.place else ""
            color = as_hex(color_of(math.copysign(1, term.value))) if self.colors else ""
            bar = Text("█" * math.ceil(room_for_bars * abs(term.value) / largest), style=color)
            table.add_row(term.label, added_up([term]), f"{term.value:+.5f}", bar, place)
        if others:
            zeros = sum(term.value == 0 for term in others)
            label = f"{len(others)} others" + (f" ({zeros} are 0)" if zeros else "")
            table.add_row(label, "", f"{math.fsum(term.value for term in others):+.5f}", "", "")
        table.add_section()
        table.add_row("sum", "", f"{found.total:+.5f}", "", "")
        self.console.print(table)
        values = np.array([term.value for term in found.terms if term.place is not None])
        over_pixels = all(term.place.axis == "D" for term in summed if term.place)
        if self.shape and over_pixels and len(values) == math.prod(self.shape):
            self.console.print(Text(f"every term at its pixel. {LEGENDS[self.colors]}", style="dim"))
            for text in heatmap(as_pictures(values[None], self.shape, small=False)[0], colors=self.colors):
                self.console.print(text, no_wrap=True)

    def _place(self, place: Place) -> str:
        if place.axis == "D" and self.shape:
            row, column = divmod(place.number, self.shape[1])
            return f"pixel ({row}, {column})"
        if place.axis == "m" and place.number < len(self.names):
            return self.names[place.number]
        if place.axis == "C":
            return f"class {self.classes[place.number]}"
        return f"{AXES[place.axis]} {place.number}" if place.axis in AXES else ""


def _source(text: str, first: int) -> Text:
    """Return lines of source with their numbers."""
    numbered = Text()
    for number_of_line, line in enumerate(text.splitlines(), first):
        numbered.append("\n" * (number_of_line > first)).append(f"{number_of_line} ", style="dim").append(line)
    return numbered


def _as_numbers(value: np.ndarray, before: np.ndarray | None) -> Iterator[Text]:
    """Write a small matrix in numbers; of one that was changed in place, first the previous values."""
    parts = [_matrix(part) for part in ([value] if before is None else [before, value])]
    for number_of_row, rows in enumerate(zip(*parts, strict=True)):
        yield Text(("  →  " if number_of_row == 0 else "     ").join(rows))


def _matrix(value: np.ndarray) -> list[str]:
    """Return the lines of a matrix, with its numbers aligned at the decimal point."""
    rows = np.atleast_2d(value)
    texts = [[f"{entry:.5f}" for entry in row] for row in rows]
    while all(text.endswith("0") and not text.endswith(".0") for row in texts for text in row):
        texts = [[text[:-1] for text in row] for row in texts]
    width = max(len(text) for row in texts for text in row)
    lines = ["  ".join(text.rjust(width) for text in row) for row in texts]
    if len(lines) == 1:
        return [f"[ {lines[0]} ]"]
    frame = [("⎡", "⎤"), *[("⎢", "⎥")] * (len(lines) - 2), ("⎣", "⎦")]
    return [f"{left} {line} {right}" for line, (left, right) in zip(lines, frame, strict=True)]


def _on_color(value: float) -> str:
    """Return the style of a number on the color of a value between -1 and 1."""
    red, green, blue = color = color_of(value)
    ink = "#000000" if 2 * red + 3 * green + blue > 700 else "#ffffff"
    return f"{ink} on {as_hex(color)}"
