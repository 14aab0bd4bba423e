"""One module for each library, which uses it as its experienced users do. It defines what its kinds of jobs need:

    Trainer(training, rows, labels)     .begin(parameters), .train(batches, rates) -> losses, .predict(rows) -> labels
    Predictor(folder)                   called with rows (m, D): probabilities (m, C)
    COLD                                a program that is given a model and an image, and prints the probabilities
    augment(rows, seed)                 deformed rows
    read_csv(path)                      rows, labels

`train(batches, rates)` makes one step for each learning rate, on the samples whose numbers are a row of `batches`, or
on all samples where `batches` is None; all steps are finished when it returns. Kinds of jobs that a module names in
`OWN` are measured by its own function of that name instead of that of tasks.py.
"""
