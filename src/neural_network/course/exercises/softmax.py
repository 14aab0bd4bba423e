"""Exercise: softmax, by functions/losses.py."""

import numpy as np

from ...functions.losses import OUTPUTS
from ..exercise import Check, Probe, mistake, named


def _probes() -> list[Probe]:
    rng = np.random.default_rng(3)
    large = np.array(
        [[1000.0, -1000.0, 1001.0, -1002.0], [999.0, 0.0, -1000.0, -1000.0], [0.5, 1000.0, 1000.0, -1001.0]]
    )
    arrays = [
        ("with 7 samples of 5 classes", rng.standard_normal((5, 7))),
        ("with one sample", rng.standard_normal((4, 1))),
        ("with logits of ±1000", large),
        ("with an array in float32", (2 * rng.standard_normal((3, 6))).astype(np.float32)),
        ("with an array that is not contiguous in memory", np.asfortranarray(2 * rng.standard_normal((4, 3)))),
    ]
    return [
        Probe(what, [(Z,)], {"A": OUTPUTS["softmax"](Z)}, Z.shape[1], 1e-4 if Z.dtype == np.float32 else 1e-6)
        for what, Z in arrays
    ]


CHECKS = [Check("softmax", _probes, named("A"))]

RULE = "(4) a_k = e^(z_k) / Σ_l e^(z_l), the sum over the classes of the same sample"
SHIFT = "before the powers, the largest logit of the same sample is subtracted"
MAX, SUM = "Z.max(axis=0, keepdims=True)", "E.sum(axis=0, keepdims=True)"
MISTAKES = [
    mistake("large logits overflow: nothing is subtracted before the powers are taken", SHIFT, f" - {MAX}", ""),
    mistake(
        "the largest logit of the whole batch is subtracted: all powers of another sample may become 0",
        SHIFT,
        MAX,
        "Z.max()",
    ),
    mistake("the smallest logit is subtracted, so that the powers can still overflow", SHIFT, MAX, "Z.min(axis=0)"),
    mistake("the mean is subtracted, so that the powers can still overflow", SHIFT, MAX, "Z.mean(axis=0)"),
    mistake("the powers of e are missing: the logits themselves are divided by their sum", RULE, "np.exp(Z -", "(Z -"),
    mistake(
        "the powers below the line are those of the logits before the subtraction",
        "numerator and sum need the same powers, after the subtraction",
        SUM,
        "np.exp(Z).sum(axis=0, keepdims=True)",
    ),
    mistake("the largest logit is added, not subtracted", SHIFT, f"Z - {MAX}", f"Z + {MAX}"),
    mistake(
        "a different number is subtracted for each class: that changes the probabilities",
        SHIFT,
        MAX,
        "Z.max(axis=1, keepdims=True)",
    ),
    mistake(
        "the rows sum to 1, not the columns: the sum goes along the wrong axis",
        RULE,
        SUM,
        "E.sum(axis=1, keepdims=True)",
    ),
    mistake(
        "the rows sum to 1, not the columns: maximum and sum go along the wrong axis",
        RULE,
        MAX,
        "Z.max(axis=1, keepdims=True)",
        SUM,
        "E.sum(axis=1, keepdims=True)",
    ),
    mistake("the whole array sums to 1, not each column", RULE, SUM, "E.sum()"),
    mistake(
        "the whole array sums to 1, not each column, and one maximum serves for all",
        RULE,
        MAX,
        "Z.max()",
        SUM,
        "E.sum()",
    ),
    mistake(
        "the whole array sums to 1, not each column, and large logits overflow", RULE, f" - {MAX}", "", SUM, "E.sum()"
    ),
    mistake(
        "the rows sum to 1, not the columns, and large logits overflow",
        RULE,
        f" - {MAX}",
        "",
        SUM,
        "E.sum(axis=1, keepdims=True)",
    ),
    mistake("the powers are not divided by their sum", RULE, f" / {SUM}", ""),
    mistake("the powers are divided by their mean, not by their sum", RULE, SUM, "E.mean(axis=0, keepdims=True)"),
    mistake("the powers are divided by the number of classes", RULE, SUM, "E.shape[0]"),
    mistake("no powers of e are taken: logits are divided by their sum", RULE, f"np.exp(Z - {MAX})", "Z"),
    mistake("the powers are those of 2, not of e", RULE, "np.exp(", "np.exp2("),
    mistake("the exponent has the wrong sign", RULE, f"np.exp(Z - {MAX})", "np.exp(Z.min(axis=0) - Z)"),
    mistake("the result is the logarithm of the probabilities", RULE, f"E / {SUM}", f"np.log(E / {SUM})"),
    mistake(
        "each entry is a sigmoid by itself: the classes do not share one sum",
        RULE,
        f"E / {SUM}",
        "1 / (1 + np.exp(-Z))",
    ),
    mistake("the logits' sum stands below the line, without powers", RULE, SUM, "Z.sum(axis=0)"),
    mistake(
        "one number for each class is subtracted: the maximum goes along the wrong axis, and has lost it",
        SHIFT,
        MAX,
        "Z.max(axis=1)",
    ),
    mistake("the sum goes along the wrong axis, and has lost it", RULE, SUM, "E.sum(axis=1)"),
    *(
        mistake(
            "large logits are cut off at a limit: their differences, which are all that counts, are lost",
            SHIFT,
            f"Z - {MAX}",
            f"np.clip(Z, -{limit}, {limit})",
        )
        for limit in (100, 500, 700, 709)
    ),
    mistake("the exponent has the wrong sign, and large logits overflow", RULE, f"np.exp(Z - {MAX})", "np.exp(-Z)"),
    mistake(
        "the largest logit is subtracted below the line only",
        SHIFT,
        f"E / {SUM}",
        f"np.exp(Z) / {SUM}",
    ),
]
