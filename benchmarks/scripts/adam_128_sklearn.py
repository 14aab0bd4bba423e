"""128 hidden units, ten epochs of Adam in batches of 128: with scikit-learn."""

import sys

import numpy as np
from sklearn.neural_network import MLPClassifier

data = np.load(sys.argv[1])
X_train, X_test = (data[name].reshape(-1, 784) / np.float32(255) for name in ("x_train", "x_test"))
Y_train, Y_test = data["y_train"], data["y_test"]

classifier = MLPClassifier((128,), alpha=0.0, batch_size=128, max_iter=10, random_state=0)
classifier.fit(X_train, Y_train)
print(classifier.score(X_test, Y_test))
