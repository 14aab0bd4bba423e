"""`mnist-nn train`: train a network on a data set, print its results, and save the run."""

from pathlib import Path
from typing import Annotated

import typer

from ...data.augment import AUGMENTATIONS
from ...recipes import find_recipe
from ...runs.checkpoint_files import parse_interval
from ...runs.folder import check_writable, claim_run_folder, new_run_folder
from ...runs.settings import Settings
from ...support.errors import InputError
from ...training.callback import CALLBACKS
from ...training.optimizers import OPTIMIZERS
from ...training.schedules import SCHEDULES
from .. import terminal
from ..options import Activation, Data, Hidden, Initializer, Json, LabelSmoothing, Loss, Output, Seed, one_of
from .fine_tune import take_settings
from .given import fill_in
from .once import train_once
from .results import BUILTIN
from .resume import is_finished, named, take_up
from .seeds import train_seeds
from .task import read_task

TRAINING, REGULARIZATION, SAVING = "Training", "Regularization", "Saving"


def train(
    context: typer.Context,
    data: Data = "auto",
    hidden: Hidden = 10,
    epochs: Annotated[int, typer.Option(min=1, help="How many times to go through the training samples.")] = 500,
    batch_size: Annotated[
        int | None, typer.Option(min=1, help="Samples in a step.", show_default="all of them")
    ] = None,
    learning_rate: Annotated[
        float | None,
        typer.Option(help="Step size, the α of equation (11).", show_default="that of the optimizer, 0.1 for sgd"),
    ] = None,
    name: Annotated[str | None, typer.Option(help="Save the run in runs/NAME.", show_default="date and time")] = None,
    activation: Activation = "relu",
    initializer: Initializer = "he-normal",
    output: Output = "softmax",
    loss: Loss = "cross-entropy",
    label_smoothing: LabelSmoothing = 0.0,
    validation: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Hold out this many of the first training samples.",
            show_default="1000, or a tenth of fewer than 10,000",
            rich_help_panel=TRAINING,
        ),
    ] = None,
    optimizer: Annotated[str, one_of(OPTIMIZERS, "Update rule of the parameters", TRAINING)] = "sgd",
    schedule: Annotated[str, one_of(SCHEDULES, "Change of the learning rate over time", TRAINING)] = "constant",
    warmup_steps: Annotated[
        int,
        typer.Option(
            min=0, help="Raise the learning rate over this many steps first (cosine only).", rich_help_panel=TRAINING
        ),
    ] = 0,
    clip: Annotated[
        float, typer.Option(min=0, help="Clip gradients to this norm (0: off).", rich_help_panel=TRAINING)
    ] = 0.0,
    average: Annotated[
        float,
        typer.Option(
            min=0, help="Keep a moving average of the weights, with this decay, e.g. 0.999.", rich_help_panel=TRAINING
        ),
    ] = 0.0,
    teacher: Annotated[
        str,
        typer.Option(
            metavar="MODEL",
            help="Learn from the probabilities of this model instead of the labels; join several with +.",
            show_default="none",
            rich_help_panel=TRAINING,
        ),
    ] = "",
    early_stopping: Annotated[
        int,
        typer.Option(
            min=0,
            help="Stop when the validation loss has not improved for this many epochs, and keep the best (0: off).",
            rich_help_panel=TRAINING,
        ),
    ] = 0,
    callbacks: Annotated[
        list[str] | None,
        typer.Option(
            "--callback",
            help=f"Callback of a plugin ({', '.join(CALLBACKS) or 'none is loaded'}; see --plugin).",
            rich_help_panel=TRAINING,
        ),
    ] = None,
    seed: Seed = 0,
    seeds: Annotated[
        int,
        typer.Option(
            min=1, max=10_000, help="Train this many networks, with consecutive seeds.", rich_help_panel=TRAINING
        ),
    ] = 1,
    deterministic: Annotated[
        bool,
        typer.Option(
            "--deterministic",
            help="Has no effect any more: the bits never depend on the number of threads.",
            rich_help_panel=TRAINING,
        ),
    ] = False,
    augment: Annotated[str, one_of(AUGMENTATIONS, "Deform the images in each epoch", REGULARIZATION)] = "none",
    light_epochs: Annotated[
        int,
        typer.Option(
            min=0, help="Deform them only lightly in this many epochs at the end.", rich_help_panel=REGULARIZATION
        ),
    ] = 0,
    l1: Annotated[
        float, typer.Option(min=0, help="Add λ Σ |w| to the loss, with this λ.", rich_help_panel=REGULARIZATION)
    ] = 0.0,
    l2: Annotated[
        float, typer.Option(min=0, help="Add λ/2 Σ w² to the loss, with this λ.", rich_help_panel=REGULARIZATION)
    ] = 0.0,
    dropout: Annotated[
        float, typer.Option(help="Share of hidden units to drop in each step.", rich_help_panel=REGULARIZATION)
    ] = 0.0,
    input_dropout: Annotated[
        float, typer.Option(help="Share of pixels to drop in each step.", rich_help_panel=REGULARIZATION)
    ] = 0.0,
    max_norm: Annotated[
        float,
        typer.Option(
            min=0, help="Limit the norm of each hidden unit's weights to this (0: off).", rich_help_panel=REGULARIZATION
        ),
    ] = 0.0,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a run of the same name.", rich_help_panel=SAVING)
    ] = False,
    checkpoint_every: Annotated[
        str,
        typer.Option(
            metavar="STEPS|SECONDS",
            help="Write a checkpoint after this many steps (500) or seconds (30s).",
            show_default="only on Ctrl-C",
            rich_help_panel=SAVING,
        ),
    ] = "",
    resume: Annotated[
        Path | None,
        typer.Option(
            metavar="RUN",
            help="Continue an interrupted run with its own options; give no others.",
            rich_help_panel=SAVING,
        ),
    ] = None,
    from_run: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="RUN|MODEL",
            help="Start with the weights of this run, and with its settings and data unless others are given; or with "
            "the weights of a model.",
            show_default="random weights",
            rich_help_panel=TRAINING,
        ),
    ] = "",
    recipe: Annotated[
        str,
        typer.Option(
            metavar="NAME|FILE.toml",
            help="Use the settings of a recipe (see mnist-nn recipes list) unless others are given.",
            show_default="none",
        ),
    ] = "",
    figures: Annotated[bool, typer.Option(help="Save figures of the run too.", rich_help_panel=SAVING)] = True,
    json: Json = False,
) -> None:
    """Train a network, print its results, and save it in runs/NAME.

    By default, 10 hidden units learn in 500 steps of full-batch gradient descent with learning rate 0.1.

    Ctrl-C stops the training and keeps what the network has learnt. --resume continues it later, and ends with the
    same bits as a run that was never interrupted.

    Examples:

      mnist-nn train

      mnist-nn train --hidden 128 --batch-size 64 --epochs 10

      mnist-nn train --hidden 128 --batch-size 128 --epochs 10 --optimizer adam --schedule cosine --dropout 0.2

      mnist-nn train --data data/train.csv --seed 1 --name first

      mnist-nn train --resume runs/first

      mnist-nn train --from runs/first --epochs 20 --name more

      mnist-nn train --from everyday-800 --data my-digits --epochs 20

      mnist-nn train --recipe simard-800 --epochs 5
    """
    if recipe and (resume or from_run):
        raise InputError(f"--recipe begins a new training: it does not go with {'--resume' if resume else '--from'}")
    checkpoint, start = None, None
    if resume:
        resume = named(resume)
        if is_finished(resume, context, json):
            return
        checkpoint = take_up(resume, context)
    elif from_run:
        start = take_settings(context, from_run)
    elif recipe:
        fill_in(context, find_recipe(recipe).options)
    settings = Settings.among(context.params)
    settings.check()
    parse_interval(checkpoint_every)
    if checkpoint_every and seeds > 1:
        raise InputError("--checkpoint-every works with one network only, not with --seeds")
    check_writable(resume or new_run_folder(name, overwrite))
    data, validation, figures = (context.params[each] for each in ("data", "validation", "figures"))
    task = read_task(settings, data, validation, start)
    if task.dataset.name == "synthetic" and not (recipe or from_run):
        terminal.note(BUILTIN)
    folder = resume or context.with_resource(claim_run_folder(name, overwrite, terminal.note))
    if seeds > 1:
        is_whole = train_seeds(task, seeds, folder, json)
    else:
        is_whole = train_once(task, folder, start, checkpoint, checkpoint_every, figures, json)
    if not is_whole:
        raise SystemExit(130)
