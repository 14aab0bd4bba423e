"""Exercise: equations (9) and (10), by network.py."""

import numpy as np

from ..exercise import Check, Probe, named
from ..reference import make_network, make_samples, step_values
from .layer_mistakes import layer_mistakes


def _probes() -> list[Probe]:
    probes = []
    for what, sizes, m, dtype in [
        ("with 7 samples, 5 inputs and 4 hidden units", (5, 4, 3), 7, np.float64),
        ("with one sample", (3, 6, 5), 1, np.float64),
        ("with arrays in float32", (3, 4, 2), 5, np.float32),
        ("with 3 samples", (2, 5, 4), 3, np.float64),
    ]:
        network = make_network(*sizes, seed=m, dtype=dtype)
        v = step_values(network, *make_samples(network, m, seed=2))
        X = np.asfortranarray(v["X"]) if m == 7 else v["X"]
        expected = {"dW1": v["dW1"], "db1": v["db1"]}
        probes.append(Probe(what, [(v["dZ1"], X)], expected, m, 1e-4 if dtype == np.float32 else 1e-6))
    return probes


CHECKS = [Check("hidden_gradients", _probes, named("dW1", "db1"))]
MISTAKES = layer_mistakes(
    "dW1", "db1", "dZ1", "X", "(9) dW1_ij = 1/m Σ_s dZ1_is X_js", "(10) db1 = 1/m Σ_s dZ1, per unit"
)
