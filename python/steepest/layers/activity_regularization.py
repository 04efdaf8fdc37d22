"""What activities cost, as a layer of its own."""

from __future__ import annotations

from typing import Any

from steepest import regularizers
from steepest._graph.plan import Plan, Value
from steepest.layers.layer import Layer, Shape


class ActivityRegularization(Layer):
    """y = x, which adds (l1 * sum |x| + l2 * sum x^2) / M to the loss, the sums being over a batch of M samples.

    Args:
        l1, l2: factors of 0 or more.
        kwargs: `name` and `dtype`.

    Raises:
        ValueError: for a factor that is negative or not finite.

    Source: Keras, `keras.layers.ActivityRegularization`.

    >>> layer = ActivityRegularization(l1=0.5)
    >>> layer([[1.0, -3.0], [0.0, 4.0]])
    array([[ 1., -3.],
           [ 0.,  4.]], dtype=float32)
    >>> [float(loss) for loss in layer.losses]  # 0.5 * 8 / 2
    [2.0]
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any):
        super().__init__(activity_regularizer=regularizers.L1L2(l1=l1, l2=l2), **kwargs)
        self.l1 = l1
        self.l2 = l2

    def lower(self, plan: Plan, inputs: Value, input_shape: Shape) -> Value:
        return inputs

    def get_config(self) -> dict[str, Any]:
        config = {**super().get_config(), "l1": self.l1, "l2": self.l2}
        del config["activity_regularizer"]
        return config
