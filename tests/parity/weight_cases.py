"""What a training does with single weights, as data: layers that are frozen.

`make_weights.py` carries the cases out on real Keras with TensorFlow's float64, `test_weights.py` on steepest.
Arguments are sums of few powers of two, for on TensorFlow Keras rounds them to float32.
"""

from __future__ import annotations

from .cases import CALL, OPTIMIZERS, Case, dense, fit, variant

FROZEN = {"trainable": False}

CASES: list[Case] = [
    *(
        variant(
            f"frozen-{'-'.join(map(str, frozen))}",
            "cce",
            optimizer=OPTIMIZERS[optimizer],
            layers=tuple(
                dense(units, activation, **(FROZEN if i in frozen else {}))
                for i, (units, activation) in enumerate([(6, "tanh"), (19, "relu"), (4, "elu"), (3, "softmax")])
            ),
        )
        for frozen, optimizer in (((0,), "adam"), ((1,), "momentum"), ((3,), "sgd"), ((0, 1, 3), "rmsprop"))
    ),
    variant("frozen-all", "mse", layers=(dense(6, "tanh", **FROZEN), dense(2, **FROZEN)), optimizer=OPTIMIZERS["sgd"]),
    *(
        variant(
            f"frozen-{name}",
            "cce",
            optimizer=("SGD", {"learning_rate": 0.125, **option}),
            layers=(dense(6, "tanh"), dense(4, "relu", **FROZEN), dense(3, "softmax")),
        )
        for name, option in {
            "global_clipnorm": {"global_clipnorm": 0.25},
            "ema": {"use_ema": True, "ema_momentum": 0.75},
            "accumulation": {"gradient_accumulation_steps": 2},
        }.items()
    ),
    variant(  # it takes its moving mean and variance; epsilon is large, for the variance may be below 0
        "frozen-batch-normalization",
        "cce",
        optimizer=OPTIMIZERS["sgd"],
        layers=(
            dense(6, "tanh"),
            ("BatchNormalization", {"momentum": 0.5, "epsilon": 1.0, **FROZEN}),
            dense(4, "relu"),
            ("BatchNormalization", {"momentum": 0.5, "epsilon": 1.0}),
            dense(3, "softmax"),
        ),
    ),
    variant(
        "frozen-and-thawed",
        "bce",
        ("freeze", {"layer": 0, "trainable": False}),
        fit(),
        ("freeze", {"layer": 0, "trainable": True}),
        fit(),
        ("freeze", {"layer": None, "trainable": False}),
        ("freeze", {"layer": 2, "trainable": True}),
        fit(),
        CALL,
        optimizer=OPTIMIZERS["sgd"],
    ),
]
