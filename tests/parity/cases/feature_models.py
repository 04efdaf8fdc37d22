"""Cases beyond the grid, as data: other layers, losses on other activations, reductions and hyper-parameters."""

from __future__ import annotations

from .grid import CALL, LOSSES, OPTIMIZERS, Case, dense, fit, variant

_LAYERS = [
    variant("no_bias-depth0", "cce", layers=(dense(3, "softmax", use_bias=False),)),
    variant("no_bias-depth1", "mse", layers=(dense(6, "tanh", use_bias=False), dense(2))),
    variant(
        "no_bias-depth3",
        "bce",
        optimizer=OPTIMIZERS["rmsprop_centered"],
        layers=(
            dense(6, "relu", use_bias=False),
            dense(4, "sigmoid"),
            dense(5, "tanh", use_bias=False),
            dense(1, "sigmoid", use_bias=False),
        ),
    ),
    variant(
        "softmax-inside",
        "mse",
        layers=(dense(6, "tanh"), dense(4, "softmax"), dense(2)),
        optimizer=OPTIMIZERS["momentum"],
    ),
    variant(
        "softmax-twice", "cce", layers=(dense(6, "softmax"), dense(3, "softmax")), optimizer=OPTIMIZERS["momentum"]
    ),
    variant(
        "activation-layers",
        "cce",
        layers=(
            dense(6),
            ("Activation", {"activation": "tanh"}),
            dense(5),
            ("ReLU", {"max_value": 0.8, "negative_slope": 0.1, "threshold": 0.05}),
            dense(3),
            ("Softmax", {}),
        ),
    ),
    variant("relu-layer", "mse", layers=(dense(6), ("ReLU", {}), dense(2))),
    variant(
        "sigmoid-layer-last", "bce", layers=(dense(4, "tanh"), dense(1), ("Activation", {"activation": "sigmoid"}))
    ),
    variant(
        "softmax-layer-last", "scce", layers=(dense(4, "tanh"), dense(3), ("Activation", {"activation": "softmax"}))
    ),
    variant(
        "layers-without-weights-first",
        "mse",
        layers=(("Activation", {"activation": "tanh"}), ("Softmax", {}), ("ReLU", {"threshold": 0.1}), dense(2)),
    ),
    variant("flatten", "mse", layers=(("Flatten", {}), dense(4, "tanh"), dense(2)), input_shape=(2, 3)),
    variant(
        "dropout-in-inference",
        "cce",
        ("evaluate", {}),
        ("predict", {}),
        layers=(dense(6, "tanh"), ("Dropout", {"rate": 0.4}), dense(3, "softmax")),
    ),
    variant("dropout-rate-0", "cce", layers=(dense(6, "tanh"), ("Dropout", {"rate": 0.0}), dense(3, "softmax"))),
    variant(
        "wide-batch32", "cce", fit(batch_size=32), layers=(dense(19, "relu"), dense(33, "tanh"), dense(3, "softmax"))
    ),
    variant("wide-batch1", "mse", fit(batch_size=1), layers=(dense(17, "sigmoid"), dense(18, "tanh"), dense(2))),
    variant("narrow", "bce", layers=(dense(1, "tanh"), dense(1, "tanh"), dense(1, "sigmoid")), input_shape=(1,)),
]

_UNFUSED = [
    *(
        variant(f"{loss}-on-{activation}", loss, layers=(dense(6, "tanh"), dense(LOSSES[loss].outputs, activation)))
        for loss, activation in (
            ("mse", "sigmoid"),
            ("mse", "tanh"),
            ("mse", "relu"),
            ("mse", "softmax"),
            ("cce_logits", "tanh"),
        )
    ),
    *(
        # On TensorFlow Keras looks behind a softmax or sigmoid for logits, whatever the loss is and was told of them.
        variant(
            f"{loss}-on-{activation}",
            loss,
            layers=(dense(6, "tanh"), dense(LOSSES[loss].outputs, activation)),
            dtypes=("float32",),
        )
        for loss, activation in (
            ("cce", "sigmoid"),
            ("scce", "sigmoid"),
            ("bce_smooth", "softmax"),
            ("bce_logits", "sigmoid"),
            ("cce_logits", "softmax"),
            ("scce_logits", "softmax"),
        )
    ),
    variant(
        "bce_logits-smooth", "bce_logits", loss=("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.3})
    ),
    variant(
        "cce_logits-smooth",
        "cce_logits",
        loss=("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.3}),
    ),
    *(
        variant(
            f"large-logits-{loss}",
            loss,
            ("evaluate", {"batch_size": 32}),
            fit(epochs=1, batch_size=42),
            optimizer=("SGD", {"learning_rate": 1e-6}),
            layers=(dense(LOSSES[loss].outputs),),
            x_scale=4096.0,
        )
        for loss in ("bce_logits", "cce_logits", "scce_logits")
    ),
]

_REDUCTIONS = [
    variant(
        f"{reduction}-{loss}-{'weighted' if weights else 'plain'}",
        loss,
        fit(**weights),
        CALL,
        loss=(LOSSES[loss].loss[0], {**LOSSES[loss].loss[1], "reduction": reduction}),
        optimizer=("SGD", {"learning_rate": 0.01}),
    )
    for reduction in ("sum", "mean_with_sample_weight")
    for loss, weights in (
        ("mse", {"sample_weight": True}),
        ("bce", {"sample_weight": True}),
        ("cce", {"sample_weight": True}),
        ("scce_logits", {"sample_weight": True}),
        ("cce", {}),
    )
]

_HYPER_PARAMETERS = [
    variant(
        "hyper-adam", "cce", optimizer=("Adam", {"learning_rate": 0.02, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3})
    ),
    variant(
        "hyper-adam_amsgrad",
        "cce",
        fit(batch_size=1),
        optimizer=("Adam", {"learning_rate": 0.02, "beta_1": 0.5, "beta_2": 0.7, "amsgrad": True}),
    ),
    variant(
        "hyper-adagrad",
        "cce",
        optimizer=("Adagrad", {"learning_rate": 0.1, "initial_accumulator_value": 0.01, "epsilon": 1e-2}),
    ),
    variant("hyper-rmsprop", "cce", optimizer=("RMSprop", {"learning_rate": 0.004, "rho": 0.7, "epsilon": 1e-3})),
    variant(
        "hyper-rmsprop_centered_momentum",
        "cce",
        optimizer=(
            "RMSprop",
            {"learning_rate": 0.003, "rho": 0.95, "epsilon": 1e-3, "momentum": 0.3, "centered": True},
        ),
    ),
    variant("hyper-nesterov", "mse", optimizer=("SGD", {"learning_rate": 0.03, "momentum": 0.5, "nesterov": True})),
    variant("nesterov-without-momentum", "mse", optimizer=("SGD", {"learning_rate": 0.03, "nesterov": True})),
    variant("decay-sgd", "mse", optimizer=("SGD", {"learning_rate": 0.05, "decay": 0.25})),
    variant(
        "decay-adam", "cce", fit(epochs=1), fit(epochs=2), optimizer=("Adam", {"learning_rate": 0.02, "decay": 0.125})
    ),
    variant("learning-rate-0", "mse", optimizer=("Adam", {"learning_rate": 0.0})),
]

MODELS: list[Case] = [*_LAYERS, *_UNFUSED, *_REDUCTIONS, *_HYPER_PARAMETERS]
