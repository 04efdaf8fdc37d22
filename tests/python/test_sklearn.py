"""steepest.sklearn beside scikit-learn itself: the same seed gives the same weights, losses and predictions."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

neural_network = pytest.importorskip(
    "sklearn.neural_network", reason="scikit-learn 1.9 needs Python 3.11: these tests run there"
)
import pandas  # noqa: E402
import scipy.sparse  # noqa: E402
from joblib import parallel_backend  # noqa: E402
from sklearn import config_context, datasets  # noqa: E402
from sklearn.base import clone  # noqa: E402
from sklearn.compose import make_column_transformer  # noqa: E402
from sklearn.exceptions import ConvergenceWarning, DataConversionWarning  # noqa: E402
from sklearn.model_selection import GridSearchCV, cross_validate  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import OneHotEncoder, StandardScaler  # noqa: E402
from threadpoolctl import threadpool_limits  # noqa: E402

import steepest.sklearn  # noqa: E402
from steepest import keras  # noqa: E402

DIGITS = datasets.load_digits(return_X_y=True)
X, LABELS = DIGITS[0][:300] / 16, DIGITS[1][:300]
NUMBERS = np.sin(X @ np.linspace(-1, 1, 64))
SEVERAL = np.stack([NUMBERS, NUMBERS**2, -NUMBERS], axis=1)
TAGS = np.stack([LABELS > 4, LABELS % 2 == 0, LABELS == 3], axis=1).astype(int)
WEIGHTS = 0.5 + np.arange(300) % 4

TRAININGS: list[tuple[str, Any, dict[str, Any]]] = [
    ("MLPClassifier", LABELS, {}),
    ("MLPClassifier", LABELS, {"hidden_layer_sizes": (), "batch_size": 7, "alpha": 0.0}),
    ("MLPClassifier", LABELS, {"hidden_layer_sizes": (17, 5), "activation": "tanh", "early_stopping": True}),
    ("MLPClassifier", LABELS, {"hidden_layer_sizes": 9, "beta_1": 0.5, "beta_2": 0.75, "epsilon": 0.01}),
    ("MLPClassifier", LABELS, {"solver": "sgd", "activation": "logistic", "learning_rate_init": 0.5, "alpha": 0.1}),
    ("MLPClassifier", LABELS, {"solver": "sgd", "learning_rate": "invscaling", "power_t": 0.25, "momentum": 0.5}),
    ("MLPClassifier", LABELS > 4, {"solver": "sgd", "learning_rate": "adaptive", "tol": 0.5, "n_iter_no_change": 1}),
    ("MLPClassifier", LABELS > 4, {"solver": "sgd", "nesterovs_momentum": False, "batch_size": 33, "shuffle": False}),
    ("MLPClassifier", np.where(LABELS > 4, "high", "low"), {"activation": "identity"}),
    ("MLPClassifier", TAGS, {"early_stopping": True, "validation_fraction": 0.25}),
    ("MLPClassifier", np.full(300, 7), {}),
    ("MLPRegressor", NUMBERS, {"early_stopping": True}),
    ("MLPRegressor", SEVERAL, {"batch_size": 64, "alpha": 1.0}),
    ("MLPRegressor", NUMBERS**2, {"loss": "poisson", "solver": "sgd"}),
    ("MLPRegressor", SEVERAL**2, {"loss": "poisson", "activation": "logistic"}),
    ("MLPClassifier", LABELS, {"solver": "lbfgs", "max_iter": 5}),
    ("MLPClassifier", TAGS, {"solver": "lbfgs", "max_iter": 5, "activation": "tanh"}),
    ("MLPRegressor", SEVERAL, {"solver": "lbfgs", "max_iter": 5}),
    ("MLPRegressor", NUMBERS**2, {"solver": "lbfgs", "max_iter": 5, "loss": "poisson", "alpha": 0.0}),
]  # fmt: skip
FITTED = (
    *("coefs_", "intercepts_", "loss_", "loss_curve_", "best_loss_", "validation_scores_", "best_validation_score_"),
    *("n_iter_", "t_", "n_layers_", "n_outputs_", "out_activation_", "n_features_in_", "classes_"),
)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Trainings of a few epochs don't converge; L-BFGS's vectors are too short for several threads."""
    with warnings.catch_warnings(), threadpool_limits(1, "blas"):
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def pair(kind: str, **parameters: Any) -> tuple[Any, Any]:
    """scikit-learn's estimator and ours."""
    chosen = {"random_state": 3, "max_iter": 12, **parameters}
    return tuple(getattr(module, kind)(**chosen) for module in (neural_network, steepest.sklearn))  # type: ignore[return-value]


