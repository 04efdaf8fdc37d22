"""Layers by themselves and in a training, with their arguments: the cases, as data, and how one is carried out.

An outcome is {name: array}. Arguments are sums of few powers of two, for on TensorFlow Keras rounds them to float32.
"""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from ..probes.configurations import plain
from .run import Numbers

ROWS = 20

# name of the class, arguments, shape of a sample; of Dot the shapes of two
Case = tuple[str, dict[str, Any], tuple[Any, ...]]
CASES: list[Case] = [
    ("BatchNormalization", {"momentum": 0.875, "epsilon": 0.0625}, (5,)),
    ("BatchNormalization", {"momentum": 0.5, "epsilon": 0.125, "center": False}, (17,)),
    ("BatchNormalization", {"momentum": 0.5, "epsilon": 0.125, "scale": False}, (3, 4)),
    ("BatchNormalization", {"momentum": 0.5, "epsilon": 0.125, "scale": False, "center": False}, (5,)),
    ("LayerNormalization", {"epsilon": 0.0625}, (5,)),
    ("LayerNormalization", {"epsilon": 0.0625, "center": False}, (17,)),
    ("LayerNormalization", {"epsilon": 0.0625, "scale": False}, (3, 4)),
    ("RMSNormalization", {"epsilon": 0.0625}, (17,)),
    ("RMSNormalization", {"epsilon": 0.0625}, (3, 4)),
    ("UnitNormalization", {}, (5,)),
    ("UnitNormalization", {}, (3, 4)),
    ("GroupNormalization", {"groups": 3, "epsilon": 0.0625}, (6,)),
    ("GroupNormalization", {"groups": 2, "epsilon": 0.0625, "scale": False}, (3, 4)),
    ("GroupNormalization", {"groups": -1, "epsilon": 0.0625, "center": False}, (3, 4)),
    ("GroupNormalization", {"groups": 1, "epsilon": 0.0625}, (2, 3, 4)),
    ("LeakyReLU", {"negative_slope": 0.25}, (5,)),
    ("LeakyReLU", {"negative_slope": 0.125}, (3, 4)),
    ("ELU", {"alpha": 0.5}, (5,)),
    ("PReLU", {}, (17,)),
    ("PReLU", {"alpha_initializer": "ones"}, (3, 4)),
    ("PReLU", {"shared_axes": [1]}, (3, 4)),
    ("PReLU", {"shared_axes": [2]}, (3, 4)),
    ("PReLU", {"shared_axes": [1, 3]}, (2, 3, 4)),
    ("Rescaling", {"scale": 0.25, "offset": -0.5}, (5,)),
    ("Rescaling", {"scale": [0.25, 1.0, 4.0, -2.0], "offset": 0.5}, (3, 4)),
    ("GaussianNoise", {"stddev": 0.5}, (5,)),
    ("GaussianDropout", {"rate": 0.25}, (5,)),
    ("AlphaDropout", {"rate": 0.25}, (3, 4)),
    ("Dropout", {"rate": 0.25}, (3, 4)),
    ("Permute", {"dims": [2, 1]}, (3, 4)),
    ("Permute", {"dims": [3, 1, 2]}, (2, 3, 4)),
    ("RepeatVector", {"n": 3}, (5,)),
    ("Embedding", {"input_dim": 7, "output_dim": 3}, (4,)),
    ("Embedding", {"input_dim": 30, "output_dim": 17}, (1,)),
    ("Dot", {"axes": 1}, ((5,), (5,))),
    ("Dot", {"axes": -1, "normalize": True}, ((5,), (5,))),
    ("Dot", {"axes": [2, 1]}, ((2, 3), (3, 4))),
    ("Dot", {"axes": [1, 2], "normalize": True}, ((3, 2), (4, 3))),
    ("Dot", {"axes": [1, 1]}, ((3, 2), (3,))),
]

# Layers that don't give the same numbers in training, because they are random.
RANDOM = {"Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise"}


def name_of(case: Case) -> str:
    layer, arguments, shape = case
    return f"{layer}({', '.join(f'{key}={value}' for key, value in arguments.items())}) of {shape}"


LAYERS = {name_of(case): case for case in CASES}


def run_layer(keras: Any, name: str, dtype: str) -> dict[str, np.ndarray]:
    """What the layer gives for an array, in both modes where it is not random, and a training with it inside."""
    layer, arguments, shape = LAYERS[name]
    keras.config.set_floatx(dtype)
    try:
        numbers = Numbers(name)
        shapes = shape if layer == "Dot" else (shape,)
        if layer == "Embedding":
            x = [numbers.integers((ROWS, *shape), arguments["input_dim"])]
        else:
            x = [numbers.uniform((ROWS, *one), 1.5).astype(dtype) for one in shapes]
        y = numbers.uniform((ROWS, 2), 1.0).astype(dtype)

        def given(structure: list[Any]) -> Any:
            return structure if layer == "Dot" else structure[0]

        alone = getattr(keras.layers, layer)(**arguments)
        alone.build(given([(None, *one) for one in shapes]))
        weights = [numbers.uniform(np.shape(w), 0.5) + 1 for w in alone.get_weights()]
        alone.set_weights(weights)
        outcome = {"inference": alone(given(x))}
        if layer not in RANDOM:
            outcome["training"] = alone(given(x), training=True)
            outcome |= {f"moved.{i}": w for i, w in enumerate(alone.get_weights())}
            inputs = [keras.Input(one) for one in shapes]
            dense = [] if layer == "Embedding" else [keras.layers.Dense(one[-1], activation="tanh") for one in shapes]
            inside, last = getattr(keras.layers, layer)(**arguments), keras.layers.Dense(2)
            hidden = [before(tensor) for before, tensor in zip(dense, inputs, strict=True)] if dense else inputs
            model = keras.Model(given(inputs), last(keras.layers.Flatten()(inside(given(hidden)))))
            for one in (*dense, last):
                one.set_weights([numbers.uniform(np.shape(w), 0.5) for w in one.get_weights()])
            inside.set_weights(weights)
            model.compile(keras.optimizers.SGD(0.0625), "mse")
            history = model.fit(given(x), y, batch_size=7, epochs=3, shuffle=False, verbose=0).history
            outcome |= {"loss": history["loss"], "predictions": model.predict(given(x), verbose=0)}
            outcome |= {f"weight.{i}": w for i, w in enumerate(model.get_weights())}
        return {key: np.asarray(value, dtype) for key, value in outcome.items()}
    finally:
        keras.config.set_floatx("float32")


# Of configurations: Keras gives a policy for a dtype, and forgets the alpha of ELU.
UNLIKE = {"dtype", "alpha"}


def surface(keras: Any) -> dict[str, Any]:
    """Of each class its arguments with their defaults, and the configuration of its first case but for `UNLIKE`."""
    found: dict[str, Any] = {}
    for layer, arguments, _ in CASES:
        if layer not in found:
            keras.utils.clear_session()
            made = getattr(keras.layers, layer)
            parameters = inspect.signature(made.__init__).parameters.values()
            found[layer] = {
                "arguments": ", ".join(
                    one.name + ("" if one.default is one.empty else f"={one.default!r}") for one in parameters
                ),
                "config": {k: plain(v) for k, v in made(**arguments).get_config().items() if k not in UNLIKE},
            }
    return found
