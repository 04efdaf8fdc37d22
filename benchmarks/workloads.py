"""The cases of the benchmark as data, the data sets that they train on, and what counts as having learnt.

To add a case, add a `Workload` to `WORKLOADS`. Everything random comes from a seed fixed by the name of the case.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

TOLERANCE = 0.01
"""How far, relative to the float64 reference, the loss of any epoch of the learning check may lie."""


@dataclass(frozen=True)
class Workload:
    """A network of ReLU layers, its data, its training, and the learning check that comes before the timing.

    The learning check trains for `check_epochs` on the first `check_rows` rows, in order, from the same weights in
    every engine: the last epoch's loss has to be at most `check_share` of the first one's.
    """

    name: str
    rows: int
    inputs: int
    hidden: tuple[int, ...]
    outputs: int
    loss: str
    optimizer: str
    learning_rate: float
    batch_size: int
    check_rows: int
    check_epochs: int
    check_share: float
    epochs: int = 1
    """Epochs of one timed call of fit; the time is given for one of them."""

    @property
    def widths(self) -> tuple[int, ...]:
        return (self.inputs, *self.hidden, self.outputs)

    @property
    def title(self) -> str:
        loss = {"mse": "MSE", "binary": "binary", "categorical": "categorical"}[self.loss]
        layers = "-".join(str(width) for width in self.widths[1:])
        batch = "full batch" if self.batch_size >= self.rows else f"batch {self.batch_size:,}"
        return f"{self.rows:,} x {self.inputs:,}, {layers}, {loss}, {self.optimizer}, {batch}"

    def checked(self) -> Workload:
        """The case on the rows of its learning check alone."""
        rows = min(self.rows, self.check_rows)
        return replace(self, rows=rows, batch_size=min(self.batch_size, rows), epochs=self.check_epochs)

    def quick(self) -> Workload:
        """The case cut down to what tells whether an engine works, not how fast it is."""
        rows = min(self.rows, 2_000)
        return replace(self, rows=rows, batch_size=min(self.batch_size, rows), epochs=1)


WORKLOADS = (
    Workload("small-mse", 1_000, 10, (16, 16), 1, "mse", "adam", 0.001, 32, 1_000, 10, 0.7, epochs=20),
    Workload("digits-one-by-one", 1_797, 64, (32,), 10, "categorical", "sgd", 0.01, 1, 1_000, 3, 0.7),
    Workload("table-binary", 200_000, 8, (128, 32), 1, "binary", "adam", 0.001, 70, 7_000, 5, 0.7),
    Workload("images-adam", 20_000, 784, (128,), 10, "categorical", "adam", 0.001, 32, 2_000, 4, 0.7, epochs=2),
    Workload("images-rmsprop", 20_000, 784, (512, 512), 10, "categorical", "rmsprop", 0.0003, 128, 2_000, 4, 0.7),
    Workload("deep-mse", 100_000, 100, (256, 256, 256), 1, "mse", "adam", 0.001, 256, 5_000, 3, 0.7),
    Workload("autoencoder", 20_000, 784, (256, 32, 256), 784, "mse", "adagrad", 0.02, 256, 2_000, 5, 0.8),
    Workload("full-batch", 10_000, 784, (512,), 10, "categorical", "adam", 0.001, 10_000, 2_000, 10, 0.7, epochs=2),
    Workload("wide", 4_096, 2_048, (2_048, 2_048), 10, "categorical", "momentum", 0.01, 1_024, 1_024, 8, 0.7),
)

SMALL = WORKLOADS[0]
"""The case that first fit and one-row prediction are measured with."""
MEMORY = WORKLOADS[3]
"""The case that peak memory is measured with."""

HYPER_PARAMETERS = {
    "sgd": {},
    "momentum": {"momentum": 0.9},
    "adagrad": {"initial_accumulator_value": 1e-5, "epsilon": 1e-10},
    "rmsprop": {"rho": 0.9, "epsilon": 1e-12},
    "adam": {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7},
}
"""What the optimizers run with in every engine: Keras's defaults, and momentum 0.9, with two exceptions. Epsilon of
Adagrad and RMSprop is too small to matter, as some engines have it inside the square root and others outside. Adagrad
starts from less than 0.1, next to which the squared gradients of a mean over hundreds of outputs are nothing."""


def named(names: Sequence[str]) -> list[Workload]:
    """The cases of these names, in the given order; ValueError for a name that is none."""
    known = {workload.name: workload for workload in WORKLOADS}
    for name in names:
        if name not in known:
            raise ValueError(f"Unknown workload: {name!r}. Expected one of: {', '.join(known)}.")
    return [known[name] for name in names]


def _generator(workload: Workload, purpose: int) -> np.random.Generator:
    return np.random.default_rng([zlib.crc32(workload.name.encode()), purpose])


def make_data(workload: Workload) -> tuple[Floats, Floats]:
    """x (rows, inputs) and y (rows, outputs), float32: a few hidden causes that a network can find, and noise.

    Classes are clusters (y is one-hot), numbers and yes/no are what a small random network says of x, and where there
    are as many outputs as inputs y is x itself. A share of the labels is wrong, so that no loss can fall to 0.
    """
    rng = _generator(workload, 0)

    def normal(*shape: int) -> Floats:
        return rng.standard_normal(shape, dtype=np.float32)

    rows, outputs, causes = workload.rows, workload.outputs, min(16, workload.inputs)
    hidden = normal(rows, causes)
    if workload.loss == "categorical":
        label = rng.integers(outputs, size=rows)
        hidden += 2 * normal(outputs, causes)[label]
    x = np.tanh(hidden @ normal(causes, workload.inputs) / np.float32(np.sqrt(causes)))
    x += 0.1 * normal(rows, workload.inputs)
    if outputs == workload.inputs:
        return x, x
    if workload.loss == "categorical":
        wrong = rng.random(rows) < 0.05
        label[wrong] = rng.integers(outputs, size=int(wrong.sum()))
        return x, np.eye(outputs, dtype=np.float32)[label]
    signal = np.tanh(x @ normal(workload.inputs, 8) / np.float32(np.sqrt(causes))) @ normal(8, outputs)
    signal = signal / signal.std() + 0.1 * normal(rows, outputs)
    return x, (signal > 0).astype(np.float32) if workload.loss == "binary" else signal


def make_weights(workload: Workload) -> list[Floats]:
    """Kernel (K, N) drawn as Keras's glorot_uniform draws, and bias (N,) of zeros, of each layer: float32."""
    rng = _generator(workload, 1)
    weights: list[Floats] = []
    for inputs, units in zip(workload.widths, workload.widths[1:], strict=False):
        limit = np.sqrt(6 / (inputs + units))
        weights += [rng.uniform(-limit, limit, (inputs, units)).astype(np.float32), np.zeros(units, np.float32)]
    return weights


def verify(workload: Workload, losses: Sequence[float], reference: Sequence[float]) -> str | None:
    """What is wrong with the losses of a learning check, next to those of the float64 reference; None if nothing."""
    if len(losses) != len(reference):
        return f"gave {len(losses)} losses for {len(reference)} epochs"
    if not np.all(np.isfinite(losses)):
        return f"its loss is not finite: {list(losses)}"
    if losses[-1] > workload.check_share * losses[0]:
        return f"did not learn: its loss went from {losses[0]:.4g} to {losses[-1]:.4g} in {len(losses)} epochs"
    off = largest_difference(losses, reference)
    if off > TOLERANCE:
        return f"trains on something else: its losses are {off:.2%} off the reference, {TOLERANCE:.0%} are allowed"
    return None


def largest_difference(losses: Sequence[float], reference: Sequence[float]) -> float:
    """max |loss - reference| / reference over the epochs."""
    return max(abs(loss - expected) / expected for loss, expected in zip(losses, reference, strict=True))