def assert_equal(theirs: Any, ours: Any, tolerance: float = 1e-10) -> None:
    """All fitted attributes are there and equal."""
    names = [name for name in FITTED if hasattr(theirs, name)]
    assert names == [name for name in FITTED if hasattr(ours, name)]
    for name in names:
        expected, found = getattr(theirs, name), getattr(ours, name)
        if name in ("coefs_", "intercepts_"):
            assert [array.dtype for array in found] == [array.dtype for array in expected]
            for one, other in zip(found, expected, strict=True):
                np.testing.assert_allclose(one, other, tolerance, tolerance)
        elif isinstance(expected, str) or expected is None or name == "classes_":
            np.testing.assert_array_equal(found, expected)
        else:
            np.testing.assert_allclose(found, expected, tolerance, tolerance, err_msg=name)


def assert_predicts_as(theirs: Any, ours: Any, rows: Any, tolerance: float = 1e-10) -> None:
    """Predictions have the dtype, shape and numbers of scikit-learn's."""
    for method in ("predict_proba", "predict_log_proba") if hasattr(theirs, "classes_") else ("predict",):
        expected, found = getattr(theirs, method)(rows), getattr(ours, method)(rows)
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected, tolerance, tolerance)
    if hasattr(theirs, "classes_"):
        expected, found = theirs.predict(rows), ours.predict(rows)
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(("kind", "y", "parameters"), TRAININGS)
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["", "weighted"])
def test_a_training_is_that_of_scikit_learn(kind: str, y: Any, parameters: dict[str, Any], weights: Any) -> None:
    theirs, ours = pair(kind, **parameters)
    for model in (theirs, ours):
        assert model.fit(X, y, sample_weight=weights) is model
    assert_equal(theirs, ours)
    assert_predicts_as(theirs, ours, X[:50])
    assert ours.score(X, y) == pytest.approx(theirs.score(X, y), rel=1e-12)


@pytest.mark.parametrize("kind", ["MLPClassifier", "MLPRegressor"])
def test_a_training_to_the_end(kind: str) -> None:
    theirs, ours = pair(kind, max_iter=200, hidden_layer_sizes=(20, 10), activation="tanh")
    y = LABELS if kind == "MLPClassifier" else NUMBERS
    assert_equal(theirs.fit(X, y), ours.fit(X, y))


@pytest.mark.parametrize("kind", ["MLPClassifier", "MLPRegressor"])
def test_float32_trains_in_float32(kind: str) -> None:
    theirs, ours = pair(kind)
    rows, y = X.astype(np.float32), LABELS if kind == "MLPClassifier" else NUMBERS.astype(np.float32)
    assert_equal(theirs.fit(rows, y), ours.fit(rows, y), tolerance=1e-5)
    for given in (rows, X, (16 * X).astype(int)):
        assert_predicts_as(theirs, ours, given, tolerance=2e-5)


