"""What exports are tested with: every layer and every activation, with numbers that differ from one another."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from steepest import Model, activations, layers

Made = Callable[..., Any]

# {name: (shapes of the inputs, what is computed of them)}
LAYERS: dict[str, tuple[list[tuple[int, ...]], Made]] = {
    "Dense": ([(7,)], lambda x: layers.Dense(17, "relu")(x)),
    "Dense without bias": ([(7,)], lambda x: layers.Dense(3, use_bias=False)(x)),
    "Dense of positions": ([(3, 5)], lambda x: layers.Dense(4, "tanh")(x)),
    "Dense of deep positions": ([(2, 3, 5)], lambda x: layers.Dense(2, "softmax")(x)),
    "Activation": ([(3, 5)], lambda x: layers.Activation("softmax")(x)),
    "ReLU": ([(7,)], lambda x: layers.ReLU(max_value=1.0, negative_slope=0.25, threshold=0.5)(x)),
    "ReLU without bound": ([(7,)], lambda x: layers.ReLU(negative_slope=0.25, threshold=0.5)(x)),
    "LeakyReLU": ([(7,)], lambda x: layers.LeakyReLU(0.1)(x)),
    "ELU": ([(7,)], lambda x: layers.ELU(0.7)(x)),
    "PReLU": ([(3, 5)], lambda x: layers.PReLU()(x)),
    "PReLU of shared axes": ([(3, 5)], lambda x: layers.PReLU(shared_axes=[2])(x)),
    "Softmax": ([(3, 5)], lambda x: layers.Softmax()(x)),
    "Dropout": ([(7,)], lambda x: layers.Dropout(0.5)(x)),
    "AlphaDropout": ([(7,)], lambda x: layers.AlphaDropout(0.5)(x)),
    "GaussianDropout": ([(7,)], lambda x: layers.Dense(2)(layers.GaussianDropout(0.5)(x))),
    "GaussianNoise": ([(7,)], lambda x: layers.GaussianNoise(0.5)(layers.Dense(2)(x))),
    "Flatten": ([(3, 5)], lambda x: layers.Flatten()(x)),
    "Reshape": ([(3, 4)], lambda x: layers.Reshape((2, 6))(x)),
    "Permute": ([(2, 3, 5)], lambda x: layers.Permute((3, 1, 2))(x)),
    "RepeatVector": ([(7,)], lambda x: layers.RepeatVector(3)(x)),
    "Identity": ([(7,)], lambda x: layers.Identity()(x)),
    "Rescaling": ([(7,)], lambda x: layers.Rescaling(0.3, offset=-0.5)(x)),
    "Rescaling of columns": ([(3, 5)], lambda x: layers.Rescaling([1.0, 2.0, 3.0, 4.0, 5.0], offset=-0.5)(x)),
    "Normalization": ([(3, 5)], lambda x: layers.Normalization(mean=[1.0, 2.0, 3.0, 4.0, 5.0], variance=[0.5] * 5)(x)),
    "Embedding": ([(4,)], lambda x: layers.Embedding(3, 5)(layers.Flatten()(x))),
    "BatchNormalization": ([(3, 5)], lambda x: layers.BatchNormalization()(x)),
    "BatchNormalization alone": ([(7,)], lambda x: layers.BatchNormalization(center=False, scale=False)(x)),
    "LayerNormalization": ([(3, 5)], lambda x: layers.LayerNormalization()(x)),
    "LayerNormalization scaled": ([(7,)], lambda x: layers.LayerNormalization(center=False)(x)),
    "LayerNormalization centered": ([(7,)], lambda x: layers.LayerNormalization(scale=False)(x)),
    "RMSNormalization": ([(3, 5)], lambda x: layers.RMSNormalization()(x)),
    "UnitNormalization": ([(3, 5)], lambda x: layers.UnitNormalization()(x)),
    "GroupNormalization": ([(3, 4)], lambda x: layers.GroupNormalization(groups=2)(x)),
    "Add": ([(7,), (7,)], lambda x, y: layers.Add()([x, y, x])),
    "Subtract": ([(3, 5), (3, 5)], lambda x, y: layers.Subtract()([x, y])),
    "Multiply": ([(7,), (7,)], lambda x, y: layers.Multiply()([x, y, y])),
    "Average": ([(7,), (7,)], lambda x, y: layers.Average()([x, y, y])),
    "Maximum": ([(7,), (7,)], lambda x, y: layers.Maximum()([x, y])),
    "Minimum": ([(7,), (7,)], lambda x, y: layers.Minimum()([x, y, x])),
    "Concatenate": ([(3, 5), (3, 4)], lambda x, y: layers.Concatenate()([x, y, x])),
    "Concatenate of rows": ([(3, 5), (2, 5)], lambda x, y: layers.Concatenate(axis=1)([x, y])),
    "Dot": ([(7,), (7,)], lambda x, y: layers.Dot(axes=1)([x, y])),
    "Dot of matrices": ([(3, 5), (3, 4)], lambda x, y: layers.Dot(axes=1, normalize=True)([x, y])),
}
ACTIVATIONS = sorted(name for name, function in activations._TABLE.items() if function.spec is not None)


def cases() -> dict[str, tuple[list[tuple[int, ...]], Made]]:
    """All of them."""
    applied = {name: ([(3, 5)], lambda x, name=name: layers.Dense(4, name)(x)) for name in ACTIVATIONS}
    return {**LAYERS, **applied}


def randomize(model: Any) -> Any:
    """The model with other weights than those of its initializers: variances stay positive."""
    rng = np.random.default_rng(3)
    model.set_weights([rng.uniform(0.2, 0.9, w.shape) * rng.choice([1, -1], w.shape) for w in model.get_weights()])
    for layer in model.weighted_layers():
        if "moving_variance" in layer.weight_names:
            layer.set_weights([*layer.get_weights()[:-1], rng.uniform(0.5, 2.0, layer.get_weights()[-1].shape)])
    return model


def combined() -> tuple[Model, list[np.ndarray]]:
    """One model with an output for each case, which share their inputs, and rows for it: 0, 1 and 2 for embeddings."""
    inputs: dict[Any, Any] = {}
    outputs = {}
    for name, (shapes, make) in cases().items():
        given = []
        for place, shape in enumerate(shapes):
            key = (place, shape)
            inputs.setdefault(key, layers.Input(shape, name=f"x{place}_{'_'.join(map(str, shape))}"))
            given.append(inputs[key])
        outputs[name] = make(*given)
    rng = np.random.default_rng(1)
    rows = [
        rng.integers(0, 3, (9, *shape)).astype(float) if shape == (4,) else rng.normal(size=(9, *shape))
        for _, shape in inputs
    ]
    return randomize(Model(list(inputs.values()), outputs)), rows


def size(shape: tuple[int | None, ...]) -> int:
    """How many numbers a sample of this shape has."""
    return math.prod(one or 1 for one in shape[1:])
