"""Plugins: Python files or modules of other people that register activations, optimizers, initializers, callbacks, ...

A plugin is run once, before the command is put together, so that what it registers is in every list and every help
text. It is the user who names them; nothing is run because of what a data or model file says.
"""

import importlib
import importlib.metadata
import importlib.util
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from .errors import InputError

VARIABLE = "MNIST_NN_PLUGINS"  # names, separated as in PATH
GROUP = "mnist_nn"  # the entry points of installed packages


def load_plugins(names: Iterable[str] = ()) -> None:
    """Run the plugins of installed packages, those in $MNIST_NN_PLUGINS, and those of these names.

    A name is the path of a .py file or the dotted name of a module. Raises InputError for one that is not there or does
    not run.
    """
    for entry in importlib.metadata.entry_points(group=GROUP):
        entry.load()
    for name in [*filter(None, os.environ.get(VARIABLE, "").split(os.pathsep)), *names]:
        try:
            _load_file(Path(name)) if name.endswith(".py") else importlib.import_module(name)
        except Exception as error:
            raise InputError(f"plugin {name} cannot be loaded: {type(error).__name__}: {error}") from error


def _load_file(path: Path) -> None:
    name = f"mnist_nn_plugin_{path.stem}"
    if name in sys.modules:
        return
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    sys.modules[name] = module
