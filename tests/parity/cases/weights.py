"""What a training does with single weights, as data: frozen layers, regularizers, constraints.

Arguments are sums of few powers of two, for on TensorFlow Keras rounds them to float32.
"""

from __future__ import annotations

from .grid import CALL, OPTIMIZERS, Case, dense, fit, variant

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
    *(
        variant(
            f"regularizer-{name}",
            "cce",
            *steps,
            optimizer=optimizer,
            layers=(
                dense(19, "tanh", kernel_regularizer=kernel, bias_regularizer=bias),
                dense(4, "relu", trainable=name != "frozen", kernel_regularizer=("L2", {"l2": 0.125})),
                dense(3, "softmax", bias_regularizer=("L1", {"l1": 0.0625})),
            ),
        )
        for name, kernel, bias, optimizer, steps in (
            ("l1", ("L1", {"l1": 0.03125}), None, OPTIMIZERS["sgd"], ()),
            ("l2", ("L2", {"l2": 0.25}), None, OPTIMIZERS["momentum"], ()),
            ("l1_l2", ("L1L2", {"l1": 0.0625, "l2": 0.125}), ("L2", {"l2": 0.5}), OPTIMIZERS["adam"], ()),
            ("rows", ("OrthogonalRegularizer", {"factor": 0.5}), ("L1", {"l1": 0.25}), OPTIMIZERS["sgd"], ()),
            ("columns", ("OrthogonalRegularizer", {"factor": 0.5, "mode": "columns"}), None, OPTIMIZERS["sgd"], ()),
            ("frozen", ("L2", {"l2": 0.25}), None, OPTIMIZERS["sgd"], ()),
            ("clipnorm", ("L2", {"l2": 0.25}), None, ("SGD", {"learning_rate": 0.125, "clipnorm": 0.25}), ()),
            (
                "accumulated",
                ("L1", {"l1": 0.25}),
                None,
                ("SGD", {"learning_rate": 0.125, "gradient_accumulation_steps": 3}),
                (),
            ),
            (
                "everywhere",
                ("L2", {"l2": 0.25}),
                None,
                OPTIMIZERS["sgd"],
                (
                    ("evaluate", {"batch_size": 16}),
                    fit(validation_data=True, sample_weight=True),
                    ("train_on_batch", {"begin": 3, "end": 20}),
                    ("test_on_batch", {"begin": 3, "end": 20}),
                    ("evaluate", {"batch_size": 16, "sample_weight": True}),
                ),
            ),
        )
    ),
    *(
        variant(
            f"constraint-{name}",
            "cce",
            optimizer=optimizer,
            layers=(
                dense(19, "tanh", kernel_constraint=kernel, bias_constraint=bias),
                dense(4, "relu", trainable=name != "frozen", kernel_constraint=("MaxNorm", {"max_value": 0.5})),
                dense(3, "softmax"),
            ),
        )
        for name, kernel, bias, optimizer in (
            ("max_norm", ("MaxNorm", {"max_value": 0.75}), ("NonNeg", {}), OPTIMIZERS["sgd"]),
            ("max_norm-rows", ("MaxNorm", {"max_value": 0.75, "axis": 1}), None, OPTIMIZERS["adam"]),
            ("min_max_norm", ("MinMaxNorm", {"min_value": 0.5, "max_value": 1.0}), None, OPTIMIZERS["momentum"]),
            (
                "min_max_norm-rate",
                ("MinMaxNorm", {"min_value": 0.5, "max_value": 0.75, "rate": 0.25, "axis": (0, 1)}),
                ("MaxNorm", {"max_value": 0.25}),
                OPTIMIZERS["sgd"],
            ),
            ("non_neg", ("NonNeg", {}), ("UnitNorm", {}), OPTIMIZERS["rmsprop"]),
            ("unit_norm", ("UnitNorm", {}), None, OPTIMIZERS["sgd"]),
            ("unit_norm-all", ("UnitNorm", {"axis": -1}), None, OPTIMIZERS["sgd"]),
            ("frozen", ("MaxNorm", {"max_value": 0.5}), None, OPTIMIZERS["sgd"]),
            (
                "accumulated",
                ("MinMaxNorm", {"min_value": 0.5, "max_value": 0.75, "rate": 0.25}),
                None,
                ("SGD", {"learning_rate": 0.125, "gradient_accumulation_steps": 3}),
            ),
            (
                "averaged",
                ("MaxNorm", {"max_value": 0.5}),
                None,
                ("SGD", {"learning_rate": 0.125, "use_ema": True, "ema_overwrite_frequency": 4}),
            ),
        )
    ),
    *(
        variant(
            f"activity-{name}",
            "cce",
            *steps,
            optimizer=OPTIMIZERS["sgd"],
            layers=(
                dense(6, "tanh", activity_regularizer=hidden, kernel_regularizer=("L2", {"l2": 0.125})),
                *between,
                dense(3, "softmax", activity_regularizer=last),
            ),
        )
        for name, hidden, between, last, steps in (
            ("l1", ("L1", {"l1": 0.0625}), (), None, ()),
            ("l2", ("L2", {"l2": 0.25}), (dense(4, "relu", **FROZEN),), None, ()),
            ("output", None, (), ("L1L2", {"l1": 0.25, "l2": 0.5}), ()),
            (
                "layers",
                ("L2", {"l2": 0.125}),
                (
                    ("ActivityRegularization", {"l1": 0.0625, "l2": 0.25}),
                    (
                        "BatchNormalization",
                        {"momentum": 0.5, "epsilon": 0.25, "activity_regularizer": ("L2", {"l2": 0.25})},
                    ),
                    ("ReLU", {"activity_regularizer": ("L1", {"l1": 0.25})}),
                ),
                ("L1", {"l1": 0.125}),
                (),
            ),
            (
                "everywhere",
                ("L2", {"l2": 0.25}),
                (),
                ("L2", {"l2": 0.5}),
                (
                    ("evaluate", {"batch_size": 16}),
                    fit(validation_data=True, sample_weight=True),
                    ("train_on_batch", {"begin": 3, "end": 20}),
                    ("test_on_batch", {"begin": 3, "end": 20}),
                    ("evaluate", {"batch_size": 16, "sample_weight": True}),
                ),
            ),
        )
    ),
    *(
        variant(
            f"of-{name}",
            "cce",
            optimizer=OPTIMIZERS["sgd"],
            layers=(dense(19, "tanh"), (layer, arguments), dense(3, "softmax")),
        )
        for name, layer, arguments in (
            (
                "batch-normalization",
                "BatchNormalization",
                {
                    "momentum": 0.5,
                    "epsilon": 0.25,
                    "gamma_regularizer": ("L2", {"l2": 0.25}),
                    "beta_regularizer": ("L1", {"l1": 0.125}),
                    "beta_constraint": ("MaxNorm", {"max_value": 0.5}),
                },
            ),
            (
                "layer-normalization",
                "LayerNormalization",
                {
                    "epsilon": 0.25,
                    "gamma_constraint": ("UnitNorm", {}),
                    "beta_constraint": ("NonNeg", {}),
                    "beta_regularizer": ("L1L2", {"l1": 0.125, "l2": 0.25}),
                },
            ),
            (
                "group-normalization",
                "GroupNormalization",
                {
                    "groups": -1,
                    "epsilon": 0.25,
                    "gamma_regularizer": ("L1", {"l1": 0.25}),
                    "gamma_constraint": ("NonNeg", {}),
                },
            ),
            (
                "prelu",
                "PReLU",
                {"alpha_regularizer": ("L2", {"l2": 0.25}), "alpha_constraint": ("MinMaxNorm", {"min_value": 0.5})},
            ),
        )
    ),
    variant(
        "of-embedding",
        "cce",
        optimizer=OPTIMIZERS["momentum"],
        input_shape=(2,),
        x_scale=0.0,
        layers=(
            (
                "Embedding",
                {
                    "input_dim": 5,
                    "output_dim": 3,
                    "embeddings_regularizer": ("L1L2", {"l1": 0.125, "l2": 0.25}),
                    "embeddings_constraint": ("MaxNorm", {"max_value": 0.75, "axis": 1}),
                },
            ),
            ("Flatten", {}),
            dense(3, "softmax"),
        ),
    ),
]
