"""The report of a run: its result, the images behind it, how it came about, and how to make it again."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup
from matplotlib.figure import Figure

from ...runs.folder import Summary
from ...support.errors import InputError
from ...training.history import History
from ..diagnosis import Finding
from ..figures import FIGURES, RunData, draw_figures, training_progress
from ..figures.pictures import as_squares
from . import passes
from .captions import READING, describe
from .configuration import command, planned, settings_rows
from .confusion import confusion_cells
from .embed import embed_figure
from .formats import NO_BREAK, counted, percent
from .page import Section, make_page, render
from .result import Row, class_rows, measured_row, recorded_rows
from .sprite import Sprite

AS_TABLE = ("confusion",)  # figures that the page has as something better


@dataclass(frozen=True)
class Judged:
    """The samples that a report judges a run by, and their relation to those it learnt from.

    Attributes
    ----------
    name, source : str
        Of the data set.
    part : str
        "test", "validation" or "train".
    own : bool
        Whether these are the run's own data, as it was trained on them.
    note : str
        What a reader must be told of the data; may be empty.
    sha256 : dict of str
        By what they are of, such as "training samples".
    """

    name: str
    source: str
    part: str
    own: bool = True
    note: str = ""
    sha256: dict[str, str] = field(default_factory=dict)


@dataclass
class Report:
    """A report: `html` is the page; the others are what it says, for programs."""

    html: str
    row: Row
    figures: list[str]
    missing: dict[str, str]
    mistakes: int


def report_run(
    name: str,
    run: RunData,
    summary: Summary,
    findings: Sequence[Finding] | None,
    judged: Judged,
    *,
    figures: Iterable[str] | None = None,
    advance: Callable[[], None] = lambda: None,
) -> Report:
    """Return the report of a run that has ended.

    Parameters
    ----------
    name : str
        Of the run.
    findings : sequence of Finding, or None
        What the diagnosis says; None where none could be made.
    figures : iterable of str, optional
        The names of those to draw, by default all that the page has not as a table.
    advance : callable
        Called after each figure.
    """
    known = len(run.classes) == run.network.output_size  # other data may have fewer
    names = list(run.classes if known else run.network.classes)
    row = measured_row(run, judged.part if judged.own else f"{judged.name}, {judged.part}")
    rows = recorded_rows(summary)
    if not (judged.own and any(recorded.part == row.part for recorded in rows)):
        rows.append(row)
    try:
        pictures = as_squares(run.test[0], "X")
    except InputError:
        pictures = None
    sprite = Sprite(pictures) if pictures is not None else None
    kind = "image" if sprite else "sample"
    what = f"{judged.part} {kind}s"
    cells = confusion_cells(run, names, what, sprite)
    chosen = passes.choose(run)
    shown = [passes.forward_pass(run, names, index, pictures) for index in chosen]
    drawn, missing = _figures(run, figures, advance)
    mistakes = row.right.trials - row.right.correct
    sections = [
        Section(
            "result",
            "Result",
            render(
                "result.html",
                rows=rows,
                judged=judged,
                classes=class_rows(run, names),
                what=what,
                about=_about(summary),
            ),
        ),
        Section(
            "confusion", "Confusion", render("confusion.html", cells=cells, names=names, what=what, images=bool(sprite))
        ),
        Section(
            "mistakes",
            "Mistakes" if mistakes else "The least sure answers",
            render(
                "mistakes.html",
                passes=shown,
                mistakes=mistakes,
                equations=passes.equations(run),
                activation=run.network.activation.name,
                what=what,
                kind=kind,
            ),
        ),
        Section("diagnosis", "Diagnosis", render("diagnosis.html", findings=findings)),
        Section("figures", "Figures", render("figures.html", figures=drawn, missing=missing)),
        *_origin(summary, judged),
    ]
    html = make_page(f"Run {name}", _headline(row, judged, what), sections, sprite=sprite.render() if sprite else None)
    return Report(html, row, list(drawn), missing, mistakes)


def report_divergence(
    name: str, history: History, summary: Summary, findings: Sequence[Finding], judged: Judged
) -> str:
    """Return the report of a run that diverged: there is no network to judge, but a history and a cause."""
    sections = [Section("diagnosis", "Diagnosis", render("diagnosis.html", findings=findings))]
    if len(history):
        figures = {"training_progress": _embedded("training_progress", training_progress(history))}
        sections.append(Section("figures", "Figures", render("figures.html", figures=figures, missing={})))
    lead = f"There is no network to judge: {summary['reason']}."
    return make_page(f"Run {name}", lead, [*sections, *_origin(summary, judged)])


def _headline(row: Row, judged: Judged, what: str) -> str:
    right = row.right
    return (
        f"It reads {right.correct:,} of {right.trials:,} {what} of {judged.name} right: {percent(right.value)}. "
        f"Of all such {what.split()[-1]} it is {right.interval}, with 95{NO_BREAK}% confidence."
    )


def _about(summary: Summary) -> str:
    """Say in a line what was trained on what."""
    model, data, training = summary["model"], summary["data"], summary["training"]
    sizes = f"{model['input_size']}-{model['hidden_size']}-{model['output_size']}"
    seconds = f"{training['seconds']:{'.1f' if training['seconds'] >= 1 else '.1g'}}"
    return (
        f"A {sizes} network of {model['parameters']:,} parameters, {model['activation']} in its hidden layer, learnt "
        f"from {data['train']:,} samples of {data['name']} by {training['optimizer']}, "
        f"in {counted(training['epochs'], 'epoch')}, {counted(training['steps'], 'step')} and {seconds} seconds."
    )


def _figures(
    run: RunData, names: Iterable[str] | None, advance: Callable[[], None]
) -> tuple[dict[str, Markup], dict[str, str]]:
    """Return the figures as HTML, by name, and why others could not be drawn."""
    drawn, missing = {}, {}
    wanted = [name for name in FIGURES if name not in AS_TABLE] if names is None else list(names)
    for name, figure in draw_figures(run, wanted):
        if isinstance(figure, InputError):
            missing[name] = str(figure)
        else:
            drawn[name] = _embedded(name, figure)
        advance()
    return drawn, missing


def _embedded(name: str, figure: Figure) -> Markup:
    about = FIGURES[name].about
    return embed_figure(figure, about[:1].upper() + about[1:], describe(figure) or about, READING.get(name, ""))


def _origin(summary: Summary, judged: Judged) -> list[Section]:
    """Return the sections on how the run came about."""
    early = summary["training"].get("epochs") != planned(summary)["epochs"]
    data = summary["data"]
    counts = [(part, f"{data[part]:,} samples") for part in ("train", "validation", "test") if part in data]
    return [
        Section(
            "configuration",
            "Configuration",
            render("configuration.html", data=data, counts=counts, settings=settings_rows(summary)),
        ),
        Section(
            "reproduce",
            "How to make it again",
            render(
                "reproduce.html",
                command=command(summary),
                early=early,
                epochs=summary["training"].get("epochs"),
                known="planned_epochs" in summary["training"] or "diverged_at" in summary,
                software=summary.get("software", {}),
                seed=summary["training"]["seed"],
                sha256=judged.sha256,
            ),
        ),
    ]
