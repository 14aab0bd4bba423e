"""A neural network that learns to read digits: all of it, on NumPy alone.

    python examples/one_file.py [data/train.csv]

D pixels, H hidden units, C classes, m samples, which are columns: X (D, m), Y (C, m) one-hot.
Equations (1) to (11) are derived in docs/math_derivations.md. The data is Kaggle's train.csv of MNIST.
"""

import sys

import numpy as np

path = sys.argv[1] if len(sys.argv) > 1 else "data/train.csv"
D, H, C = 784, 10, 10
α, steps, seed = 0.1, 500, 0


def forward(X):
    Z1 = W1 @ X + b1                                 # (1)   each hidden unit weighs the pixels;
    A1 = np.maximum(Z1, 0)                           # (2)   a negative sum becomes 0 (ReLU)
    Z2 = W2 @ A1 + b2                                # (3)   each class weighs the hidden units
    E = np.exp(Z2 - Z2.max(axis=0))
    A2 = E / E.sum(axis=0)                           # (4)   and gets a probability (softmax)
    return Z1, A1, A2


def backward(X, Y, Z1, A1, A2):
    m = X.shape[1]
    dZ2 = A2 - Y                                     # (5)   the error: output minus target
    dW2 = 1 / m * dZ2 @ A1.mT                        # (6)   error times activation, mean over samples
    db2 = 1 / m * dZ2.sum(axis=-1, keepdims=True)    # (7)   mean error of each unit
    dZ1 = W2.mT @ dZ2 * (Z1 > 0)                     # (8)   the error, passed back where ReLU was active
    dW1 = 1 / m * dZ1 @ X.mT                         # (9)   as (6)
    db1 = 1 / m * dZ1.sum(axis=-1, keepdims=True)    # (10)  as (7)
    return dW1, db1, dW2, db2


def accuracy(X, labels):
    return np.mean(forward(X)[-1].argmax(axis=0) == labels)


data = np.loadtxt(path, np.float32, delimiter=",", skiprows=1)
X, labels = data[:, 1:].T / 255, data[:, 0].astype(int)
X_dev, labels_dev = X[:, :1000], labels[:1000]
X, labels = X[:, 1000:], labels[1000:]
Y = np.eye(C, dtype=np.float32)[:, labels]

rng = np.random.default_rng(seed)
W1 = (rng.standard_normal((H, D)) * np.sqrt(2 / D)).astype(np.float32)
W2 = (rng.standard_normal((C, H)) * np.sqrt(2 / H)).astype(np.float32)
b1, b2 = np.zeros((H, 1), np.float32), np.zeros((C, 1), np.float32)

for step in range(1, steps + 1):
    for θ, dθ in zip((W1, b1, W2, b2), backward(X, Y, *forward(X)), strict=True):
        θ -= α * dθ                                  # (11)  downhill
    if step % 50 == 0:
        print(f"step {step:3}: training {accuracy(X, labels):.4f}, validation {accuracy(X_dev, labels_dev):.4f}")
