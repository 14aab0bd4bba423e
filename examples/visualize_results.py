"""Draw figures of a trained network: its training, its predictions, its mistakes and its hidden weights.

    python examples/train_model.py
    python examples/visualize_results.py                     the same data and file names by default
    python examples/visualize_results.py --model my.safetensors --data synthetic --output pictures

The figures are ordinary matplotlib figures: change them as you like before they are saved.
"""

import argparse
from pathlib import Path

from neural_network import History, TwoLayerNN
from neural_network.data import load
from neural_network.functions.metrics import confusion_matrix
from neural_network.inspection.figures import (
    confusion,
    hidden_weights,
    sample_predictions,
    save_figures,
    training_progress,
)

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--model", type=Path, default="model.safetensors", help="a model of train_model.py")
parser.add_argument("--data", default="auto", help="auto, mnist, fashion-mnist, kmnist, synthetic, or a path")
parser.add_argument("--output", type=Path, default="figures", help="folder for the figures")
options = parser.parse_args()

network = TwoLayerNN.load(options.model)
history = History.load(options.model.with_suffix(".csv"))
dataset = load(options.data)
X, Y = dataset.test or dataset.train
probabilities = network.predict_proba(X)
predicted = probabilities.argmax(axis=0)

print(f"accuracy on {len(Y):,} samples of {dataset.name}: {(predicted == Y).mean():.3f}")
figures = {
    "training_progress": training_progress(history),
    "sample_predictions": sample_predictions(X, Y, probabilities),
    "hidden_weights": hidden_weights(network.W1),
    "confusion": confusion(confusion_matrix(predicted, Y, network.output_size)),
}
for path in save_figures(figures, options.output):
    print(f"saved {path}")
