"""Batch normalization."""

from __future__ import annotations

from typing import Any

from steepest import initializers
from steepest._names.arguments import number
from steepest.layers.layer import Array, Shape
from steepest.layers.scaled import Scaled


class BatchNormalization(Scaled):
    """y = gamma * (x - mean) / sqrt(variance + epsilon) + beta, for each number of an axis by itself.

    In training, mean and variance are those of the batch, and `moving_mean` becomes
    momentum * moving_mean + (1 - momentum) * mean, `moving_variance` likewise. In inference they take the place of the
    batch's. Ioffe and Szegedy 2015.

    Args:
        axis: the last one by default; the batch's, 0, is none.
        momentum: of the moving mean and variance.
        epsilon: added to the variance.
        center: whether there is a beta.
        scale: whether there is a gamma.
        beta_initializer, gamma_initializer, moving_mean_initializer, moving_variance_initializer: names or instances of
            `steepest.initializers`.
        beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint: of `steepest.regularizers` and
            `steepest.constraints`; None for none.
        renorm, renorm_clipping, renorm_momentum: False; batch renormalization is not supported.
        synchronized: False; there is one device.
        kwargs: `name` and `dtype`.

    Raises:
        ValueError: for `renorm` and `synchronized`; when built or called, for an axis that the inputs
            don't have and for inputs of rank 1.

    Weights: gamma, beta, moving_mean, moving_variance, each (N,); the last two are not trained.

    >>> layer = BatchNormalization(epsilon=0.0)
    >>> layer([[1.0], [3.0]], training=True)
    array([[-1.],
           [ 1.]], dtype=float32)
    >>> layer.moving_mean  # 0.99 * 0 + 0.01 * 2
    array([0.02], dtype=float32)
    """

    rule = "batch_normalization"
    looks_at_batch = True

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: None = None,
        renorm_momentum: float = 0.99,
        synchronized: bool = False,
        **kwargs: Any,
    ):
        if renorm:
            raise ValueError(f"`renorm` is not supported: expected False. Received: renorm={renorm!r}")
        if synchronized:
            raise ValueError(f"`synchronized` needs several devices: expected False. Received: {synchronized=}")
        super().__init__(
            int(axis),
            epsilon,
            center,
            scale,
            beta_initializer,
            gamma_initializer,
            kept=("moving_mean", "moving_variance"),
            beta_regularizer=beta_regularizer,
            gamma_regularizer=gamma_regularizer,
            beta_constraint=beta_constraint,
            gamma_constraint=gamma_constraint,
            **kwargs,
        )
        self.momentum = number(momentum, "momentum", high=1.0)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.renorm = renorm
        self.renorm_clipping = renorm_clipping
        self.renorm_momentum = renorm_momentum
        self.synchronized = synchronized

    def core_spec(self, input_shape: Shape) -> dict[str, Any]:
        return {**super().core_spec(input_shape), "momentum": self.momentum}

    @property
    def moving_mean(self) -> Array | None:
        """A read-only copy of the mean (N,) that inference takes; None before the layer is built."""
        return self._weight("moving_mean")

    @property
    def moving_variance(self) -> Array | None:
        """A read-only copy of the variance (N,) that inference takes; None before the layer is built."""
        return self._weight("moving_variance")

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "momentum": self.momentum,
            "moving_mean_initializer": initializers.serialize(self.moving_mean_initializer),
            "moving_variance_initializer": initializers.serialize(self.moving_variance_initializer),
            "renorm": self.renorm,
            "renorm_clipping": self.renorm_clipping,
            "renorm_momentum": self.renorm_momentum,
            "synchronized": self.synchronized,
        }