@pytest.mark.parametrize("layout", ["csr", "csc"])
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_sparse_rows_train_as_dense_ones(layout: str, solver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = getattr(scipy.sparse, f"{layout}_matrix")(X)
    monkeypatch.setattr(steepest.sklearn._rows, "_BYTES", 8 * 64 * 45)  # parts of the rows at a time
    dense, own = (pair("MLPClassifier", solver=solver, batch_size=40, max_iter=4)[1] for _ in range(2))
    for weights in (None, WEIGHTS):
        assert_equal(dense.fit(X, LABELS, weights), own.fit(rows, LABELS, weights), tolerance=0)
    np.testing.assert_array_equal(own.predict_proba(rows), dense.predict_proba(X))


@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_calls_that_go_on(solver: str) -> None:
    theirs, ours = pair("MLPClassifier", solver=solver, learning_rate="invscaling")
    for model in (theirs, ours):
        for part in (slice(0, 100), slice(100, 300), slice(0, 300)):
            model.partial_fit(X[part], LABELS[part], classes=range(10))
    assert_equal(theirs, ours)
    for model in (theirs, ours):
        model.set_params(alpha=0.5, warm_start=True, max_iter=3).fit(X, LABELS, WEIGHTS)
        model.set_params(warm_start=False).partial_fit(X, LABELS)
    assert_equal(theirs, ours)


@pytest.mark.parametrize("copied", [deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_copies_go_on_with_the_state_of_the_optimizer(copied: Any) -> None:
    model = pair("MLPRegressor")[1]
    for _ in range(3):
        model.partial_fit(X, NUMBERS)
    twin = copied(model)
    np.testing.assert_array_equal(twin.predict(X), model.predict(X))
    third = copied(twin)  # before it has a trainer of its own
    for one in (model, twin, third):
        assert_equal(one.partial_fit(X, NUMBERS), model, tolerance=0)


def test_predictions_follow_the_weights_that_stand_in_the_estimator() -> None:
    theirs, ours = pair("MLPClassifier")
    for model in (theirs.fit(X, LABELS), ours.fit(X, LABELS)):
        model.coefs_[0][:, :50] = 0
        model.intercepts_[-1] = np.linspace(-2, 2, 10)
    assert_predicts_as(theirs, ours, X)
    assert_equal(theirs.partial_fit(X, LABELS), ours.partial_fit(X, LABELS))


def test_the_global_random_state_is_not_touched_and_arrays_are_not_changed() -> None:
    before, rows, y = np.random.get_state()[1].copy(), X.copy(), LABELS.copy()
    for random_state in (3, np.random.RandomState(3)):
        pair("MLPClassifier", random_state=random_state, early_stopping=True)[1].fit(rows, y)
    np.testing.assert_array_equal(np.random.get_state()[1], before)
    np.testing.assert_array_equal(rows, X)
    np.testing.assert_array_equal(y, LABELS)


@pytest.mark.parametrize(
    "parameters",
    [
        {"early_stopping": True},
        {"solver": "sgd", "learning_rate": "adaptive", "learning_rate_init": 2e-6, "tol": 10.0, "n_iter_no_change": 1},
        {"tol": 10.0, "n_iter_no_change": 2},
    ],
)
def test_what_is_printed(parameters: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    lines = []
    for model in pair("MLPRegressor", verbose=True, max_iter=20, **parameters):
        model.fit(X, NUMBERS)
        lines.append(capsys.readouterr().out)
    assert lines[0].count("\n") > 2
    assert lines[1] == lines[0]


@pytest.mark.parametrize(
    ("kind", "parameters", "call"),
    [
        ("MLPClassifier", {"max_iter": 2}, lambda model: model.fit(X, LABELS)),
        ("MLPClassifier", {"max_iter": 2, "solver": "lbfgs"}, lambda model: model.fit(X, LABELS)),
        ("MLPClassifier", {"max_fun": 3, "solver": "lbfgs"}, lambda model: model.fit(X, LABELS)),
        ("MLPClassifier", {"batch_size": 301}, lambda model: model.fit(X, LABELS)),
        ("MLPClassifier", {}, lambda model: model.fit(X, LABELS[:, None])),
        ("MLPRegressor", {}, lambda model: model.fit(X, NUMBERS[:, None])),
        ("MLPClassifier", {"hidden_layer_sizes": (5, -1)}, lambda model: model.fit(X, LABELS)),
        ("MLPClassifier", {"alpha": -1}, lambda model: model.fit(X, LABELS)),
        ("MLPRegressor", {"loss": "huber"}, lambda model: model.fit(X, NUMBERS)),
        ("MLPRegressor", {"momentum": 2}, lambda model: model.fit(X, NUMBERS)),
        ("MLPRegressor", {}, lambda model: model.fit(X[:, :0], NUMBERS)),
        ("MLPRegressor", {}, lambda model: model.fit(X, NUMBERS[:5])),
        ("MLPRegressor", {}, lambda model: model.fit(X, NUMBERS + np.nan)),
        ("MLPRegressor", {}, lambda model: model.predict(X)),
        ("MLPRegressor", {}, lambda model: model.fit(X, NUMBERS).predict(X[:, :3])),
        ("MLPClassifier", {"solver": "lbfgs"}, lambda model: model.partial_fit),
        ("MLPRegressor", {"early_stopping": True}, lambda model: model.partial_fit(X, NUMBERS)),
        ("MLPRegressor", {"early_stopping": True}, lambda model: model.fit(X[:5], NUMBERS[:5])),
        ("MLPClassifier", {}, lambda model: model.partial_fit(X, LABELS)),
        ("MLPClassifier", {}, lambda model: model.partial_fit(X, LABELS, classes=[0, 1])),
        ("MLPClassifier", {"warm_start": True}, lambda model: model.fit(X, LABELS).fit(X, LABELS > 4)),
        ("MLPRegressor", {}, lambda model: model.fit(X, NUMBERS, np.zeros(300))),
        ("MLPRegressor", {"solver": "sgd", "learning_rate_init": 1e6}, lambda model: model.fit(X, NUMBERS)),
    ],
)
def test_warnings_and_errors_are_those_of_scikit_learn(kind: str, parameters: dict, call: Any) -> None:
    said = []
    for model in pair(kind, **parameters):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            warnings.simplefilter("ignore", RuntimeWarning)  # overflows, in NumPy
            try:
                call(model)
                raised = None
            except Exception as error:
                raised = type(error), str(error)
        said.append((raised, [(one.category, str(one.message)) for one in caught]))
    assert said[0] != (None, [])
    assert said[1] == said[0]


def test_ctrl_c_keeps_what_was_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    model = pair("MLPRegressor")[1]
    ends = steepest.sklearn._solvers.Adam.epoch_ends

    def interrupt(solver: Any, rows_seen: int) -> None:
        if rows_seen == 600:
            raise KeyboardInterrupt
        ends(solver, rows_seen)

    monkeypatch.setattr(steepest.sklearn._solvers.Adam, "epoch_ends", interrupt)
    with pytest.warns(UserWarning, match=r"Training interrupted by user\."):
        model.fit(X, NUMBERS)
    theirs = pair("MLPRegressor", max_iter=2)[0].fit(X, NUMBERS)
    np.testing.assert_allclose(model.coefs_[0], theirs.coefs_[0], 1e-10)


def test_data_conversion_warning_is_the_one_that_can_be_filtered() -> None:
    with pytest.warns(DataConversionWarning):
        pair("MLPRegressor", max_iter=1)[1].fit(X, NUMBERS[:, None])


@pytest.mark.parametrize("kind", ["MLPClassifier", "MLPRegressor"])
def test_parameters_defaults_and_tags(kind: str) -> None:
    theirs, ours = getattr(neural_network, kind)(), getattr(steepest.sklearn, kind)()
    given = ours.get_params()
    for name, default in theirs.get_params().items():
        assert given[name] == default
    assert repr(ours) == f"{kind}()"
    assert ours.__sklearn_tags__() == theirs.__sklearn_tags__()


def test_without_scikit_learn_it_says_how_to_get_it() -> None:
    script = "import sys, steepest; sys.modules['sklearn'] = None; steepest.sklearn"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "ImportError: steepest.sklearn needs scikit-learn 1.9 or later: pip install steepest[sklearn]" in run.stderr


# What scikit-learn does not have, held against the same network as a model of Keras's API.


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize(
    ("solver", "optimizer", "parameters"),
    [
        ("rmsprop", "RMSprop", {"activation": "gelu"}),
        ("lion", "Lion", {"activation": keras.activations.softplus, "dropout": 0.25}),
        (None, keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.5, 7, 0.9)), {"dropout": 0.5}),
        (None, keras.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.75), {"batch_normalization": True}),
        ("nadam", "Nadam", {"batch_normalization": True, "dropout": 0.25, "class_weight": {4: 3.0, 7: 0.5}}),
    ],
)
def test_what_scikit_learn_does_not_have_is_as_in_keras(solver: Any, optimizer: Any, parameters: dict) -> None:
    plain = {"alpha": 0.0, "shuffle": False, "batch_size": 64, "warm_start": True, "max_iter": 1}
    ours = steepest.sklearn.MLPClassifier((12, 7), solver=solver or optimizer, **plain, **parameters)
    ours.fit(X, LABELS)  # to have weights
    layers: list[Any] = [keras.Input((64,))]
    weights: list[Any] = []
    for i, units in enumerate((12, 7)):
        layers += [keras.layers.Dense(units)]
        weights += [ours.coefs_[i], ours.intercepts_[i]]
        if ours.batch_normalization:
            layers += [keras.layers.BatchNormalization()]
            weights += ours.normalizations_[i]
        layers += [keras.layers.Activation(ours.activation), keras.layers.Dropout(ours.dropout, seed=ours._seed + i)]
    model = keras.Sequential([*layers, keras.layers.Dense(10, activation="softmax")])
    model.set_weights([*weights, ours.coefs_[-1], ours.intercepts_[-1]])
    if isinstance(optimizer, str):
        optimizer = getattr(keras.optimizers, optimizer)(ours.learning_rate_init)
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(reduction="mean_with_sample_weight"))
    shown = model.fit(
        X, LABELS, batch_size=64, epochs=5, shuffle=False, verbose=0, class_weight=parameters.get("class_weight")
    )
    ours.set_params(max_iter=5).fit(X, LABELS)
    np.testing.assert_allclose(ours.loss_curve_[-5:], shown.history["loss"], 1e-10)
    np.testing.assert_allclose(ours.predict_proba(X), model.predict(X, verbose=0), 1e-10, 1e-12)


