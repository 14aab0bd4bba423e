"""The sweeps: the cost of a step against the number of hidden units, and against the size of the batch, with Adam."""

from neural_network.runs.settings import Settings

from .jobs import Job

HIDDEN = (10, 32, 128, 512, 2048, 4096)
BATCHES = (8, 32, 128, 512, 2048, 8192)
SLOW, QUICK, LONGEST = 3, 100, 0.1  # repeats at the least and at the most, and seconds that a segment should take
SPEED = 50e9  # floating-point operations a second, roughly


def sweeps() -> dict[str, dict[int, Job]]:
    """Return the jobs of each sweep by what is varied: "hidden", with batches of 128, and "batch_size", 128 hidden."""
    return {
        "hidden": {hidden: _job(hidden, 128) for hidden in HIDDEN},
        "batch_size": {batch: _job(128, batch) for batch in BATCHES},
    }


def _job(hidden: int, batch: int) -> Job:
    seconds = (6 * batch + 60) * hidden * 784 / SPEED  # products, and the optimizer's passes
    repeats = max(SLOW, min(QUICK, int(LONGEST / seconds)))
    settings = Settings(hidden=hidden, batch_size=batch, optimizer="adam")
    return Job("step", f"{hidden:,} hidden, batches of {batch:,}, Adam: a step", None, settings, repeats=repeats)
