"""Used by every other part: errors, argument checks, randomness, registries, files, locks, signals, threads."""
