"""Sweeps: the same training with many settings and seeds, on one machine or on a cluster.

space.py          what is varied: lists and ranges of values
search.py         which settings are tried: all, random ones, or those that Optuna proposes
jobs.py           the trainings of a sweep, each a piece of work for one process
workers.py        the processes that do them: joblib's, Dask's or Ray's
trials_file.py    trials.csv: a row for each setting and seed, from which a sweep continues
results.py        mean and standard deviation over the seeds, and the best setting
sweep.py          a sweep from its first trial to its last
recipe_file.py    the best setting as a file for `train --recipe`
"""
