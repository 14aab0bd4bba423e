"""What many networks at once are compared with: as many single runs of ours, one after the other."""

import time

from ..material import Material
from ..tasks import Measurement
from .ours import judge, make_networks

OWN = ("many",)


def many(material: Material) -> Measurement:
    """Time the networks' trainings, all together."""
    networks, X, Y = make_networks(material), material.rows.T, material.labels
    optimizers = [material.job.settings.make_optimizer() for _ in networks]
    started = time.perf_counter()
    for network, optimizer in zip(networks, optimizers, strict=True):
        network.train(X, Y, epochs=material.job.repeats, optimizer=optimizer, progress=False)
    return {"value": time.perf_counter() - started, "check": judge(networks, material)}
