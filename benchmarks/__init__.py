"""The benchmark: is the readable network also the fast one? Every claim of speed comes out of here.

jobs.py is the table of jobs, as values. runner.py measures each of them, ours and every installed peer in turn, each
time in a process of its own: worker.py, in which tasks.py says how a kind of job is timed, and peers/ how each library
does it. material.py is what they all work on, limits.py what the machine could do at best, summary.py the arithmetic
of medians and ratios, report.py and plot.py what is shown of it.
"""
