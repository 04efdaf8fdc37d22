"""The golden files by name: the backend of Keras that each comes from, what makes it, how close steepest is held.

Numbers in float64 come from TensorFlow: on JAX Keras takes the means of MSE and of binary cross entropy, and tanh, in
float32 even when floatx is float64. float32 comes from JAX, so that both backends have a say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .cases.descriptions import record as describe
from .cases.feature_calls import CALLS
from .cases.feature_models import MODELS
from .cases.grid import GRID, TOLERANCE, Case
from .cases.layers import LAYERS, run_layer, surface
from .cases.optimizers import names_of, run_steps
from .cases.outputs import OUTPUTS, run_outputs
from .cases.rules import RULES, run_rule
from .cases.run import run
from .cases.standalone import STANDALONE, run_standalone
from .cases.weights import CASES as WEIGHTS
from .names import public_names
from .probes.bad_arguments import bad_arguments
from .probes.behaviour import record as behave

Outcome = dict[str, np.ndarray]


@dataclass(frozen=True)
class Numbers:
    """Cases whose outcomes are arrays by name; steepest is held to `tolerance` in each dtype that is named there."""

    backend: str
    dtype: str  # that Keras computes in
    cases: Sequence[str]
    run: Callable[[Any, str, str], Outcome]  # of the module, the name of a case and a dtype
    tolerance: dict[str, float]


@dataclass(frozen=True)
class Record:
    """What JSON can hold."""

    backend: str
    record: Callable[[Any], dict[str, Any]]


# A bias of one element ends so near zero that Keras's own float32 run is 2e-5 and 3e-5 from its float64 run, steepest's
# 6e-6 and 1e-7.
_FLOAT64_ONLY = {"bce_logits-adam_amsgrad-depth1-batch1", "sample_weight-bce"}
TRAININGS: dict[str, Case] = {
    case.name: replace(case, dtypes=("float64",)) if case.name in _FLOAT64_ONLY else case
    for case in (*GRID, *MODELS, *CALLS)
}
_WEIGHTS = {case.name: case for case in WEIGHTS}


def _run_training(keras: Any, name: str, dtype: str) -> Outcome:
    return run_standalone(keras, name, dtype) if name in STANDALONE else run(keras, TRAININGS[name], dtype)


def _trainings(backend: str, dtype: str) -> Numbers:
    cases = [*STANDALONE, *(name for name, case in TRAININGS.items() if dtype in case.dtypes)]
    return Numbers(backend, dtype, cases, _run_training, {dtype: TOLERANCE[dtype]})


def _optimizers(backend: str, dtype: str) -> Numbers:
    return Numbers(backend, dtype, names_of(dtype), run_steps, {dtype: TOLERANCE[dtype]})


NUMBERS: dict[str, Numbers] = {
    "float32": _trainings("jax", "float32"),
    "float64": _trainings("tensorflow", "float64"),
    "optimizers-float32": _optimizers("jax", "float32"),
    "optimizers-float64": _optimizers("tensorflow", "float64"),
    "outputs": Numbers(
        "jax",
        "float32",
        [*OUTPUTS],
        lambda keras, name, _: run_outputs(keras, name),
        {"float32": TOLERANCE["float32"]},
    ),
    # Keras on TensorFlow rounds constants to float32: in gelu, and arguments that are no sums of few powers of two.
    "rules": Numbers("tensorflow", "float64", [*RULES], run_rule, {"float32": 3e-6, "float64": 2e-7}),
    "layers": Numbers("tensorflow", "float64", [*LAYERS], run_layer, TOLERANCE),
    "weights": Numbers(
        "tensorflow",
        "float64",
        [*_WEIGHTS],
        lambda keras, name, dtype: run(keras, _WEIGHTS[name], dtype),
        TOLERANCE,
    ),
}
RECORDS: dict[str, Record] = {
    "names": Record("jax", public_names),
    "behaviour": Record("jax", behave),
    "arguments": Record("jax", bad_arguments),
    "descriptions": Record("jax", describe),
    "surface": Record("tensorflow", surface),
}
