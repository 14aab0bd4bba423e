"""The formats of numbers in a report."""

NO_BREAK = "\u00a0"


def percent(share: float, decimals: int = 2) -> str:
    """Return a share of 0 to 1 as per cent: 94.89 %."""
    return f"{100 * share:.{decimals}f}{NO_BREAK}%"


def counted(count: int, what: str, plural: str = "") -> str:
    """Return a number of things: 1 epoch, 2,000 epochs."""
    return f"{count:,} {what if count == 1 else plural or what + 's'}"


def number(value: float) -> str:
    """Return a number to four decimals, or with a power of ten where these are too few or too many."""
    value = float(value) + 0.0  # which turns -0 into 0
    return f"{value:.4f}" if value == 0 or 5e-5 <= abs(value) < 1e5 else f"{value:.2e}"
