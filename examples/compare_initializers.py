"""Compare initializers: the default training with each of them, over five seeds, as a table.

    python examples/compare_initializers.py --data auto

Each row is the mean ± standard deviation of five runs of 500 full-batch steps, with 10 hidden units and learning
rate 0.1. A row takes about a minute.
"""

import argparse

import numpy as np

from neural_network.data import load
from neural_network.runs.settings import Settings
from neural_network.training.loop import measure

INITIALIZERS = ["uniform", "he-normal", "he-uniform", "glorot-uniform", "zeros"]

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--data", default="auto", help="data set, as for `mnist-nn train`")
parser.add_argument("--epochs", type=int, default=500)
parser.add_argument("--seeds", type=int, default=5)
parser.add_argument("--initializers", nargs="+", default=INITIALIZERS)
arguments = parser.parse_args()

dataset = load(arguments.data)
train, validation = dataset.split(1000)
print(f"data: {dataset.name} from {dataset.source}")
print("| initializer | train accuracy | validation accuracy | train loss | validation loss |")
print("| --- | --- | --- | --- | --- |")
for initializer in arguments.initializers:
    settings = Settings(initializer=initializer, epochs=arguments.epochs, learning_rate=0.1)
    networks, _ = settings.train_seeds(range(arguments.seeds), train)  # all of them at once
    runs = []
    for network in networks:
        (train_loss, train_accuracy), (loss, accuracy) = measure(network, *train), measure(network, *validation)
        runs.append((100 * train_accuracy, 100 * accuracy, train_loss, loss))
    mean, deviation = np.mean(runs, axis=0), np.std(runs, axis=0, ddof=min(1, len(runs) - 1))
    a, b, c, d = (f"{m:.2f} ± {s:.2f}" for m, s in zip(mean, deviation, strict=True))
    print(f"| {initializer} | {a} % | {b} % | {c} | {d} |", flush=True)
