"""What `config.json` says of a run: is all that programs read of it there, and of the type it is written with?

People may edit the file, and strangers may send one: nothing is computed from it before it has been looked at here.
"""

from typing import Any, get_type_hints

from ..network import Network
from ..support.errors import InputError
from ..support.json_schema import check_values
from .settings import Settings

DATA = {"name": str, "source": str, "spec": str, "validation": int}
COUNTS = {"train": int, "test": int}
MODEL = {"input_size": int, "hidden_size": int, "output_size": int, "activation": str, "parameters": int}
FIGURES = {"samples": int, "accuracy": float, "loss": float}
ENDED = {"steps": int, "seconds": float, "planned_epochs": int}
MOST_PARTS = 8  # of a mixture: each may be as large as MNIST


def check_summary(summary: Any) -> None:
    """Raise InputError where it is not the summary of a run, of one that diverged (`diverged_at`) or of one that ended.

    What earlier versions did not write yet may be missing.
    """
    check_values(summary, {}, "it")
    diverged = "diverged_at" in summary
    data, training = summary.get("data"), summary.get("training")
    check_values(data, DATA if diverged else DATA | COUNTS, "data")
    check_spec(data["spec"])
    check_values(training, {"optimizer": str, "schedule": str, "seed": int}, "training")
    kinds = get_type_hints(Settings) | ENDED
    check_values(training, {name: kinds[name] for name in training.keys() & kinds}, "training")
    if "software" in summary:
        check_values(summary["software"], {}, "software")
        check_values(summary["software"], dict.fromkeys(summary["software"], str), "software")
    if diverged:
        check_values(summary, {"diverged_at": int, "reason": str}, "it")
        return
    check_values(training, {"epochs": int, "steps": int, "seconds": float, "batch_size": int | None}, "training")
    check_values(summary.get("model"), MODEL, "model")
    check_values(summary.get("metrics"), {}, "metrics")
    check_values(summary.get("parts", {}), {}, "parts")
    check_values(summary["metrics"].get("train"), FIGURES, "train")
    for name, figures in [*summary["metrics"].items(), *summary.get("parts", {}).items()]:
        if figures is not None:
            _check_figures(name, figures)


def check_spec(spec: str) -> None:
    """Raise InputError where the data are a mixture of too many parts."""
    if spec.count("+") >= MOST_PARTS:
        raise InputError(f"data {spec!r} have more than {MOST_PARTS} parts")


def _check_figures(name: str, figures: Any) -> None:
    check_values({"name": name}, {"name": str}, "metrics")
    check_values(figures, FIGURES, name)
    if figures["accuracy"] > 1:
        raise InputError(f"accuracy of {name} cannot be {figures['accuracy']!r}")


def check_model(summary: dict[str, Any], network: Network) -> None:
    """Raise InputError where the summary is of a network of other sizes."""
    sizes = {name: getattr(network, name) for name in ("input_size", "hidden_size", "output_size")}
    sizes["parameters"] = sum(θ.size for θ in network.parameters.values())
    for name, size in sizes.items():
        if summary["model"][name] != size:
            raise InputError(f"{name} is {summary['model'][name]}, but {size} in the model beside it")
