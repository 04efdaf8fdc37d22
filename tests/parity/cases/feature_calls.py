"""Cases beyond the grid, as data: every way of calling that changes numbers."""

from __future__ import annotations

from .grid import CALL, LOSSES, OPTIMIZERS, Case, dense, fit, variant

_WEIGHTS = [
    *(variant(f"sample_weight-{loss}", loss, fit(sample_weight=True), CALL) for loss in LOSSES),
    variant(
        "sample_weight-batch1", "cce", fit(sample_weight=True, batch_size=1), CALL, optimizer=OPTIMIZERS["momentum"]
    ),
    variant("class_weight-labels", "scce", fit(class_weight={0: 2.0, 1: 0.5, 2: 0.0}), CALL),
    variant("class_weight-onehot", "cce", fit(class_weight={0: 0.25, 1: 3.0, 2: 1.5}), CALL),
    variant("class_weight-binary", "bce", fit(class_weight={0: 1.0, 1: 4.0}), CALL, optimizer=OPTIMIZERS["rmsprop"]),
    variant("class_weight-some", "scce", fit(class_weight={1: 3.0}), CALL),
    variant("class_weight-validation", "scce", fit(class_weight={0: 2.0, 1: 0.5, 2: 1.0}, validation_data=True)),
    variant("evaluate-sample_weight", "scce", fit(), ("evaluate", {"sample_weight": True, "batch_size": 32})),
]

_VALIDATION = [
    variant("validation_data", "cce", fit(validation_data=True)),
    variant("validation_data-weighted", "bce", fit(validation_data="weighted", sample_weight=True)),
    variant("validation_split", "mse", fit(validation_split=0.3)),
    variant(
        "validation_split-uneven", "scce", fit(validation_split=0.17, batch_size=32), optimizer=OPTIMIZERS["nesterov"]
    ),
    variant("validation_split-weighted", "mse", fit(validation_split=0.25, sample_weight=True)),
    *(
        variant(
            f"early_stopping-{'restored' if restore else 'last'}",
            "cce",
            fit(
                epochs=12,
                validation_data=True,
                callbacks=[("EarlyStopping", {"patience": 2, "restore_best_weights": restore})],
            ),
            CALL,
            optimizer=("Adam", {"learning_rate": 0.05}),
        )
        for restore in (False, True)
    ),
]

_METRICS = [
    variant(
        "metrics-real",
        "mse",
        fit(sample_weight=True),
        ("evaluate", {"return_dict": True}),
        metrics=(
            "mean_squared_error",
            "mae",
            ("MeanSquaredError", {"name": "square"}),
            ("MeanAbsoluteError", {}),
            ("mean_absolute_error",),
        ),
    ),
    variant(
        "metrics-binary",
        "bce",
        fit(sample_weight=True),
        ("evaluate", {"return_dict": True}),
        metrics=(
            "accuracy",
            "binary_accuracy",
            ("BinaryAccuracy", {"threshold": 0.4, "name": "at_0.4"}),
            ("BinaryCrossentropy", {"label_smoothing": 0.1, "name": "smooth"}),
            "binary_crossentropy",
            "mse",
        ),
    ),
    variant("metrics-multilabel", "bce_smooth", fit(), ("evaluate", {}), metrics=("binary_accuracy", "acc", "mse")),
    variant(
        "metrics-onehot",
        "cce",
        fit(sample_weight=True),
        ("evaluate", {"return_dict": True}),
        metrics=("acc", "accuracy", "categorical_accuracy", ("CategoricalCrossentropy", {}), "mae"),
    ),
    variant(
        "metrics-labels",
        "scce",
        fit(sample_weight=True),
        ("evaluate", {"return_dict": True}),
        metrics=(
            "acc",
            "sparse_categorical_accuracy",
            ("SparseCategoricalCrossentropy", {"name": "entropy"}),
            ("sparse_categorical_crossentropy",),
        ),
    ),
    variant(
        "metrics-logits",
        "cce_logits",
        fit(),
        ("evaluate", {}),
        metrics=(("CategoricalCrossentropy", {"from_logits": True}), "acc"),
    ),
    variant("metrics-none", "mse", fit(), ("evaluate", {}), ("evaluate", {"return_dict": True}), metrics=()),
]

