"""10 hidden units, 500 steps of gradient descent on all training images: with this package."""

import sys

import numpy as np

from neural_network import TwoLayerNN

data = np.load(sys.argv[1])
X_train, X_test = (data[name].reshape(-1, 784).T / np.float32(255) for name in ("x_train", "x_test"))
Y_train, Y_test = data["y_train"], data["y_test"]

network = TwoLayerNN(784, 10, 10, seed=0)
network.train(X_train, Y_train, epochs=500, learning_rate=0.1)
print(network.evaluate(X_test, Y_test))
