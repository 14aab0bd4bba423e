"""The report of a run: its results, the images behind them, its figures, and how to reproduce it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup
from matplotlib.figure import Figure

from ...runs.summary import DivergedSummary, EndedSummary, Summary
from ...support.errors import InputError
from ...training.history import History
from ..diagnosis import Finding
from ..figures import FIGURES, RunData, draw_figures, training_progress
from ..figures.pictures import as_pictures
from . import passes
from .captions import caption, describe, learning_curves
from .configuration import command, settings_rows
from .confusion import confusion_cells
from .embed import embed_figure
from .formats import NO_BREAK, counted, percent
from .page import Section, make_page, render
from .result import Row, class_rows, evaluated_row, recorded_rows
from .sprite import Sprite

AS_TABLE = ("confusion",)  # figures that the page replaces by a table with images


@dataclass(frozen=True)
class Evaluated:
    """The samples that a report evaluates a run on."""

    name: str  # of the data set
    source: str
    part: str  # "test", "validation" or "train"
    own: bool = True  # whether the run was trained on this data set
    note: str = ""  # a remark on the data, such as that built-in digits are not MNIST
    sha256: dict[str, str] = field(default_factory=dict)  # of the samples, by their names, such as "test"

    @property
    def trained_on(self) -> bool:
        """Whether the run was trained on these very samples."""
        return self.own and self.part == "train"


@dataclass
class Report:
    """A report: `html` is the page; the others are its contents, for programs."""

    html: str
    row: Row
    figures: list[str]
    missing: dict[str, str]
    mistakes: int


def report_run(
    name: str,
    run: RunData,
    summary: EndedSummary,
    findings: Sequence[Finding] | None,
    evaluated: Evaluated,
    *,
    figures: Iterable[str] | None = None,
    advance: Callable[[], None] = lambda: None,
) -> Report:
    """Return the report of a run that has ended.

    `findings` are those of the diagnosis, None where none could be made. `figures` are the names of those to draw, by
    default all but those that the page has as tables; `advance` is called after each.
    """
    row = evaluated_row(run, evaluated.part if evaluated.own else f"{evaluated.name}, {evaluated.part}")
    rows = recorded_rows(summary)
    if not (evaluated.own and any(recorded.part == row.part for recorded in rows)):
        rows.append(row)
    try:
        pictures = as_pictures(run.test[0], "X", run.shape)
    except InputError:
        pictures = None
    sprite = Sprite(pictures) if pictures is not None else None
    kind = "image" if sprite else "sample"
    what = f"{evaluated.part} {kind}s"
    cells = confusion_cells(run, what, sprite)
    shown = [passes.forward_pass(run, index, pictures) for index in passes.choose(run)]
    drawn, missing = _figures(run, figures, advance)
    mistakes = row.accuracy.trials - row.accuracy.correct
    result = render(
        "result.html", rows=rows, evaluated=evaluated, classes=class_rows(run), what=what, about=_about(summary)
    )
    confusion = render("confusion.html", cells=cells, names=run.full_names, what=what, images=bool(sprite))
    mistakes_body = render(
        "mistakes.html",
        passes=shown,
        mistakes=mistakes,
        equations=passes.equations(run),
        activation=run.network.activation.name,
        what=what,
        kind=kind,
    )
    sections = [
        Section("result", "Result", result),
        Section("confusion", "Confusion", confusion),
        Section("mistakes", "Mistakes" if mistakes else "The least confident predictions", mistakes_body),
        Section("diagnosis", "Diagnosis", render("diagnosis.html", findings=findings)),
        _figures_section(drawn, missing),
        *_origin(summary, evaluated),
    ]
    lead = _headline(row, evaluated, what)
    html = make_page(f"Run {name}", lead, sections, sprite=sprite.render() if sprite else None)
    return Report(html, row, list(drawn), missing, mistakes)


def report_divergence(
    name: str, history: History, summary: DivergedSummary, findings: Sequence[Finding], evaluated: Evaluated
) -> str:
    """Return the report of a run that diverged: it has no network, but a history and a cause."""
    sections = [Section("diagnosis", "Diagnosis", render("diagnosis.html", findings=findings))]
    if len(history):
        curves = _embedded("training_progress", training_progress(history), learning_curves(history))
        sections.append(_figures_section({"training_progress": curves}, {}))
    lead = f"There is no network to evaluate: {summary.reason}."
    return make_page(f"Run {name}", lead, [*sections, *_origin(summary, evaluated)])


def _headline(row: Row, evaluated: Evaluated, what: str) -> str:
    accuracy = row.accuracy
    counts = f"{accuracy.correct:,} of {accuracy.trials:,} {what} of {evaluated.name} are classified correctly"
    if evaluated.trained_on:
        return f"{counts}: {percent(accuracy.value)}."
    interval = f"With 95{NO_BREAK}% confidence, it is {accuracy.interval} of all such {what.split()[-1]}."
    return f"{counts}: {percent(accuracy.value)}. {interval}"


def _about(summary: EndedSummary) -> str:
    """Return in a sentence which network was trained, on which data, and how long."""
    model, data, duration = summary.model, summary.data, summary.duration
    sizes = f"{model.input_size}-{model.hidden_size}-{model.output_size}"
    seconds = f"{duration.seconds:{'.1f' if duration.seconds >= 1 else '.1g'}}"
    return (
        f"A {sizes} network with {model.parameters:,} parameters and {model.activation} in its hidden layer, trained "
        f"on {data.train:,} samples of {data.name} with {summary.settings.optimizer}: "
        f"{counted(duration.epochs, 'epoch')}, {counted(duration.steps, 'step')}, {seconds} seconds."
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
            drawn[name] = _embedded(name, figure, caption(name, run, figure))
        advance()
    return drawn, missing


def _embedded(name: str, figure: Figure, words: str) -> Markup:
    about = FIGURES[name].about
    return embed_figure(figure, name, about[:1].upper() + about[1:], describe(figure) or about, words)


def _figures_section(drawn: Mapping[str, Markup], missing: Mapping[str, str]) -> Section:
    entries = {f"figure-{name}": name.replace("_", " ").capitalize() for name in drawn}
    return Section("figures", "Figures", render("figures.html", figures=drawn, missing=missing), entries)


def _origin(summary: Summary, evaluated: Evaluated) -> list[Section]:
    """Return the sections with the settings of the run and the command that reproduces it."""
    data, duration = summary.data, summary.duration if isinstance(summary, EndedSummary) else None
    sizes = {"train": data.train, "validation": data.validation, "test": data.test}
    counts = [(part, f"{count:,} samples") for part, count in sizes.items() if count is not None]
    configuration = render("configuration.html", data=data, counts=counts, settings=settings_rows(summary))
    reproduce = render(
        "reproduce.html",
        command=command(summary),
        duration=duration,
        software=summary.software,
        seed=summary.settings.seed,
        sha256=evaluated.sha256,
    )
    return [
        Section("configuration", "Configuration", configuration),
        Section("reproduce", "Reproduce this run", reproduce),
    ]
