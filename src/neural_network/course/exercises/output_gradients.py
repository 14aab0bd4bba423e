"""Exercise: equations (6) and (7), by network.py."""

import numpy as np

from ..exercise import Check, Probe, named
from ..reference import make_network, make_samples, step_values
from .layer_mistakes import layer_mistakes


def _probes() -> list[Probe]:
    """Make probes. Sigmoid outputs give errors whose columns do not add up to 0, as those of a softmax do."""
    probes = []
    for what, sizes, m, dtype in [
        ("with 7 samples, 4 hidden units and 3 classes", (5, 4, 3), 7, np.float64),
        ("with one sample", (4, 6, 5), 1, np.float64),
        ("with arrays in float32", (3, 2, 4), 5, np.float32),
        ("with 3 samples", (2, 5, 4), 3, np.float64),
    ]:
        network = make_network(*sizes, seed=m, dtype=dtype, output="sigmoid", loss="squared-error")
        v = step_values(network, *make_samples(network, m, seed=2))
        A1 = np.asfortranarray(v["A1"]) if m == 7 else v["A1"]
        expected = {"dW2": v["dW2"], "db2": v["db2"]}
        probes.append(Probe(what, [(v["dZ2"], A1)], expected, m, 1e-4 if dtype == np.float32 else 1e-6))
    return probes


CHECKS = [Check("output_gradients", _probes, named("dW2", "db2"))]
MISTAKES = layer_mistakes(
    "dW2", "db2", "dZ2", "A1", "(6) dW2_ki = 1/m Σ_s dZ2_ks A1_is", "(7) db2 = 1/m Σ_s dZ2, per unit"
)
