"""Live models to Keras and back: each layer and each optimizer, in both directions (`python -m parity.live_exchange`).

A model is trained for an epoch on one side, handed over with its weights and the state of its optimizer, and then both
are trained for one more. Predictions after the exchange differ by at most 1e-6, those after the epoch by 1e-4. On
TensorFlow Keras's ScheduleFreeAdamW is beyond that: what it keeps as its old momentum is the variable itself.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .cases.layers import CASES, RANDOM
from .cases.layers import name_of as layer_name

EXACT, TRAINED = 1e-6, 1e-4
_ACTIVATIONS = (
    "relu leaky_relu relu6 sigmoid tanh tanh_shrink exponential softplus log_sigmoid elu selu celu silu mish gelu "
    "hard_sigmoid hard_silu hard_tanh hard_shrink soft_shrink softsign squareplus sparse_plus sparse_sigmoid softmax "
    "log_softmax"  # sparsemax is another function in Keras: see `deviations`
).split()
_OPTIMIZERS: dict[str, dict[str, Any]] = {
    "SGD": {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True},
    "Adagrad": {"learning_rate": 0.05},
    "Adadelta": {"learning_rate": 1.0},
    "RMSprop": {"learning_rate": 0.01, "momentum": 0.5, "centered": True},
    "Adam": {"learning_rate": 0.01, "amsgrad": True},
    "AdamW": {"learning_rate": 0.01},
    "Adamax": {"learning_rate": 0.01},
    "Nadam": {"learning_rate": 0.01},
    "Lion": {"learning_rate": 0.001},
    "Ftrl": {"learning_rate": 0.05},
    "Lamb": {"learning_rate": 0.01},
    "Adafactor": {"learning_rate": 0.01},
    "Muon": {"learning_rate": 0.01},
    "ScheduleFreeAdamW": {"learning_rate": 0.01},
}
_OPTIONS: dict[str, dict[str, Any]] = {  # without use_ema, with which Keras on JAX can't fit a model twice
    "clipping": {"global_clipnorm": 0.5},
    "accumulation": {"gradient_accumulation_steps": 2},
}

Case = tuple[Callable[[Any], Any], list[np.ndarray], np.ndarray]  # the model of a module, inputs, targets


def _rows(shapes: Any, seed: int = 0) -> list[np.ndarray]:
    return [np.random.RandomState(seed).uniform(-1, 1, (20, *shape)).astype("float32") for shape in shapes]


def _layer(case: Any) -> Case:
    name, arguments, shape = case
    shapes = shape if name == "Dot" else (shape,)

    def make(keras: Any) -> Any:
        inputs = [keras.Input(one) for one in shapes]
        hidden = inputs
        if name != "Embedding":
            hidden = [keras.layers.Dense(s[-1], "tanh")(x) for s, x in zip(shapes, inputs, strict=True)]
        inside = getattr(keras.layers, name)(**arguments)(hidden if name == "Dot" else hidden[0])
        outputs = keras.layers.Dense(2)(keras.layers.Flatten()(inside))
        model = keras.Model(inputs if len(inputs) > 1 else inputs[0], outputs)
        model.compile(keras.optimizers.SGD(0.05, momentum=0.5), "mse")
        return model

    x = _rows(shapes)
    if name == "Embedding":
        x = [np.random.RandomState(0).randint(0, arguments["input_dim"], (20, *shape)).astype("float32")]
    return make, x, _rows([(2,)], 1)[0]


def _stack(optimizer: str, arguments: dict[str, Any], activation: str = "tanh") -> Case:
    def make(keras: Any) -> Any:
        layers = keras.layers
        model = keras.Sequential([keras.Input((6,)), layers.Dense(5, activation), layers.Dense(3, "softmax")])
        made = getattr(keras.optimizers, optimizer)(**arguments)
        model.compile(made, "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    return make, _rows([(6,)]), np.random.RandomState(2).randint(0, 3, 20).astype("float32")


def _nested(keras: Any) -> Any:
    """A model within a model, a shared layer, several outputs with losses of their own."""
    layers = keras.layers
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(4, "relu"), layers.BatchNormalization()], name="inner")
    a, b, shared = keras.Input((4,), name="a"), keras.Input((4,), name="b"), layers.Dense(4, "tanh", name="shared")
    h = layers.Concatenate()([inner(shared(a)), shared(b)])
    model = keras.Model([a, b], {"y": layers.Dense(1, name="top")(h), "z": layers.Dense(2, name="side")(h)})
    model.compile("adam", {"y": "mse", "z": "mae"}, loss_weights={"y": 1.0, "z": 0.5})
    return model


def cases() -> Iterator[tuple[str, Case]]:
    """All of them by name."""
    for case in CASES:
        yield layer_name(case), _layer(case)
    for name in _ACTIVATIONS:
        yield f"activation {name}", _stack("SGD", {"learning_rate": 0.05}, name)
    for name, arguments in _OPTIMIZERS.items():
        yield f"optimizer {name}", _stack(name, arguments)
    for name, arguments in _OPTIONS.items():
        yield f"Adam with {name}", _stack("Adam", {"learning_rate": 0.01, **arguments})
    targets: Any = {"y": _rows([(1,)], 1)[0], "z": _rows([(2,)], 2)[0]}
    yield "nested model of several outputs", (_nested, _rows([(4,), (4,)]), targets)


def difference(a: Any, b: Any) -> float:
    """max |a - b| / max |b|, at least of numbers around 1; inf for different shapes."""
    if isinstance(a, dict):
        return max(difference(a[key], b[key]) for key in a)
    a, b = np.asarray(a), np.asarray(b)
    return float(np.abs(a - b).max() / max(1.0, np.abs(b).max())) if a.shape == b.shape else float("inf")


def exchange(
    made: Any, hand_over: Callable[[Any], Any], x: Any, targets: Any, batch_size: int, random: bool
) -> tuple[float, float]:
    """The differences of predictions after the exchange, and of predictions and history after one more epoch of both.

    Args:
        made: a compiled model, which is trained for an epoch first.
        hand_over: what makes a model of the other side of it.
        x, targets: as `fit` takes them.
        batch_size: of the trainings.
        random: whether a layer is random in training: then the second difference is 0.
    """
    options: dict[str, Any] = {"batch_size": batch_size, "shuffle": False, "verbose": 0}
    made.fit(x, targets, **options)
    other = hand_over(made)
    exact = difference(other.predict(x, verbose=0), made.predict(x, verbose=0))
    if random:
        return exact, 0.0
    histories = [model.fit(x, targets, **options).history for model in (made, other)]
    trained = [difference(other.predict(x, verbose=0), made.predict(x, verbose=0))]
    trained += [difference(value, histories[0][key]) for key, value in histories[1].items()]
    return exact, max(trained)


def main() -> None:
    import keras

    import steepest

    parser = argparse.ArgumentParser(description="Models handed over to real Keras and back.")
    parser.add_argument("only", nargs="?", default="", help="a part of the names of the cases to run")
    only = parser.parse_args().only
    failed, worst = 0, {"to Keras": [0.0, 0.0], "from Keras": [0.0, 0.0]}
    count = 0
    for name, case in cases():
        for way in worst if only in name else ():
            keras.utils.set_random_seed(1)
            steepest.utils.set_random_seed(1)
            module, hand_over = (steepest.keras, lambda model: model.to_keras())
            if way == "from Keras":
                module, hand_over = keras, steepest.models.from_keras
            make, rows, targets = case
            x, random = rows if len(rows) > 1 else rows[0], name.partition("(")[0] in RANDOM
            found = exchange(make(module), hand_over, x, targets, 5, random)
            count += 1
            worst[way] = [max(pair) for pair in zip(worst[way], found, strict=True)]
            if found[0] > EXACT or found[1] > TRAINED:
                failed += 1
                print(f"    {name}, {way}: predictions {found[0]:.1e}, after one more epoch {found[1]:.1e}")
    for way, (exact, trained) in worst.items():
        print(f"{way} ({keras.backend.backend()}): predictions {exact:.1e}, after one more epoch {trained:.1e} at most")
    print(f"{count} exchanges, {failed} beyond the tolerances")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
