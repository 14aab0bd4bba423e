"""TwoLayerNN: the network of network.py, with the methods that train it, save it and load it."""

import os
from collections.abc import Sequence
from html import escape
from typing import Self

import numpy as np

from ..data.sample_checks import warn_about_samples
from ..formats.model_file import load_model, save_model
from ..network import Network
from ..support.byte_pixels import Inputs
from ..support.errors import InputError
from ..support.html import html_table
from ..support.randomness import Seed
from .callback import Callback
from .history import History
from .loop import fit
from .optimizers import Optimizer, make_optimizer


class TwoLayerNN(Network):
    """A network with one hidden layer: `Network` with `train`, `save` and `load`. The arguments are those of `Network`.

    Examples
    --------
    >>> nn = TwoLayerNN(input_size=784, hidden_size=10, output_size=10)
    >>> nn.train(X_train, Y_train, epochs=500, learning_rate=0.1)  # doctest: +SKIP
    >>> nn.evaluate(X_dev, Y_dev)  # doctest: +SKIP
    0.899
    """

    def train(
        self,
        X: Inputs,
        Y: np.ndarray,
        epochs: int = 500,
        learning_rate: float | None = None,
        *,
        batch_size: int | None = None,
        validation: tuple[np.ndarray, np.ndarray] | None = None,
        shuffle: bool = True,
        seed: Seed = None,
        optimizer: str | Optimizer = "sgd",
        callbacks: Sequence[Callback] = (),
        progress: bool | None = None,
    ) -> History:
        """Train on `X` (D, m) and labels `Y` (m,), and return the history of the run.

        `optimizer` is a registered name or a value. `learning_rate` goes with a name; None takes that optimizer's own,
        which is 0.1 for gradient descent. Everything else is explained in `fit` of loop.py.
        """

        if not isinstance(optimizer, str) and learning_rate is not None:
            raise InputError("learning_rate goes with the name of an optimizer; an optimizer's value has its own")
        warn_about_samples(X, Y, self.classes)

        return fit(
            self,
            X,
            Y,
            epochs=epochs,
            optimizer=make_optimizer(optimizer, learning_rate) if isinstance(optimizer, str) else optimizer,
            batch_size=batch_size,
            validation=validation,
            shuffle=shuffle,
            seed=seed,
            callbacks=callbacks,
            progress=progress,
        )

    def __repr__(self) -> str:
        sizes = f"{self.input_size}, {self.hidden_size}, {self.output_size}"
        return f"{type(self).__name__}({sizes}, activation={self.activation.name!r})"

    def _repr_html_(self) -> str:
        """Show the layers and their parameters in a notebook."""
        D, H, C = self.input_size, self.hidden_size, self.output_size
        rows = [
            ["hidden", f"{D:,} → {H:,}", self.activation.name, f"W1 {self.W1.shape}, b1 {self.b1.shape}"],
            ["output", f"{H:,} → {C:,}", self.output, f"W2 {self.W2.shape}, b2 {self.b2.shape}"],
        ]
        count = sum(θ.size for θ in self.parameters.values())
        head = (
            f"<p>{type(self).__name__}: {count:,} parameters, {self.dtype}, loss {escape(self.loss_function.name)}</p>"
        )
        return head + html_table(["layer", "size", "activation", "parameters"], rows)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write parameters and configuration to a safetensors file: see `formats.model_file.save_model`."""

        save_model(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Return the network that `save` wrote to `path`, or a shipped one by its name, such as "best-800".

        See `formats.model_file.load_model`.
        """

        return load_model(path, cls)
