"""10 hidden units, 500 steps of gradient descent on all training images: with scikit-learn."""

import sys

import numpy as np
from sklearn.neural_network import MLPClassifier

data = np.load(sys.argv[1])
X_train, X_test = (data[name].reshape(-1, 784) / np.float32(255) for name in ("x_train", "x_test"))
Y_train, Y_test = data["y_train"], data["y_test"]

classifier = MLPClassifier(
    (10,),
    solver="sgd",
    learning_rate_init=0.1,
    momentum=0.0,
    alpha=0.0,
    batch_size=len(X_train),
    shuffle=False,
    max_iter=500,
    n_iter_no_change=500,
    random_state=0,
)
classifier.fit(X_train, Y_train)
print(classifier.score(X_test, Y_test))
