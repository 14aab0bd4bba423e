"""Single runs of this package, one after the other: the peer of many networks at once."""

import time

from ..tasks import Measurement
from ..workload import Workload
from .ours import losses, make_networks

OWN = ("many",)


def many(workload: Workload) -> Measurement:
    """Time the trainings of all networks."""
    networks, X, Y = make_networks(workload), workload.rows.T, workload.labels
    started = time.perf_counter()
    for network in networks:
        network.train(X, Y, workload.job.repeats, workload.job.training.learning_rate, progress=False)
    return {"value": time.perf_counter() - started, "check": losses(networks, workload)}
