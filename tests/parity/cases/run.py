"""Carries a case out on the module `keras` it is given: real Keras or `steepest.keras`.

Data and initial weights are multiples of 2**-12 from a stream of integers that NumPy has frozen and that only the
case's name seeds: the same numbers on every machine, and the same in float32 and float64.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from .grid import Case, Named

KEPT_ROWS = 8  # of the predictions, in the golden files
HYPER_PARAMETERS = ("momentum", "rho", "beta_1", "beta_2", "epsilon", "initial_accumulator_value")


class Numbers:
    """A stream of exact numbers that depends on a name only."""

    def __init__(self, name: str) -> None:
        self._stream = np.random.RandomState(zlib.crc32(name.encode()))

    def uniform(self, shape: Sequence[int], bound: float) -> np.ndarray:
        """Multiples of 2**-12 in [-bound, bound]."""
        limit = int(bound * 4096)
        return self._stream.randint(-limit, limit + 1, size=tuple(shape)) / 4096.0

    def integers(self, shape: Sequence[int], count: int) -> np.ndarray:
        return self._stream.randint(0, count, size=tuple(shape))


class _Run:
    """One case on one engine; every method named `on_...` is a step that takes more than calling the model's method."""

    def __init__(self, keras: Any, case: Case, dtype: str) -> None:
        self.keras, self.case, self.dtype = keras, case, dtype
        self.numbers = Numbers(case.name)
        self.x, self.y = self.rows(case.rows)
        self.sample_weight = np.abs(self.numbers.uniform((case.rows,), 2.0)).astype(dtype)
        self.sample_weight[::6] = 0.0
        self.validation = self.rows(11)
        layers = [self.make("layers", *layer) for layer in case.layers]
        self.model = keras.Sequential([keras.Input(case.input_shape), *layers])
        self.model.set_weights([self.initial(np.shape(w)) for w in self.model.get_weights()])
        self.on_compile()

    def make(self, module: str, name: str, arguments: dict[str, Any]) -> Any:
        """An instance. `decay` is Keras 2's keyword, which Keras 3 spells as a schedule: lr / (1 + decay * step)."""
        arguments = {key: self.part(key, value) for key, value in arguments.items()}
        if "decay" in arguments and self.keras.__name__ == "keras":
            rate, decay = arguments.pop("learning_rate"), arguments.pop("decay")
            arguments["learning_rate"] = self.keras.optimizers.schedules.InverseTimeDecay(rate, 1, decay)
        return getattr(getattr(self.keras, module), name)(**arguments)

    def part(self, key: str, value: Any) -> Any:
        """An argument; that of a regularizer or a constraint is ("Name", {...})."""
        for kind in ("regularizer", "constraint"):
            if key.endswith(f"_{kind}") and value is not None:
                return self.make(f"{kind}s", *value)
        return self.exact(value)

    def exact(self, value: Any) -> Any:
        """In float64 a NumPy number for a Python float, which Keras on TensorFlow would round to float32."""
        return np.float64(value) if self.dtype == "float64" and isinstance(value, float) else value

    def named(self, module: str, entry: Any) -> Any:
        """A string stands for itself, ("Name", {...}) for an instance of the class, ("name",) for the function."""
        if isinstance(entry, str):
            return entry
        return self.make(module, *entry) if len(entry) == 2 else getattr(getattr(self.keras, module), entry[0])

    def rows(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        case = self.case
        x = self.numbers.uniform((count, *case.input_shape), 1.5) * case.x_scale
        if case.target == "real":
            y = self.numbers.uniform((count, case.outputs), 1.0)
        elif case.target == "binary":
            y = self.numbers.integers((count, case.outputs), 2)
        elif case.target == "onehot":
            y = np.eye(case.outputs)[self.numbers.integers((count,), case.outputs)]
        else:
            y = self.numbers.integers((count,), case.outputs)
        if case.flat_target:
            y = y.reshape(count)
        if np.issubdtype(y.dtype, np.floating):
            y = y.astype(self.dtype)
        return x.astype(case.x_dtype or self.dtype), y

    def initial(self, shape: tuple[int, ...]) -> np.ndarray:
        """Kernels with a variance of 1 / inputs, biases that are not zero."""
        return self.numbers.uniform(shape, (3.0 / shape[0]) ** 0.5 if len(shape) == 2 else 0.3).astype(self.dtype)

    def optimizer(self, entry: Named | str) -> Any:
        made = self.named("optimizers", entry)
        if self.dtype == "float64":
            made = self.keras.optimizers.get(made)
            for name in HYPER_PARAMETERS:
                if hasattr(made, name):
                    setattr(made, name, self.exact(getattr(made, name)))
        return made

    def on_compile(self, **changes: Any) -> dict[str, Any]:
        self.model.compile(
            optimizer=self.optimizer(changes.get("optimizer", self.case.optimizer)),
            loss=self.named("losses", self.case.loss),
            metrics=[self.named("metrics", metric) for metric in self.case.metrics],
        )
        return {}

    def on_freeze(self, layer: int | None, trainable: bool) -> dict[str, Any]:
        """Sets `trainable` of a layer, or of the model, and compiles it again."""
        (self.model if layer is None else self.model.layers[layer]).trainable = trainable
        return self.on_compile()

    def on_learning_rate(self, value: float) -> dict[str, Any]:
        self.model.optimizer.learning_rate = value
        return {}

    def weighted(self, arguments: dict[str, Any], count: int) -> dict[str, Any]:
        return {**arguments, "sample_weight": self.sample_weight[:count]} if "sample_weight" in arguments else arguments

    def on_fit(self, **arguments: Any) -> dict[str, Any]:
        arguments = self.weighted(arguments, len(self.x))
        if arguments.get("validation_data") == "weighted":
            arguments["validation_data"] = (*self.validation, self.sample_weight[: len(self.validation[0])])
        elif arguments.get("validation_data"):
            arguments["validation_data"] = self.validation
        if "callbacks" in arguments:
            arguments["callbacks"] = [self.make("callbacks", *callback) for callback in arguments["callbacks"]]
        return self.model.fit(self.x, self.y, shuffle=False, verbose=0, **arguments).history

    def on_evaluate(self, **arguments: Any) -> dict[str, Any]:
        return _by_name(self.model.evaluate(self.x, self.y, verbose=0, **self.weighted(arguments, len(self.x))))

    def on_train_on_batch(self, begin: int, end: int, **arguments: Any) -> dict[str, Any]:
        arguments = self.weighted(arguments, end - begin)
        return _by_name(self.model.train_on_batch(self.x[begin:end], self.y[begin:end], **arguments))

    def on_test_on_batch(self, begin: int, end: int, **arguments: Any) -> dict[str, Any]:
        arguments = self.weighted(arguments, end - begin)
        return _by_name(self.model.test_on_batch(self.x[begin:end], self.y[begin:end], **arguments))

    def on_predict(self, **arguments: Any) -> dict[str, Any]:
        return {"y": self.model.predict(self.x, verbose=0, **arguments)[:KEPT_ROWS]}

    def on_predict_on_batch(self, rows: int) -> dict[str, Any]:
        return {"y": self.model.predict_on_batch(self.x[:rows])}

    def on_call(self) -> dict[str, Any]:
        return {"y": self.model(self.x)[:KEPT_ROWS]}


def _by_name(result: Any) -> dict[str, Any]:
    return result if isinstance(result, dict) else {"result": result}


def run(keras: Any, case: Case, dtype: str) -> dict[str, np.ndarray]:
    """Carries the case out with the numbers in `dtype`; the outcome of each step, then the weights, by name."""
    keras.config.set_floatx(dtype)
    try:
        running = _Run(keras, case, dtype)
        outcome = {
            f"{number}.{step}.{key}": np.asarray(value, dtype)
            for number, (step, arguments) in enumerate(case.steps)
            for key, value in getattr(running, f"on_{step}")(**arguments).items()
        }
        weights = {f"weight.{i}": np.asarray(w) for i, w in enumerate(running.model.get_weights())}
    finally:
        keras.config.set_floatx("float32")
    return outcome | weights


def relative_difference(found: np.ndarray, golden: np.ndarray) -> float:
    """max|found - golden| / max|golden|: the error of an array in units of its largest number.

    Infinite where the shapes differ or a number is missing (not finite) on one side only.
    """
    if found.shape != golden.shape or not np.array_equal(np.isfinite(found), np.isfinite(golden)):
        return float("inf")
    finite = np.isfinite(golden)
    if not finite.any():
        return 0.0
    found, golden = found[finite].astype("float64"), golden[finite].astype("float64")
    difference, size = float(np.abs(found - golden).max()), float(np.abs(golden).max())
    if difference == 0.0:
        return 0.0
    return difference / size if size else float("inf")


def differences(found: dict[str, np.ndarray], golden: dict[str, np.ndarray]) -> dict[str, float]:
    """`relative_difference` of each array of an outcome; infinite for one that only one side has."""
    return {
        key: relative_difference(found[key], golden[key]) if key in found and key in golden else float("inf")
        for key in dict.fromkeys((*golden, *found))
    }
