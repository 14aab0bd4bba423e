"""`mnist-nn evaluate`: measure a saved model on a data set."""

import math
from dataclasses import asdict
from typing import Annotated, Any, Literal

import typer

from ..functions.metrics import accuracy, confusion_matrix, per_class
from ..runs.folder import model_file
from ..runs.summary import Metrics
from ..support.arguments import check_inputs, check_labels, plain
from ..support.errors import InputError
from ..training.loop import judge
from ..training.model import TwoLayerNN
from . import terminal
from .dataset_for_model import load_for
from .options import Json, Model, OwnData

WIDEST = 50  # classes of a confusion matrix in the terminal


def evaluate(
    model: Model,
    data: OwnData = None,
    split: Annotated[
        Literal["test", "train"] | None,
        typer.Option(help="Part of the data set.", show_default="test, if there is one"),
    ] = None,
    json: Json = False,
) -> None:
    """Measure a model: accuracy, loss, precision and recall of each class, and which classes it confuses.

    Examples:

      mnist-nn evaluate runs/first

      mnist-nn evaluate model.safetensors --data fashion-mnist --json
    """
    network = TwoLayerNN.load(model_file(model))
    dataset = load_for(network, data, model)
    samples = dataset.train if split == "train" else dataset.test
    if samples is None and split == "test":
        raise InputError(f"{dataset.source} has no test images; use --split train")
    X, Y = samples or dataset.train
    X = check_inputs(X, network.input_size, network.dtype, f"{dataset.name}'s images")
    Y = check_labels(Y, network.output_size, X.shape[1], f"{dataset.name}'s labels")
    loss, predicted = judge(network, X, Y)
    if not math.isfinite(loss):
        raise InputError(f"the loss is {loss}: the weights of {model} are too large for numbers of {network.dtype}")
    confusion = confusion_matrix(predicted, Y, network.output_size)
    result = {
        "data": {"name": dataset.name, "source": dataset.source},
        "samples": len(Y),
        "accuracy": accuracy(predicted, Y),
        "loss": loss,
        "per_class": [{"class": name, **row} for name, row in zip(network.classes, per_class(confusion), strict=True)],
        "confusion": confusion.tolist(),
    }
    if dataset.parts and split != "train":
        result["parts"] = {name: asdict(Metrics.of(network, *part)) for name, part in dataset.parts}
    if json:
        terminal.print_json(result)
    else:
        _print_tables(result)


def _print_tables(result: dict[str, Any]) -> None:
    classes = terminal.table("class", "samples", "precision", "recall", "F1")
    names = [row["class"] for row in result["per_class"]]
    for name, row in zip(names, result["per_class"], strict=True):
        figures = (f"{row[column]:.1%}" for column in ("precision", "recall", "f1"))
        classes.add_row(name, f"{row['samples']:,}", *figures)
    console = terminal.console()

    def say(figures: dict[str, Any], of: str) -> None:
        line = (
            f"accuracy {figures['accuracy']:.2%}, loss {figures['loss']:.4f}, on {figures['samples']:,} samples of {of}"
        )
        console.print(line, markup=False, soft_wrap=True)

    say(result, f"{result['data']['name']} from {plain(result['data']['source'])}")
    for name, part in result.get("parts", {}).items():
        say(part, plain(name))
    console.print(classes)
    if len(names) > WIDEST:
        console.print(f"the confusion matrix of {len(names)} classes is too wide for a terminal; --json has it")
        return
    width = max(len(str(each)) for each in [*names, *(count for row in result["confusion"] for count in row)])
    label = max(len(each) for each in ["label", *names])
    beside = max(1, (console.width - label - 4) // (width + 3))
    for first in range(0, len(names), beside):  # where there is no room for all columns, there are several tables
        part = slice(first, first + beside)
        confusion = terminal.table(
            "label", *names[part], title="labels in rows, predictions in columns" if first == 0 else None
        )
        for name, counts in zip(names, result["confusion"], strict=True):
            confusion.add_row(name, *(str(count) if count else "." for count in counts[part]))
        console.print(confusion)
