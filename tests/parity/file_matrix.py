"""Models as `.keras` files between real Keras and steepest, both ways, live: a part of `make parity`.

    python -m parity.file_matrix           # each layer with Adam, each optimizer with one network
    python -m parity.file_matrix --whole   # each layer with each optimizer: an hour and more

A model is trained for an epoch on one side and saved, and loaded on the other: the predictions must be equal within
1e-6 of the largest, and after one more epoch on both sides within 1e-4. Keras runs on JAX, in float32. Layers that are
random in training are held to their predictions alone.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from .cases.layers import CASES, RANDOM, Case, name_of
from .cases.optimizers import _OPTIMIZERS
from .live_exchange import EXACT, TRAINED, exchange

LAYERS: list[Case] = [
    *CASES,
    ("Dense", {"units": 4, "activation": "gelu", "use_bias": False}, (5,)),
    ("Dense", {"units": 4, "activation": "tanh", "kernel_regularizer": "l2", "bias_constraint": "non_neg"}, (3, 4)),
    ("Activation", {"activation": "silu"}, (5,)),
    ("ReLU", {"max_value": 1.5, "negative_slope": 0.25}, (5,)),
    ("Softmax", {}, (5,)),
    ("Flatten", {}, (3, 4)),
    ("Reshape", {"target_shape": [2, 6]}, (3, 4)),
    ("Identity", {}, (5,)),
    *((name, {}, ((5,), (5,))) for name in "Add Subtract Multiply Average Maximum Minimum Concatenate".split()),
]
OPTIMIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    # with averages of the weights Keras on JAX fails in a second `fit`: it has donated their buffers
    **{key: found for key, found in _OPTIMIZERS.items() if not found[1].get("use_ema")},
    **{name.lower(): (name, {}) for name in ("SGD", "Adagrad", "RMSprop", "Adam")},
    "amsgrad": ("Adam", {"amsgrad": True}),
    "rmsprop_all": ("RMSprop", {"momentum": 0.5, "centered": True}),
    "adam_1e-3": ("Adam", {"epsilon": 1e-3}),  # a gradient that is a remainder of rounding moves nothing
    "loss_scale": ("LossScaleOptimizer", {}),
}
PLAIN = ("Dense", {"units": 4, "activation": "tanh"}, (5,))


def make(keras: Any, case: Case, optimizer: str) -> Any:
    """A network with the layer in the middle."""
    name, arguments, shape = case
    layers = keras.layers
    layer = getattr(layers, name)(**arguments)
    if isinstance(shape[0], tuple):
        inputs = [layers.Input(one) for one in shape]
        hidden = layer([layers.Dense(one[-1])(x) for one, x in zip(shape, inputs, strict=True)])
        model = keras.Model(inputs, layers.Dense(3)(layers.Flatten()(hidden)))
    else:
        before = [] if name == "Embedding" else [layers.Dense(shape[-1], activation="tanh")]
        stack = [layers.Input(shape), *before, layer, layers.BatchNormalization(), layers.Flatten(), layers.Dense(3)]
        model = keras.Sequential(stack)
    kind, settings = OPTIMIZERS[optimizer]
    given = [keras.optimizers.Adam()] if kind == "LossScaleOptimizer" else []
    model.compile(getattr(keras.optimizers, kind)(*given, **settings), "mse", metrics=["mae"])
    return model


def data(case: Case) -> tuple[Any, np.ndarray]:
    """Inputs and targets of 40 rows."""
    name, arguments, shape = case
    stream = np.random.RandomState(3)
    shapes = shape if isinstance(shape[0], tuple) else (shape,)
    if name == "Embedding":
        return stream.randint(0, arguments["input_dim"], (40, *shape)), stream.randn(40, 3).astype("float32")
    x = [stream.randn(40, *one).astype("float32") for one in shapes]
    return x if len(x) > 1 else x[0], stream.randn(40, 3).astype("float32")


def carried(source: Any, target: Any, case: Case, optimizer: str, path: Path) -> tuple[float, float]:
    """How far the results are apart, as loaded and after one more epoch."""

    def through_file(model: Any) -> Any:
        model.save(path)
        return target.models.load_model(path)

    return exchange(make(source, case, optimizer), through_file, *data(case), batch_size=8, random=case[0] in RANDOM)


def main() -> None:
    os.environ.setdefault("KERAS_BACKEND", "jax")
    import keras

    from steepest import keras as ours

    parser = argparse.ArgumentParser(description="Models as files between real Keras and steepest.")
    parser.add_argument("--whole", action="store_true", help="each layer with each optimizer")
    whole = parser.parse_args().whole
    pairs = [(case, "adam_1e-3") for case in LAYERS] + [(PLAIN, optimizer) for optimizer in OPTIMIZERS]
    if whole:
        pairs = [(case, optimizer) for case in LAYERS for optimizer in OPTIMIZERS]
    worst, failed = [0.0, 0.0], 0
    with tempfile.TemporaryDirectory() as folder:
        for case, optimizer in pairs:
            for source, target, way in ((ours, keras, "to Keras"), (keras, ours, "from Keras")):
                label = f"{name_of(case)} with {optimizer}, {way}"
                try:
                    found = carried(source, target, case, optimizer, Path(folder) / "m.keras")
                except Exception as error:
                    print(f"    {label}: {type(error).__name__}: {error}", flush=True)
                    failed += 1
                    continue
                if found[0] > EXACT or found[1] > TRAINED:
                    print(f"    {label}: {found[0]:.1e} as loaded, {found[1]:.1e} after an epoch", flush=True)
                    failed += 1
                worst = [max(pair) for pair in zip(worst, found, strict=True)]
            keras.backend.clear_session()
    print(
        f"{2 * len(pairs)} models as files: at most {worst[0]:.1e} apart as loaded (tolerance {EXACT:.0e}), "
        f"{worst[1]:.1e} after an epoch (tolerance {TRAINED:.0e}); {failed} beyond"
    )
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
