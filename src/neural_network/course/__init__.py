"""The course: build the network yourself, exercise by exercise, and be told which mistake it is.

exercises/   an exercise each: NAME.md has its page, stub, solution, hints; NAME.py its probes and its mistakes
exercise.py  what an exercise is                 catalog.py    all of them, in order
worker.py    runs the learner's code in a process of its own        runner.py   starts it, with limits
outcomes.py  compares what functions return      diagnose.py   finds the mistake that explains a wrong result
grader.py    one exercise from file to verdict   workspace.py  the learner's folder and progress
troubles.py  what kept a call from a result      notebook.py   the same in Jupyter
final.py     the learner's network beside the reference
"""
