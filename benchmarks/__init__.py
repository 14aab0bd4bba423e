"""The benchmark: how fast this package is, compared with PyTorch, JAX, scikit-learn and others.

    python -m benchmarks [JOB...]

jobs.py is the table of jobs. prepare.py writes the files that a job needs, and runner.py measures the job, this package
and each peer in turn. Each measurement is a process, worker.py: there tasks.py times one kind of job, which a module of
peers/ does with one library, or script.py times one of the scripts/. limits.py measures what the machine can do at
best. summary.py computes medians and ratios; results_table.py, report.py and plot.py show them.

The modules that a worker imports for this package (job.py, workload.py, tasks.py, script.py, peers/ours.py) use public
names of neural_network only, so that they can measure another version of it too.
"""
