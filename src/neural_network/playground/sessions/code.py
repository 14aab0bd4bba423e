"""The code that makes a run of the page outside of it, to the same bits: a Python program, and a command."""

from dataclasses import fields

from ...data.dataset import usual_validation
from ...formats.model_file import load_model
from ...formats.shipped_models import SHIPPED
from ...inspection.analysis.toy_data import TOYS
from ...network import Network
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

"""

START_WITH = """
def start_with(network, weights):
    for name, θ in network.parameters.items():
        θ[...] = weights[name]


"""


def as_python(job: Job) -> str:
    """Return a program that trains the network of a job.

    Raises InputError for one that began with a model from a file, and for a branch of an experiment.
    """
    if job.experiment:
        return EXPERIMENT.format(experiment=job.experiment_name, data=job.data.name, spec=job.data.spec)
    stages, data = _stages(job), job.data
    root = stages[0]
    if root.experiment:
        raise InputError("a branch of an experiment has no code: copy the experiment, or save the model")
    if root.start is not None and not root.model:
        raise InputError(
            "a run that began with a model from a file has no code, which could not name the file: "
            "save the model, and train it further with mnist-nn train --from model.safetensors"
        )
    if data.name in TOYS:
        loading = TOY.format(name=data.name, count=TOY_TRAIN, held=usual_validation(TOY_TRAIN))
        make = TOY_MAKE.format(classes=len(data.classes))
    else:
        loading, make = LOAD.format(spec=data.spec), MAKE
    is_branch = len(stages) > 1
    parts = ["from neural_network import TwoLayerNN\n" if root.model else ""]
    parts.append("from neural_network.runs.settings import Settings\n")
    parts += ["from neural_network.training.callback import Callback\n" if is_branch else "", loading]
    parts += [STOP if is_branch else "\n", START_WITH if is_branch or root.model else ""]
    parts.append(f"weights = TwoLayerNN.load({root.model!r}).parameters\n" if root.model else "")
    for stage, following in zip(stages, [*stages[1:], None], strict=True):
        parts.append(f"settings = {_written(stage.settings)}\nnetwork = settings.{make}\n")
        parts.append("start_with(network, weights)\n" if stage.start is not None or stage.parent else "")
        if following and following.step == 0:
            parts.append("weights = network.parameters\n\n")
        elif following:
            parts.append(f"stop = StopAt({following.step})\n")
            parts.append("settings.train(network, train, validation, callbacks=[stop])\nweights = stop.weights\n\n")
    parts.append("history = settings.train(network, train, validation)\nprint(history.rows[-1])\n")
    return "".join(parts)


def as_command(job: Job) -> str:
    """Return the command that trains the network of a job, or raise InputError where no command does."""
    if job.experiment:
        raise InputError("an experiment has no command, as what is wrong with it is made in Python: copy it as Python")
    if job.parent:
        raise InputError("a branch has no command, which would need the model of its first step: copy it as Python")
    if not job.data.spec:
        raise InputError("toy data have no command, as they are made in Python: copy it as Python")
    command = train_command(job.settings, job.data.spec)
    if job.model:
        if load_model(SHIPPED[job.model], Network).classes != job.data.classes:
            raise InputError(
                f"{job.model} has other classes than {job.data.name}, for which there is no command: copy it as Python"
            )
        return f"{command} --from {job.model}"
    if job.start is not None:
        raise InputError(
            "a model from a file has no command, which could not name the file: "
            "save the model, and train it further with mnist-nn train --from model.safetensors"
        )
    return command


def _stages(job: Job) -> list[Job]:
    """Return the runs that led to a job, the first of them first."""
    return [*(_stages(job.parent) if job.parent else []), job]


def _written(settings: Settings) -> str:
    values = {field.name: getattr(settings, field.name) for field in fields(Settings)}
    changed = {name: value for name, value in values.items() if value != usual_value(name, settings)}
    if changed.get("learning_rate", 0) is None:
        del changed["learning_rate"]
    return f"Settings({', '.join(f'{name}={value!r}' for name, value in changed.items())})"