def test_normalized_layers_travel_and_are_restored() -> None:
    parameters = {"batch_normalization": True, "dropout": 0.25, "early_stopping": True, "max_iter": 30}
    ours = pair("MLPClassifier")[1].set_params(**parameters).fit(X, LABELS)
    twin = pickle.loads(pickle.dumps(ours))
    np.testing.assert_array_equal(twin.predict_proba(X), ours.predict_proba(X))
    ours.normalizations_[0][1] += 1.0  # of the shifts
    assert np.abs(twin.predict_proba(X) - ours.predict_proba(X)).max() > 0.01
    assert max(ours.validation_scores_) == ours.best_validation_score_


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"solver": "lbfgs", "dropout": 0.5}, "The solver 'lbfgs' needs the same loss .* dropout=0.5"),
        ({"solver": keras.optimizers.Lamb()}, "The solver Lamb takes its steps in NumPy"),
        ({"dropout": 1.0}, "The 'dropout' parameter of MLPRegressor must be"),
        ({"activation": "glu"}, "The 'activation' parameter of MLPRegressor must be"),
    ],
)
def test_what_is_refused(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        pair("MLPRegressor")[1].set_params(**parameters).fit(X, NUMBERS)


def test_an_optimizer_that_was_given_stays_as_it_was() -> None:
    optimizer = keras.optimizers.SGD(0.5, momentum=0.5)
    pair("MLPRegressor")[1].set_params(solver=optimizer).fit(X, NUMBERS)
    assert optimizer.iterations == 0
    assert not optimizer.built


# Among scikit-learn's other parts.


def test_pipelines_column_transformers_searches_and_copies() -> None:
    frame = pandas.DataFrame({"a": NUMBERS, "b": LABELS.astype(float), "kind": np.where(LABELS > 6, "x", "y")})
    columns = make_column_transformer((StandardScaler(), ["a", "b"]), (OneHotEncoder(sparse_output=False), ["kind"]))
    columns.set_output(transform="pandas")
    means = []
    for model in pair("MLPClassifier", max_iter=3):
        whole = make_pipeline(columns, model).fit(frame, LABELS)
        assert list(whole[-1].feature_names_in_) == list(columns.get_feature_names_out())
        grid = {"mlpclassifier__alpha": [1e-4, 10.0], "mlpclassifier__hidden_layer_sizes": [(5,), (9, 4)]}
        with parallel_backend("threading", n_jobs=2):
            search = GridSearchCV(whole, grid, cv=3).fit(frame, LABELS)
        means.append(search.cv_results_["mean_test_score"])
        assert clone(model).get_params() == model.get_params()
        assert not hasattr(clone(model), "coefs_")
    np.testing.assert_array_equal(means[1], means[0])


def test_sample_weights_are_routed() -> None:
    with config_context(enable_metadata_routing=True):
        found = []
        for model in pair("MLPRegressor", max_iter=3):
            asked = model.set_fit_request(sample_weight=True).set_score_request(sample_weight=False)
            found.append(cross_validate(asked, X, NUMBERS, params={"sample_weight": WEIGHTS})["test_score"])
    np.testing.assert_allclose(found[1], found[0], 1e-10)


def test_the_examples_of_the_page_run(capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[2] / "docs" / "sklearn.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL):
        exec(compile(block, "sklearn.md", "exec"), names)
    share, count = re.search(r"([\d.]+)% of (\d+) digits", capsys.readouterr().out).groups()
    assert float(share) > 95 and count == "450"
    assert names["search"].best_params_["model__units"] == 64
