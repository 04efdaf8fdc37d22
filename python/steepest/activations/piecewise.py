"""Activations of pieces: lines, parabolas, roots."""

from __future__ import annotations

from numpy.typing import ArrayLike

from steepest._data.rows import Array
from steepest.activations.function import Spec, activation, evaluate, number


@activation(lambda: {"name": "linear"})
def linear(x: ArrayLike) -> Array:
    """f(x) = x, f'(x) = 1.

    >>> linear([-1.0, 2.0])
    array([-1.,  2.], dtype=float32)
    """
    return evaluate(linear.spec_of(), x)


def relu_spec(negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Spec:
    """What the core is told for `relu` with these arguments.

    >>> relu_spec()
    {'name': 'relu'}
    """
    slope = number("relu", "negative_slope", negative_slope, least=0)
    bound = None if max_value is None else number("relu", "max_value", max_value, least=0)
    start = number("relu", "threshold", threshold, least=0)
    if bound is None and start == 0:
        return {"name": "leaky_relu", "negative_slope": slope} if slope else {"name": "relu"}
    bound = float("inf") if bound is None else bound
    return {"name": "clipped_relu", "negative_slope": slope, "max_value": bound, "threshold": start}


@activation(relu_spec)
def relu(x: ArrayLike, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Array:
    """f(x) = max(x, 0), f'(x) = 1 for x > 0, else 0.

    With arguments, as in Keras: min(x, max_value) for x > threshold, negative_slope (x - threshold) up to there.

    Args:
        x: array of any shape.
        negative_slope: slope up to `threshold`, 0 or more; 0 by default.
        max_value: largest output, 0 or more; None (the default) for no bound.
        threshold: where the activation starts, 0 or more; 0 by default.

    Raises:
        ValueError: for a negative argument.

    >>> relu([-1.0, 0.5, 8.0])
    array([0. , 0.5, 8. ], dtype=float32)
    >>> relu([-1.0, 0.5, 8.0], negative_slope=0.1, max_value=6.0)
    array([-0.1,  0.5,  6. ], dtype=float32)
    """
    return evaluate(relu_spec(negative_slope, max_value, threshold), x)


def _leaky_relu_spec(negative_slope: float = 0.2) -> Spec:
    return {"name": "leaky_relu", "negative_slope": number("leaky_relu", "negative_slope", negative_slope, least=0)}


@activation(_leaky_relu_spec)
def leaky_relu(x: ArrayLike, negative_slope: float = 0.2) -> Array:
    """f(x) = x for x > 0, else negative_slope x; f'(x) = 1 for x > 0, else negative_slope.

    Args:
        x: array of any shape.
        negative_slope: 0 or more; 0.2 by default.

    Raises:
        ValueError: for a negative slope.

    >>> leaky_relu([-1.0, 2.0], negative_slope=0.25)
    array([-0.25,  2.  ], dtype=float32)
    """
    return evaluate(leaky_relu.spec_of(negative_slope), x)


@activation(lambda: {"name": "relu6"})
def relu6(x: ArrayLike) -> Array:
    """f(x) = min(max(x, 0), 6), f'(x) = 1 for 0 < x < 6, else 0.

    >>> relu6([-1.0, 2.0, 8.0])
    array([0., 2., 6.], dtype=float32)
    """
    return evaluate(relu6.spec_of(), x)


@activation(lambda: {"name": "hard_sigmoid"})
def hard_sigmoid(x: ArrayLike) -> Array:
    """f(x) = x / 6 + 1 / 2, kept between 0 and 1; f'(x) = 1 / 6 for -3 < x < 3, else 0.

    >>> hard_sigmoid([-4.0, 0.0, 1.5])
    array([0.  , 0.5 , 0.75], dtype=float32)
    """
    return evaluate(hard_sigmoid.spec_of(), x)


@activation(lambda: {"name": "hard_silu"})
def hard_silu(x: ArrayLike) -> Array:
    """f(x) = x hard_sigmoid(x), f'(x) = (2 x + 3) / 6 for -3 < x < 3, 0 below, 1 above. Also called hard_swish.

    Source: Howard et al. 2019, "Searching for MobileNetV3".

    >>> hard_silu([-4.0, 1.5, 4.0])
    array([-0.   ,  1.125,  4.   ], dtype=float32)
    """
    return evaluate(hard_silu.spec_of(), x)


@activation(lambda: {"name": "hard_tanh"})
def hard_tanh(x: ArrayLike) -> Array:
    """f(x) = x, kept between -1 and 1; f'(x) = 1 for -1 < x < 1, else 0.

    >>> hard_tanh([-4.0, 0.5, 1.5])
    array([-1. ,  0.5,  1. ], dtype=float32)
    """
    return evaluate(hard_tanh.spec_of(), x)


def _hard_shrink_spec(threshold: float = 0.5) -> Spec:
    return {"name": "hard_shrink", "threshold": number("hard_shrink", "threshold", threshold, least=0)}


@activation(_hard_shrink_spec)
def hard_shrink(x: ArrayLike, threshold: float = 0.5) -> Array:
    """f(x) = x for |x| > threshold, else 0; f'(x) = 1 for |x| > threshold, else 0.

    Args:
        x: array of any shape.
        threshold: 0 or more; 0.5 by default.

    Raises:
        ValueError: for a negative threshold.

    >>> hard_shrink([-2.0, 0.25, 1.0])
    array([-2.,  0.,  1.], dtype=float32)
    """
    return evaluate(hard_shrink.spec_of(threshold), x)


def _soft_shrink_spec(threshold: float = 0.5) -> Spec:
    return {"name": "soft_shrink", "threshold": number("soft_shrink", "threshold", threshold, least=0)}


@activation(_soft_shrink_spec)
def soft_shrink(x: ArrayLike, threshold: float = 0.5) -> Array:
    """f(x) = x - threshold above threshold, x + threshold below -threshold, 0 between; f' is 1, 1 and 0.

    Args:
        x: array of any shape.
        threshold: 0 or more; 0.5 by default.

    Raises:
        ValueError: for a negative threshold.

    >>> soft_shrink([-2.0, 0.25, 1.0])
    array([-1.5,  0. ,  0.5], dtype=float32)
    """
    return evaluate(soft_shrink.spec_of(threshold), x)


def _threshold_spec(threshold: float, default_value: float) -> Spec:
    numbers = {"threshold": threshold, "default_value": default_value}
    return {"name": "threshold", **{name: number("threshold", name, value) for name, value in numbers.items()}}


@activation(_threshold_spec, needs_arguments=True)
def threshold(x: ArrayLike, threshold: float, default_value: float) -> Array:
    """f(x) = x for x > threshold, else default_value; f'(x) = 1 for x > threshold, else 0.

    Args:
        x: array of any shape.
        threshold, default_value: numbers; neither has a default, so a layer can't apply it by its name.

    Raises:
        ValueError: for anything but numbers.

    >>> threshold([-2.0, 0.25, 1.0], 0.5, -1.0)
    array([-1., -1.,  1.], dtype=float32)
    """
    return evaluate(_threshold_spec(threshold, default_value), x)


@activation(lambda: {"name": "softsign"})
def softsign(x: ArrayLike) -> Array:
    """f(x) = x / (1 + |x|), f'(x) = (1 - |f(x)|)^2.

    >>> softsign([-1.0, 0.0, 3.0])
    array([-0.5 ,  0.  ,  0.75], dtype=float32)
    """
    return evaluate(softsign.spec_of(), x)


@activation(lambda b=4: {"name": "squareplus", "b": number("squareplus", "b", b, least=0)})
def squareplus(x: ArrayLike, b: float = 4) -> Array:
    """f(x) = (x + sqrt(x^2 + b)) / 2, f'(x) = (1 + x / sqrt(x^2 + b)) / 2.

    Args:
        x: array of any shape.
        b: how round the bend is, 0 or more; 4 by default.

    Raises:
        ValueError: for a negative b.

    Source: Barron 2021, "Squareplus: a softplus-like algebraic rectifier".

    >>> squareplus([-1.5, 0.0, 1.5])
    array([0.5, 1. , 2. ], dtype=float32)
    """
    return evaluate(squareplus.spec_of(b), x)


@activation(lambda: {"name": "sparse_plus"})
def sparse_plus(x: ArrayLike) -> Array:
    """f(x) = 0 for x <= -1, (x + 1)^2 / 4 up to 1, x above; f'(x) = (x + 1) / 2, kept between 0 and 1.

    >>> sparse_plus([-2.0, 0.0, 2.0])
    array([0.  , 0.25, 2.  ], dtype=float32)
    """
    return evaluate(sparse_plus.spec_of(), x)


@activation(lambda: {"name": "sparse_sigmoid"})
def sparse_sigmoid(x: ArrayLike) -> Array:
    """f(x) = (x + 1) / 2, kept between 0 and 1; f'(x) = 1 / 2 for -1 < x < 1, else 0.

    Source: Blondel et al. 2019, "Learning classifiers with Fenchel-Young losses".

    >>> sparse_sigmoid([-2.0, 0.5, 2.0])
    array([0.  , 0.75, 1.  ], dtype=float32)
    """
    return evaluate(sparse_sigmoid.spec_of(), x)
