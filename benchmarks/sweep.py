"""The sweeps: the cost of a step against the number of hidden units, and against the size of the batch, with Adam."""

from .job import Job, Training

HIDDEN = (10, 32, 128, 512, 2048, 4096)
BATCHES = (8, 32, 128, 512, 2048, 8192)
REPEATS, SECONDS = (3, 100), 0.1  # the fewest and the most repeats, and the seconds that a segment should take
SPEED = 50e9  # floating-point operations a second, roughly


def sweeps() -> dict[str, dict[int, Job]]:
    """Return the jobs of each sweep, by the values that vary: "hidden" (batches of 128), "batch_size" (128 hidden)."""
    return {
        "hidden": {hidden: _job(hidden, 128) for hidden in HIDDEN},
        "batch_size": {batch: _job(128, batch) for batch in BATCHES},
    }


def _job(hidden: int, batch: int) -> Job:
    seconds = (6 * batch + 60) * hidden * 784 / SPEED  # products, and the optimizer's passes
    repeats = int(min(max(REPEATS[0], SECONDS / seconds), REPEATS[1]))
    training = Training(hidden, batch, "adam", 0.001)
    return Job("step", f"{hidden:,} hidden, batches of {batch:,}, Adam: a step", None, training, repeats=repeats)
