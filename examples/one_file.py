"""A neural network that learns to read digits: all of it, on NumPy alone.

    python examples/one_file.py [data/train.csv]

D pixels, H hidden units, C classes, m samples, which are columns: X (D, m), Y (C, m) one-hot.
Equations (1) to (11) are derived in docs/math_derivations.md. The data is Kaggle's train.csv of MNIST.
It is cut into a stack of small matrices, X (n, D, m), which are multiplied faster than a large one; X.mT transposes
each of them. The gradient of the mean loss is the mean of their gradients.
"""

import sys

import numpy as np

path = sys.argv[1] if len(sys.argv) > 1 else "data/train.csv"
D, H, C, m = 784, 10, 10, 40
α, steps, seed = 0.1, 500, 0


def forward(X):
    Z1 = W1 @ X + b1                                  # (1)   each hidden unit weighs the pixels;
    A1 = np.maximum(Z1, 0)                            # (2)   a negative sum becomes 0 (ReLU)
    Z2 = W2 @ A1 + b2                                 # (3)   each class weighs the hidden units
    E = np.exp(Z2 - Z2.max(axis=-2, keepdims=True))
    A2 = E / E.sum(axis=-2, keepdims=True)            # (4)   and gets a probability (softmax)
    return Z1, A1, A2


def backward(X, Y, Z1, A1, A2):
    dZ2 = A2 - Y                                      # (5)   the error: output minus target
    dW2 = 1 / m * dZ2 @ A1.mT                         # (6)   error times activation, mean over samples
    db2 = 1 / m * dZ2.sum(axis=-1, keepdims=True)     # (7)   mean error of each unit
    dZ1 = W2.mT @ dZ2 * (Z1 > 0)                      # (8)   the error, passed back where ReLU was active
    dW1 = 1 / m * dZ1 @ X.mT                          # (9)   as (6)
    db1 = 1 / m * dZ1.sum(axis=-1, keepdims=True)     # (10)  as (7)
    return [dθ.mean(axis=0) for dθ in (dW1, db1, dW2, db2)]


def accuracy(X, labels):
    return np.mean(forward(X)[-1].argmax(axis=-2) == labels)


try:
    data = np.loadtxt(path, np.float32, delimiter=",", skiprows=1)
except OSError:
    sys.exit(f"{path} is missing. To make one: mnist-nn data export --format csv --output {path}")
data = data[: len(data) // m * m].reshape(-1, m, 1 + D)
X, labels = data[:, :, 1:].mT / 255, data[:, :, 0].astype(int)
Y = np.eye(C, dtype=np.float32)[labels].mT
X_dev, labels_dev, X, labels, Y = X[:25], labels[:25], X[25:], labels[25:], Y[25:]  # 25 · 40 samples are held out
rng = np.random.default_rng(seed)
W1 = (rng.standard_normal((H, D)) * np.sqrt(2 / D)).astype(np.float32)
W2 = (rng.standard_normal((C, H)) * np.sqrt(2 / H)).astype(np.float32)
b1, b2 = np.zeros((H, 1), np.float32), np.zeros((C, 1), np.float32)

for step in range(1, steps + 1):
    for θ, dθ in zip((W1, b1, W2, b2), backward(X, Y, *forward(X)), strict=True):
        θ -= α * dθ                                   # (11)  a step downhill
    if step % 50 == 0:
        print(f"step {step:3}: training {accuracy(X, labels):.4f}, validation {accuracy(X_dev, labels_dev):.4f}")
