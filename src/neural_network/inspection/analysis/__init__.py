"""Measurements of a trained network, for figures and reports: plain functions of arrays; nothing here draws.

calibration.py, intervals.py          do probabilities fit accuracies, and how uncertain is a share
neighbors.py                          the most confident mistakes, and the training images nearest to them
layers.py, pca.py                     the activations of the hidden units, and their principal components
input_gradients.py, adversarial.py    which pixels matter, and attacks that use them
robustness.py                         accuracy on pictures that are shifted, rotated, scaled, thickened or noisy
landscape.py                          the loss around the network, and the path of training
learning_rate_sweep.py, toy_data.py   short trainings: learning rates, and toy data in two dimensions
sampling.py                           a subset of the samples, for measurements that take long
"""
