"""Optimizers: steps on arrays and short trainings, for each optimizer and each option that all of them have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

STEPS = 7

_HALF = {"learning_rate": 0.05}
_OPTIMIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    "adadelta": ("Adadelta", {"learning_rate": 1.0, "rho": 0.9}),
    "adamax": ("Adamax", {**_HALF, "beta_1": 0.8, "beta_2": 0.9}),
    "nadam": ("Nadam", {**_HALF, "beta_1": 0.8, "beta_2": 0.9}),
    "lion": ("Lion", {**_HALF, "beta_1": 0.8, "beta_2": 0.9}),
    "adamw": ("AdamW", {**_HALF, "weight_decay": 0.2}),
    "ftrl": (
        "Ftrl",
        {**_HALF, "l1_regularization_strength": 0.1, "l2_regularization_strength": 0.2, "beta": 0.3}
        | {"l2_shrinkage_regularization_strength": 0.05},
    ),
    "ftrl_power": ("Ftrl", {**_HALF, "learning_rate_power": -0.3, "initial_accumulator_value": 0.5}),
    "schedule_free_adamw": ("ScheduleFreeAdamW", {**_HALF, "beta_1": 0.8, "beta_2": 0.9, "warmup_steps": 4}),
    "lamb": ("Lamb", {**_HALF, "beta_1": 0.8, "beta_2": 0.9}),
    "adafactor": ("Adafactor", {**_HALF, "clip_threshold": 0.7}),
    "muon": ("Muon", _HALF),
    "muon_plain": ("Muon", {**_HALF, "nesterov": False, "rms_rate": None, "adam_lr_ratio": 0.5, "ns_steps": 3}),
    "weight_decay": ("SGD", {**_HALF, "momentum": 0.9, "weight_decay": 0.3}),
    "clipnorm": ("Adam", {**_HALF, "clipnorm": 0.7}),
    "clipvalue": ("RMSprop", {**_HALF, "clipvalue": 0.4}),
    "global_clipnorm": ("SGD", {**_HALF, "momentum": 0.9, "global_clipnorm": 0.9}),
    "use_ema": ("SGD", {**_HALF, "use_ema": True, "ema_momentum": 0.7}),
    "ema_overwrite_frequency": (
        "Adam",
        {**_HALF, "use_ema": True, "ema_momentum": 0.7, "ema_overwrite_frequency": 3},
    ),
    "loss_scale_factor": ("Adagrad", {**_HALF, "loss_scale_factor": 4.0}),
    "gradient_accumulation_steps": ("Adam", {**_HALF, "gradient_accumulation_steps": 3}),
    "all": (
        "SGD",
        {**_HALF, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1, "clipnorm": 0.8, "use_ema": True}
        | {"ema_momentum": 0.6, "ema_overwrite_frequency": 2, "gradient_accumulation_steps": 2},
    ),
}

_SCHEDULES: dict[str, tuple[str, tuple[Any, ...], dict[str, Any]]] = {
    "exponential": ("ExponentialDecay", (0.3, 4, 0.5), {}),
    "staircase": ("ExponentialDecay", (0.3, 4, 0.5), {"staircase": True}),
    "piecewise": ("PiecewiseConstantDecay", ([3, 6, 10], [0.5, 0.25, 0.1, 0.01]), {}),
    "polynomial": ("PolynomialDecay", (0.3, 5), {"power": 2.0, "end_learning_rate": 0.05}),
    "polynomial_cycle": ("PolynomialDecay", (0.3, 5), {"cycle": True}),
    "inverse_time": ("InverseTimeDecay", (0.3, 3, 0.7), {}),
    "inverse_time_staircase": ("InverseTimeDecay", (0.3, 3, 0.7), {"staircase": True}),
    "cosine": ("CosineDecay", (0.3, 12), {"alpha": 0.1}),
    "cosine_warmup": ("CosineDecay", (0.1, 8), {"warmup_target": 0.5, "warmup_steps": 4}),
    "restarts": ("CosineDecayRestarts", (0.3, 5), {"m_mul": 0.7, "alpha": 0.1}),
    "restarts_even": ("CosineDecayRestarts", (0.3, 4), {"t_mul": 1.0}),
}

# Not compared in float64, which Keras gives on TensorFlow: there Nadam's 0.96 is rounded to float32, and what
# ScheduleFreeAdamW keeps as its old momentum is the variable itself, and so the new one.
FLOAT32_ONLY = {f"{way}-{name}" for way in ("steps", "fit") for name in ("nadam", "schedule_free_adamw")}


def _exact(value: Any, dtype: str) -> Any:
    """In float64 a NumPy number for a Python float, which Keras on TensorFlow would round to float32."""
    if isinstance(value, list):
        return [_exact(each, dtype) for each in value]
    return np.float64(value) if dtype == "float64" and isinstance(value, float) else value


def _steps(name: str, arguments: dict[str, Any]) -> Callable[[Any, str], dict[str, Any]]:
    def run(keras: Any, dtype: str) -> dict[str, Any]:
        optimizer = getattr(keras.optimizers, name)(**{key: _exact(value, dtype) for key, value in arguments.items()})
        for key, value in optimizer.get_config().items():
            if isinstance(value, float) and key != "learning_rate":
                setattr(optimizer, key, _exact(value, dtype))
        stream = np.random.RandomState(5)
        shapes = ((4, 3), (3,), (3, 4))
        first = [(stream.randint(-4096, 4097, shape) / 4096).astype(dtype) for shape in shapes]
        variables = [keras.Variable(value, dtype=dtype, name=f"v{i}") for i, value in enumerate(first)]
        optimizer.build(variables)
        outcome = {}
        for step in range(STEPS):
            grads = [(stream.randint(-8192, 8193, shape) / 4096).astype(dtype) for shape in shapes]
            optimizer.apply(grads, variables)
            outcome |= {f"{step}.{i}": np.array(variable) for i, variable in enumerate(variables)}
        optimizer.finalize_variable_values(variables)
        return outcome | {f"last.{i}": np.array(variable) for i, variable in enumerate(variables)}

    return run


def _fit(
    name: str,
    arguments: dict[str, Any],
    undecayed: Sequence[str] = (),
    callback: tuple[str, dict[str, Any]] | None = None,
) -> Callable[[Any, str], dict[str, Any]]:
    """A training, without weight decay of the weights with names like `undecayed`; with a callback validated, too."""

    def run(keras: Any, dtype: str) -> dict[str, Any]:
        stream = np.random.RandomState(6)
        x, y = ((stream.randint(-4096, 4097, (20, width)) / 4096).astype(dtype) for width in (5, 2))
        held = {"validation_data": (x[:6], y[6:12])} if callback else {}
        callbacks = [getattr(keras.callbacks, callback[0])(**callback[1])] if callback else []
        layers = [keras.layers.Dense(6, activation="tanh"), keras.layers.Dense(2)]
        model = keras.Sequential([keras.Input((5,)), *layers])
        model.set_weights(
            [(stream.randint(-2048, 2049, np.shape(w)) / 4096).astype(dtype) for w in model.get_weights()]
        )
        exact = {key: _exact(value, dtype) for key, value in arguments.items()}
        rate = exact["learning_rate"]
        exact["learning_rate"] = keras.optimizers.schedules.InverseTimeDecay(rate, 4, _exact(0.5, dtype))
        optimizer = getattr(keras.optimizers, name)(**exact)
        for key, value in optimizer.get_config().items():
            if isinstance(value, float):
                setattr(optimizer, key, _exact(value, dtype))
        optimizer.exclude_from_weight_decay(var_names=list(undecayed))
        model.compile(optimizer, "mse", run_eagerly=dtype == "float64")  # graphs take no NumPy numbers
        fitted = model.fit(x, y, batch_size=7, epochs=4, shuffle=False, verbose=0, callbacks=callbacks, **held)
        return fitted.history | {str(i): weight for i, weight in enumerate(model.get_weights())}

    return run


# The optimizers and options with which `fit` trains.
_TRAINING = (
    *("adadelta", "adamax", "nadam", "lion", "adamw", "ftrl", "ftrl_power", "schedule_free_adamw"),
    *("weight_decay", "clipnorm", "clipvalue", "global_clipnorm", "use_ema", "ema_overwrite_frequency"),
    *("loss_scale_factor", "gradient_accumulation_steps", "all"),
    *("lamb", "adafactor", "muon", "muon_plain"),  # whose rules are in Python
)


def _schedules(keras: Any, dtype: str) -> dict[str, Any]:
    rates = {}
    for key, (name, positional, named) in _SCHEDULES.items():
        exact = [_exact(value, dtype) for value in positional]
        schedule = getattr(keras.optimizers.schedules, name)(*exact, **{k: _exact(v, dtype) for k, v in named.items()})
        rates[key] = np.array([float(schedule(step)) for step in range(40)])
    return rates


def run_steps(keras: Any, name: str, dtype: str) -> dict[str, np.ndarray]:
    """What an entry of `STEPS_OF` gives in `dtype` on the module `keras`."""
    keras.config.set_floatx(dtype)
    try:
        return {key: np.asarray(value, dtype) for key, value in STEPS_OF[name](keras, dtype).items()}
    finally:
        keras.config.set_floatx("float32")


def names_of(dtype: str) -> list[str]:
    """The entries that are compared in `dtype`."""
    return [name for name in STEPS_OF if dtype == "float32" or name not in FLOAT32_ONLY]


STEPS_OF: dict[str, Callable[[Any, str], dict[str, Any]]] = {
    **{f"steps-{key}": _steps(name, arguments) for key, (name, arguments) in _OPTIMIZERS.items()},
    **{f"fit-{key}": _fit(*_OPTIMIZERS[key]) for key in _TRAINING},
    "fit-excluded": _fit("AdamW", {**_HALF, "weight_decay": 0.7}, undecayed=["bias"]),
    "fit-lamb-excluded": _fit("Lamb", {**_HALF, "weight_decay": 0.7, "use_ema": True}, undecayed=["kernel"]),
    "fit-swap": _fit("SGD", {**_HALF, "use_ema": True, "ema_momentum": 0.9}, callback=("SwapEMAWeights", {})),
    "fit-swap-on-epoch": _fit(
        "Adam", {**_HALF, "use_ema": True, "ema_momentum": 0.9}, callback=("SwapEMAWeights", {"swap_on_epoch": True})
    ),
    "schedules": _schedules,
}
