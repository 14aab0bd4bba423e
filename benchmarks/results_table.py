"""The tables of a result, for the terminal and for docs/benchmarks.md."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from .peer_table import AGAINST, OURS

BEGIN, END = "<!-- begin: {} -->", "<!-- end: {} -->"
BUSY = 0.5  # processes that want to run: above that, figures are not to be trusted
BUSY_NOTE = "Other programs were running (load {:.1f}), so these figures are not to be trusted."
COLUMNS = ("job", "what", "ours", "best peer", "which", "ratio", "at most", "limit", "the other peers")
AGAINST_COLUMNS = ("job", "ours", "the other checkout", "ratio")


class Line(NamedTuple):
    """A line of the table, as text; its fields are those of COLUMNS."""

    job: str
    what: str
    ours: str
    best: str
    best_peer: str
    ratio: str
    target: str
    limit: str
    others: str


def lines(result: dict[str, Any]) -> list[Line]:
    """Return the lines of the table of peers."""
    table = []
    for name, job in result["jobs"].items():
        if AGAINST in job["peers"] and not job["best_peer"]:
            continue  # compared with the other checkout only
        unit, best = job["unit"], job["best_peer"]
        others = sorted((value, peer) for peer, value in job["peers"].items() if peer not in (best, AGAINST))
        table.append(
            Line(
                name,
                job["about"],
                quantity(job["ours"], unit),
                quantity(job["peers"].get(best), unit),
                best or "–",
                f"{job['ratio']:.2f}" if job["ratio"] is not None else "–",
                f"{job['target']:g}" if job["target"] is not None else "–",
                quantity(job["limit"], unit),
                ", ".join(f"{peer} {quantity(value, unit)}" for value, peer in others) or "–",
            )
        )
    return table


def against_lines(result: dict[str, Any]) -> list[tuple[str, ...]]:
    """Return the lines of the table that compares with another checkout; none where there was no other."""
    table: list[tuple[str, ...]] = []
    for name, job in result["jobs"].items():
        rows = [(name, job["ours"], job["peers"].get(AGAINST), job["unit"])]
        memory = job.get("memory", {})
        rows.append((f"{name}, memory", memory.get(OURS), memory.get(AGAINST), "bytes"))
        table += [
            (what, quantity(ours, unit), quantity(other, unit), f"{ours / other:.2f}")
            for what, ours, other, unit in rows
            if ours and other
        ]
    return table


def quantity(value: float | None, unit: str) -> str:
    """Return a quantity as text with three digits: 41.2 ms, 131 MB."""
    if value is None:
        return "–"
    if unit == "bytes":
        return f"{value / 1e6:,.0f} MB"
    for factor, name in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if value >= factor or name == "µs":
            return f"{value / factor:.3g} {name}" if value < 999.5 * factor else f"{value / factor:,.0f} {name}"
    raise AssertionError("unreachable")


def about(result: dict[str, Any]) -> str:
    """Return a sentence on the machine, the versions and the commit of a result."""
    machine = result["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items() if name != "mnist-nn")
    speed = ""
    if "flops" in machine:
        speed = (
            f" Matrix multiplication reaches {machine['flops'] / 1e9:.0f} GFLOP/s here, and memory is read at "
            f"{machine['bandwidth'] / 1e9:.1f} GB/s."
        )
    load = machine.get("load")
    busy = f" {BUSY_NOTE.format(load)}" if load is not None and load > BUSY else ""
    other = f" (the other checkout: {short_commit(machine['against'])})" if "against" in machine else ""
    return (
        f"{machine['date'][:10]}, {machine['processor']}, {machine['threads']} threads, Python {machine['python']}, "
        f"{versions}, {machine['blas']}; commit {short_commit(machine['commit'])}{other}; data: "
        f"{machine['data']}.{speed}{busy}"
    )


def short_commit(commit: str | None) -> str:
    """Return the first digits of a commit, with the + of a checkout whose files were changed."""
    return f"{commit[:10]}{'+' * commit.endswith('+')}" if commit else "unknown"


def remarks(result: dict[str, Any]) -> list[str]:
    """Return a line on the accuracies and one on the peak memory of each job that measures them."""
    kinds: tuple[tuple[str, str, Callable[[float], str]], ...] = (
        ("accuracy", "mean accuracy on the test images", "{:.2%}".format),
        ("memory", "peak memory, of all processes together", lambda value: quantity(value, "bytes")),
    )
    return [
        f"{name}: {title}: " + ", ".join(f"{peer} {text(value)}" for peer, value in job[kind].items())
        for name, job in result["jobs"].items()
        for kind, title, text in kinds
        if kind in job
    ]


def markdown(result: dict[str, Any]) -> str:
    """Return the table of peers, the machine and the notes as Markdown."""
    notes = [f"{name}: {note}" for name, job in result["jobs"].items() for note in job["notes"]]
    table = markdown_table(COLUMNS, ("---", "---", "---:", "---:", "---", "---:", "---:", "---:", "---"), lines(result))
    listed = "\n".join(f"- {line}" for line in [*remarks(result), *notes])
    return "\n\n".join(part for part in (about(result), table, listed) if part)


def against_markdown(result: dict[str, Any]) -> str:
    """Return the table that compares with another checkout, and the machine, as Markdown."""
    table = markdown_table(AGAINST_COLUMNS, ("---", "---:", "---:", "---:"), against_lines(result))
    return f"{about(result)}\n\n{table}"


def markdown_table(columns: Sequence[str], alignment: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as Markdown."""
    return "\n".join("| " + " | ".join(row) + " |" for row in [columns, alignment, *rows])


def replace_part(document: str, name: str, text: str) -> str:
    """Return `document` with `text` between the two marks of this name."""
    begin, end = BEGIN.format(name), END.format(name)
    before, found, rest = document.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"the document has no part between {begin} and {end}")
    return f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}"
