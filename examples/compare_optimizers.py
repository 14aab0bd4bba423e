"""Compare activations and optimizers: test accuracy of each pair on MNIST with 128 hidden units, as a table.

    python examples/compare_optimizers.py --data mnist

Each cell is the mean ± standard deviation, in per cent, of three seeds: ten epochs in batches of 128, with the default
learning rate of each optimizer. On two processors the whole table takes about half an hour.
"""

import argparse
import functools
import os
from concurrent.futures import ProcessPoolExecutor
from itertools import product

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # several processes share the processors best with one thread each

import numpy as np

from neural_network.data import load
from neural_network.functions.activations import ACTIVATIONS
from neural_network.runs.settings import Settings
from neural_network.training.optimizers import OPTIMIZERS

cached_load = functools.cache(load)


def accuracy(spec: str, settings: Settings) -> float:
    """Train one network, and return its accuracy on the test images in per cent."""
    dataset = cached_load(spec)
    network = settings.make_network(len(dataset.train.X), len(dataset.classes))
    settings.train(network, dataset.train, progress=False)
    return 100 * network.evaluate(*dataset.test)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="auto", help="data set, as for `mnist-nn train`")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--activations", nargs="+", default=list(ACTIVATIONS))
    parser.add_argument("--optimizers", nargs="+", default=list(OPTIMIZERS))
    arguments = parser.parse_args()

    epochs = arguments.epochs
    print("| activation |", " | ".join(arguments.optimizers), "|")
    print("| --- |" + " --- |" * len(arguments.optimizers))
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as processes:
        for activation in arguments.activations:
            pairs = product(arguments.optimizers, range(arguments.seeds))
            runs = [
                Settings(
                    hidden=128,
                    activation=activation,
                    optimizer=name,
                    seed=seed,
                    batch_size=128,
                    epochs=arguments.epochs,
                )
                for name, seed in pairs
            ]
            results = list(processes.map(accuracy, [arguments.data] * len(runs), runs))
            cells = np.reshape(results, (len(arguments.optimizers), arguments.seeds))
            means, deviations = cells.mean(axis=1), cells.std(axis=1, ddof=arguments.seeds > 1)
            row = (f"{mean:.2f} ± {deviation:.2f}" for mean, deviation in zip(means, deviations, strict=True))
            print(f"| {activation} |", " | ".join(row), "|", flush=True)
