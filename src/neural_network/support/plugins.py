"""Plugins: third-party Python files or modules that register activations, optimizers, initializers, callbacks, ...

A plugin runs once, before the command line is read, so that the names it registers are in every list and help text.
Only the user names plugins; nothing runs because of the content of a data or model file.
"""

import contextlib
import importlib
import importlib.metadata
import importlib.util
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from .error_state import own_error_state
from .errors import InputError

VARIABLE = "MNIST_NN_PLUGINS"  # names, separated as in PATH
GROUP = "mnist_nn"  # the entry points of installed packages
loaded: list[str] = []  # the names that were given, with absolute paths: other processes must load them too


@own_error_state  # a plugin may set another, which must not outlast it
def load_plugins(names: Iterable[str] = ()) -> None:
    """Run the plugins of installed packages, those in $MNIST_NN_PLUGINS, and those with these names.

    A name is the path of a .py file or the dotted name of a module. What a plugin prints goes to standard error.

    Raises
    ------
    InputError
        A plugin does not exist, or fails as it runs.
    """
    names = tuple(names)
    entries = {entry.name: entry for entry in importlib.metadata.entry_points(group=GROUP)}
    for name in [*entries, *filter(None, os.environ.get(VARIABLE, "").split(os.pathsep)), *names]:
        try:
            with contextlib.redirect_stdout(sys.stderr):
                if name in entries:
                    entries[name].load()
                elif name.endswith(".py"):
                    _load_file(Path(name))
                else:
                    importlib.import_module(name)
        except (Exception, SystemExit) as error:
            raise InputError(f"plugin {name} cannot be loaded: {type(error).__name__}: {error}") from error
    given = [str(Path(name).resolve()) if name.endswith(".py") else name for name in names]
    loaded.extend(name for name in given if name not in loaded)


def _load_file(path: Path) -> None:
    name = f"mnist_nn_plugin:{path.resolve()}"  # so that two files may have one name
    if name in sys.modules:
        return
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module  # while it runs already: dataclasses look themselves up there
    try:
        specification.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
