"""Training: the loop, optimizers, schedules, regularizers, callbacks, history."""
