"""One measurement in a process of its own: `python -m benchmarks.worker FOLDER JOB PEER SEED`.

Prints one line of JSON. A process of its own means that nobody profits or suffers from what ran before, and that the
most memory it has had is the job's.
"""

import contextlib
import importlib
import json
import os
import sys
from pathlib import Path

THREADS = 2  # for everybody
VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS", "NUMEXPR_NUM_THREADS")


def environment() -> dict[str, str]:
    """Return the environment that a worker must be started with: libraries read it when they are imported."""
    return {
        **os.environ,
        **dict.fromkeys(VARIABLES, str(THREADS)),
        "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=true",
        "JAX_PLATFORMS": "cpu",
    }


def pin() -> None:
    """Keep this process, and those it starts, on as many processors as it may have threads, where there are more."""
    if hasattr(os, "sched_setaffinity"):
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])


def main(folder: str, job: str, peer: str, seed: str) -> None:
    """Measure and print; an ImportError or RuntimeError of the peer's is the reason why it cannot be measured."""
    pin()
    from . import tasks
    from .material import Material
    from .peers import PEERS

    material = Material(Path(folder), job, int(seed))
    kind = material.job.kind
    try:
        module = importlib.import_module(f".peers.{PEERS[peer].module}", __package__)
        measure = getattr(module, kind, None)  # a peer's own way, where it has one
        result = measure(material) if measure and kind in module.OWN else getattr(tasks, kind)(module, material)
    except (ImportError, RuntimeError) as error:
        result = {"skipped": " ".join(str(error).split())[:200] or type(error).__name__}
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
