"""One measurement in a process of its own: `python -m benchmarks.worker FOLDER JOB MODULE SEED`.

Prints one line of JSON. In a process of its own a measurement depends on nothing that ran before, and its peak memory
is that of the job. MODULE is one of peers/.
"""

import contextlib
import importlib
import json
import os
import sys
from pathlib import Path

THREADS = 2  # of every library
VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS", "NUMEXPR_NUM_THREADS")
ROOT = Path(__file__).parents[1]  # the checkout
SOURCE = ROOT / "src"


def environment(source: Path = SOURCE) -> dict[str, str]:
    """Return the environment to start a worker with, which imports neural_network from the folder `source`."""
    paths = [str(source), os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        **dict.fromkeys(VARIABLES, str(THREADS)),
        "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=true",
        "JAX_PLATFORMS": "cpu",
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }


def pin() -> None:
    """Keep this process, and those that it starts, on as many processors as it may have threads."""
    if hasattr(os, "sched_setaffinity"):
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])


def main(folder: str, job: str, module: str, seed: str) -> None:
    """Measure and print; an ImportError or RuntimeError of a library is the reason why it cannot be measured."""
    pin()
    from . import script, tasks
    from .workload import Workload

    workload = Workload(Path(folder), job, int(seed))
    kind = workload.job.kind
    try:
        if kind == "script":
            result = script.measure(workload, module)  # without importing the library here
        else:
            peer = importlib.import_module(f".peers.{module}", __package__)
            result = getattr(peer, kind)(workload) if kind in peer.OWN else getattr(tasks, kind)(peer, workload)
    except (ImportError, RuntimeError) as error:
        result = {"skipped": " ".join(str(error).split())[:200] or type(error).__name__}
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