_BATCHES = tuple(("train_on_batch", {"begin": begin, "end": begin + 10}) for begin in (0, 10, 20))

_OTHER = [
    variant("names", "cce", loss="categorical_crossentropy", optimizer="adam", metrics=("acc",)),
    *(
        variant(f"loss-ce-{loss}", loss, loss=name)
        for loss, name in (("bce", "ce"), ("cce", "CE"), ("scce", "crossentropy"))
    ),
    *(variant(f"default-{name}", "cce", optimizer=name) for name in ("sgd", "adagrad", "rmsprop")),
    variant("default-batch-size", "cce", ("fit", {"epochs": 2}), ("evaluate", {}), ("predict", {})),
    variant(
        "batch-size-above-rows",
        "cce",
        fit(batch_size=1000),
        ("evaluate", {"batch_size": 1000}),
        ("predict", {"batch_size": 1000}),
    ),
    variant("one-row", "cce", ("fit", {"epochs": 2}), ("evaluate", {}), ("predict", {}), rows=1),
    *(variant(f"{dtype}-x", "mse", x_dtype=dtype) for dtype in ("float16", "float32", "float64", "int32")),
    variant(
        "flat-target-mse",
        "mse",
        outputs=1,
        layers=(dense(4, "tanh"), dense(1)),
        flat_target=True,
        metrics=("mae", "mse"),
    ),
    variant("flat-target-bce", "bce", fit(sample_weight=True, validation_split=0.25), CALL, flat_target=True),
    variant(
        "two-fits",
        "cce",
        fit(epochs=2),
        fit(epochs=4, initial_epoch=2),
        ("learning_rate", {"value": 0.001}),
        fit(epochs=1),
    ),
    variant(
        "recompile",
        "cce",
        fit(epochs=2),
        ("compile", {"optimizer": OPTIMIZERS["momentum"]}),
        fit(epochs=2),
        ("compile", {}),
        fit(epochs=1),
    ),
    variant(
        "train_on_batch",
        "cce",
        *_BATCHES,
        ("test_on_batch", {"begin": 3, "end": 20}),
        ("predict_on_batch", {"rows": 9}),
    ),
    variant(
        "train_on_batch-weighted",
        "bce",
        ("train_on_batch", {"begin": 0, "end": 12, "sample_weight": True}),
        ("train_on_batch", {"begin": 12, "end": 20, "return_dict": True}),
        ("test_on_batch", {"begin": 0, "end": 12, "sample_weight": True, "return_dict": True}),
    ),
    variant("train_on_batch-then-fit", "mse", *_BATCHES, fit(epochs=1), ("test_on_batch", {"begin": 0, "end": 5})),
    variant(
        "train_on_batch-class_weight",
        "scce",
        ("train_on_batch", {"begin": 0, "end": 12, "class_weight": {0: 2.0, 1: 0.5, 2: 1.0}}),
    ),
    variant("steps_per_epoch", "cce", fit(steps_per_epoch=4), CALL),
    variant(
        "validation-arguments",
        "cce",
        fit(validation_data=True, validation_batch_size=4, validation_steps=2, validation_freq=2),
        CALL,
    ),
    variant("steps", "cce", ("evaluate", {"batch_size": 5, "steps": 3}), ("predict", {"batch_size": 5, "steps": 2})),
    variant("evaluate-batches", "cce", fit(epochs=1), *(("evaluate", {"batch_size": size}) for size in (1, 7, 32, 42))),
    variant("predict-batches", "cce", *(("predict", {"batch_size": size}) for size in (1, 7, 32, 42))),
]

CALLS: list[Case] = [*_WEIGHTS, *_VALIDATION, *_METRICS, *_OTHER]
