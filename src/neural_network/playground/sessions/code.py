"""The code that makes a run of the page outside of it, to the same bits: a Python program, and a command."""

from dataclasses import fields

from ...data.dataset import usual_validation
from ...inspection.analysis.toy_data import TOYS
from ...runs.command import train_command, usual_value
from ...runs.settings import Settings
from ...support.errors import InputError
from .data import TOY_TRAIN
from .job import Job

LOAD = """from neural_network.data import load
from neural_network.data.dataset import usual_validation
from neural_network.data.preprocess import format_of

dataset = load({spec!r})
train, validation = dataset.split(usual_validation(len(dataset.train.Y)))
"""
MAKE = "make_network(len(train.X), dataset.classes, format_of(dataset))"

TOY = """from neural_network.inspection.analysis.toy_data import {name}

X, Y = {name}({count}, 0)
train, validation = (X[:, {held}:], Y[{held}:]), (X[:, :{held}], Y[:{held}])
"""
TOY_MAKE = "make_network(2, {classes})"

EXPERIMENT = """from neural_network.playground.sessions.data import DataSets
from neural_network.playground.sessions.job import Job

job = Job.of_experiment({experiment!r}, DataSets({{{data!r}: {spec!r}}}).get({data!r}))
network = job.make_network()
history = job.train(network, [])
print(history.rows[-1])
"""

STOP = """

class StopAt(Callback):
    \"\"\"Ends a run after a step, and keeps the weights that it has then.\"\"\"

    process_safe = True

    def __init__(self, step):
        self.step = step

    def on_step(self, run):
        if run.step == self.step:
            self.weights = {name: θ.copy() for name, θ in run.network.parameters.items()}
            run.stop = True


def start_with(network, weights):
    for name, θ in network.parameters.items():
        θ[...] = weights[name]

"""


def as_python(job: Job) -> str:
    """Return a program that trains the network of a job. Raises InputError for one that began with a loaded model."""
    if job.experiment:
        return EXPERIMENT.format(experiment=job.experiment, data=job.data.name, spec=job.data.spec)
    data = job.data
    if data.name in TOYS:
        loading = TOY.format(name=data.name, count=TOY_TRAIN, held=usual_validation(TOY_TRAIN))
        make = TOY_MAKE.format(classes=len(data.classes))
    else:
        loading, make = LOAD.format(spec=data.spec), MAKE
    stages = _stages(job)
    if stages[0].start is not None:
        raise InputError("the run began with a model that was loaded: save it, and load it in Python")
    parts = ["from neural_network.runs.settings import Settings\n"]
    if len(stages) > 1:
        parts.append("from neural_network.training.callback import Callback\n")
    parts += [loading, STOP if len(stages) > 1 else "\n"]
    for i, stage in enumerate(stages):
        parts.append(f"settings = {_written(stage.settings)}\nnetwork = settings.{make}\n")
        if i:
            parts.append("start_with(network, stop.weights)\n")
        if i + 1 < len(stages) and stages[i + 1].step == 0:
            raise InputError("a branch from step 0 is a run of its own: start it anew with its settings")
        if i + 1 < len(stages):
            parts.append(f"stop = StopAt({stages[i + 1].step})\n")
            parts.append("settings.train(network, train, validation, callbacks=[stop])\n\n")
    parts.append("history = settings.train(network, train, validation)\nprint(history.rows[-1])\n")
    return "".join(parts)


def as_command(job: Job) -> str:
    """Return the command that trains the network of a job, or raise InputError where no command does."""
    if job.experiment:
        raise InputError("an experiment has no command: what is wrong with it is made in Python")
    if job.start is not None:
        raise InputError("a branch or a loaded model has no command: copy it as Python, or save the model")
    if not job.data.spec:
        raise InputError("toy data have no command: copy it as Python")
    return train_command(job.settings, job.data.spec)


def _stages(job: Job) -> list[Job]:
    """Return the runs that led to a job, the first of them first."""
    return [*(_stages(job.parent) if job.parent else []), job]


def _written(settings: Settings) -> str:
    values = {field.name: getattr(settings, field.name) for field in fields(Settings)}
    changed = {name: value for name, value in values.items() if value != usual_value(name, settings)}
    if changed.get("learning_rate", 0) is None:
        del changed["learning_rate"]
    return f"Settings({', '.join(f'{name}={value!r}' for name, value in changed.items())})"
