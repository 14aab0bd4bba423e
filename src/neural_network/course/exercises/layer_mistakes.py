"""The mistakes of a layer's gradients: the same for the output layer and the hidden layer."""

from ..exercise import Mistake, mistake


def layer_mistakes(dW: str, db: str, dZ: str, A: str, weights_rule: str, bias_rule: str) -> list[Mistake]:
    """Return the mistakes of two lines: `dW = dZ @ A.T / m` and `db = dZ.sum(axis=1, keepdims=True) / m`."""
    product, total, count = f"{dZ} @ {A}.T / m", f"{dZ}.sum(axis=1, keepdims=True) / m", f"m = {dZ}.shape[1]"

    def weights(title: str, new: str) -> Mistake:
        return mistake(title, weights_rule, f"{dW} = {product}", f"{dW} = {new}")

    def bias(title: str, new: str) -> Mistake:
        return mistake(title, bias_rule, f"{db} = {total}", f"{db} = {new}")

    both = f"{weights_rule}; {bias_rule}"
    return [
        weights(f"1/m is missing from {dW}: it is the sum over the samples, not their mean", f"{dZ} @ {A}.T"),
        weights(f"{dW} has the factor 1/m twice", f"{dZ} @ {A}.T / m / m"),
        weights(f"{dW} has the wrong sign", f"-{dZ} @ {A}.T / m"),
        weights(f"{dW} has the wrong sign, and 1/m is missing from it", f"-{dZ} @ {A}.T"),
        weights(f"{dW} is transposed: the factors are in the wrong order", f"{A} @ {dZ}.T / m"),
        weights(f"{dW} is transposed, and 1/m is missing from it", f"{A} @ {dZ}.T"),
        weights(f"{A} is not transposed in the product", f"{dZ} @ {A} / m"),
        weights(f"{dZ} is transposed, and {A} should be", f"{dZ}.T @ {A} / m"),
        weights(f"{dW} multiplies entry by entry, and should be a matrix product", f"{dZ} * {A} / m"),
        weights(
            f"{dW} multiplies entry by entry with a transpose, and should be a matrix product", f"{dZ} * {A}.T / m"
        ),
        weights(
            f"{dW} is divided by the number of rows of {A}, not by the number of samples", f"{dZ} @ {A}.T / len({A})"
        ),
        weights(f"{dW} is divided by the number of its entries", f"{dZ} @ {A}.T / ({dZ} @ {A}.T).size"),
        weights(f"{dW} forgets that the signs of {dZ} matter", f"abs({dZ}) @ {A}.T / m"),
        weights(f"{dW} is multiplied by m, not divided", f"{dZ} @ {A}.T * m"),
        weights(
            f"{dW} is the product with the mean of {A}", f"{dZ} @ ({A} * 0 + {A}.mean(axis=1, keepdims=True)).T / m"
        ),
        bias(
            f"1/m is missing from {db}: it is the sum over the samples, not their mean",
            f"{dZ}.sum(axis=1, keepdims=True)",
        ),
        bias(f"{db} has the factor 1/m twice", f"{dZ}.sum(axis=1, keepdims=True) / m / m"),
        bias(f"{db} has the wrong sign", f"-{dZ}.sum(axis=1, keepdims=True) / m"),
        bias(f"{db} is one number, summed over everything: every unit has a bias of its own", f"{dZ}.sum() / m"),
        bias(f"{db} is one number, summed over everything, and 1/m is missing", f"{dZ}.sum()"),
        bias(f"{db} is one number, the mean of everything: every unit has a bias of its own", f"{dZ}.mean()"),
        bias(f"{db} is one number, summed over everything, for all units", f"{dZ}.sum() / m + 0 * {dZ}[:, :1]"),
        bias(
            f"{db} is summed over the units, not over the samples: the sum goes along the wrong axis",
            f"{dZ}.sum(axis=0, keepdims=True) / m",
        ),
        bias(f"{db} is summed over the units, not over the samples, and has lost an axis", f"{dZ}.sum(axis=0) / m"),
        bias(f"{db} is the mean over the units, not over the samples", f"{dZ}.mean(axis=0, keepdims=True)"),
        bias(f"{db} is the mean over the units, not over the samples, and has lost an axis", f"{dZ}.mean(axis=0)"),
        bias(f"{db} has lost an axis: as a row it would be added to the wrong entries", f"{dZ}.sum(axis=1) / m"),
        bias(f"{db} has lost an axis, and 1/m is missing", f"{dZ}.sum(axis=1)"),
        bias(f"{db} is the error itself, not yet summed over the samples", f"{dZ} / m"),
        bias(f"{db} is the error itself, and nothing is summed", f"{dZ} * 1.0"),
        bias(f"{db} is the largest error, not the mean", f"{dZ}.max(axis=1, keepdims=True)"),
        mistake("m is the number of rows: samples are columns", both, count, f"m = {dZ}.shape[0]"),
        mistake("m is the number of all entries, not of samples", both, count, f"m = {dZ}.size"),
        mistake("1/m is missing from both: they are sums over the samples, not means", both, count, "m = 1"),
        mistake("both have the wrong sign", both, count, f"m = -{dZ}.shape[1]"),
        mistake("the division is by m - 1", both, count, f"m = {dZ}.shape[1] - 1"),
        mistake(
            f"{dW} and {db} have changed places in the result",
            f"the order is {dW}, {db}",
            f"return {dW}, {db}",
            f"return {db}, {dW}",
        ),
    ]
