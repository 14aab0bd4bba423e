"""Train the network, print its accuracy, and save it.

    python examples/train_model.py                               MNIST, found or downloaded
    python examples/train_model.py --data synthetic              built-in digits, no internet needed
    python examples/train_model.py --hidden 128 --batch-size 64 --epochs 10

It saves the model in model.safetensors and the history of the run in model.csv; visualize_results.py draws both.
"""

import argparse
from pathlib import Path

from neural_network import TwoLayerNN
from neural_network.data import load

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--data", default="auto", help="auto, mnist, fashion-mnist, kmnist, synthetic, or a path")
parser.add_argument("--validation", type=int, default=1000, help="hold out the first N training samples (1000)")
parser.add_argument("--hidden", type=int, default=10, help="hidden units (10)")
parser.add_argument("--epochs", type=int, default=500, help="passes through the training samples (500)")
parser.add_argument("--learning-rate", type=float, default=0.1, help="step size (0.1)")
parser.add_argument("--batch-size", type=int, help="samples in a step (all of them)")
parser.add_argument("--seed", type=int, default=0, help="random seed (0)")
parser.add_argument("--output", type=Path, default="model.safetensors", help="file for the model")
options = parser.parse_args()

dataset = load(options.data)
train, validation = dataset.split(options.validation)
about = f"{dataset.name} ({dataset.note or dataset.source})"
print(f"training on {len(train.Y):,} samples of {about}")

network = TwoLayerNN(len(train.X), options.hidden, len(dataset.classes), seed=options.seed)
history = network.train(
    *train, options.epochs, options.learning_rate, batch_size=options.batch_size, validation=validation
)

for name, samples in [("train", train), ("validation", validation), ("test", dataset.test)]:
    if samples:
        print(f"{name} accuracy: {network.evaluate(*samples):.3f}")
network.save(options.output)
history.save(options.output.with_suffix(".csv"))
print(f"saved {options.output}, trained on {about}")
