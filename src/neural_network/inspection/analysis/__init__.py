"""What figures and reports say about a network, computed by plain functions of arrays; nothing here draws.

calibration.py, intervals.py   are its probabilities meant, and how sure is a count
comparison.py                  is it better than another
neighbors.py                   its worst mistakes, and what they resemble
layers.py, pca.py              what its hidden units answer, and the cloud they make of the pictures
gradients.py, adversarial.py   which pixels matter, and how to deceive it with them
robustness.py                  pictures moved, turned, scaled, thickened and spoilt
landscape.py                   the loss around it, and the way that training took
sweep.py, planes.py            short trainings: learning rates, and toy data in two dimensions
sampling.py                    fewer samples, for what takes long
"""
