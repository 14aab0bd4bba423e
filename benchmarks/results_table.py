"""What is shown of a result: a line a job, for the terminal and for docs/benchmarks.md."""

from typing import Any, NamedTuple

BEGIN, END = "<!-- begin: {} -->", "<!-- end: {} -->"
BUSY = 0.5  # processes that want to run: more than that, and figures are not to be trusted
BUSY_NOTE = "Other programs were running (load {:.1f}), so these figures are not to be trusted."
COLUMNS = ("job", "what", "ours", "best peer", "which", "ratio", "at most", "limit", "the other peers")


class Line(NamedTuple):
    """A line of the table, in words; its fields are those of COLUMNS."""

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
    """Return the table's lines."""
    table = []
    for name, job in result["jobs"].items():
        unit, best = job["unit"], job["best_peer"]
        others = sorted((value, peer) for peer, value in job["peers"].items() if peer != best)
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


def quantity(value: float | None, unit: str) -> str:
    """Return a quantity in words of three digits: 41.2 ms, 131 MB."""
    if value is None:
        return "–"
    if unit == "bytes":
        return f"{value / 1e6:,.0f} MB"
    for factor, name in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if value >= factor or name == "µs":
            return f"{value / factor:.3g} {name}" if value < 999.5 * factor else f"{value / factor:,.0f} {name}"
    raise AssertionError("unreachable")


def about(result: dict[str, Any]) -> str:
    """Return in a sentence on what machine, with which versions, at which commit it was measured."""
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
    return (
        f"{machine['date'][:10]}, {machine['processor']}, {machine['threads']} threads, Python {machine['python']}, "
        f"{versions}, {machine['blas']}; commit {(machine['commit'] or 'unknown')[:10]}; data: {machine['data']}."
        f"{speed}{busy}"
    )


def markdown(result: dict[str, Any]) -> str:
    """Return the table, the machine and the notes as Markdown."""
    rows = [COLUMNS, ("---", "---", "---:", "---:", "---", "---:", "---:", "---:", "---"), *lines(result)]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    notes = [f"- `{name}`: {note}" for name, job in result["jobs"].items() for note in job["notes"]]
    accuracies = [
        f"- `{name}`: mean accuracy on the test images: "
        + ", ".join(f"{who} {accuracy:.2%}" for who, accuracy in job["accuracy"].items())
        for name, job in result["jobs"].items()
        if "accuracy" in job
    ]
    return "\n\n".join(part for part in (about(result), table, "\n".join([*accuracies, *notes])) if part)


def replace_part(document: str, name: str, text: str) -> str:
    """Return `document` with `text` between the two marks of this name."""
    begin, end = BEGIN.format(name), END.format(name)
    before, found, rest = document.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"the document has no part between {begin} and {end}")
    return f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}"
