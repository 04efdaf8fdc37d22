"""KerasClassifier and KerasRegressor: what they train is the model, as its own `fit` trains it."""

from __future__ import annotations

import pickle
from copy import deepcopy
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn 1.9 needs Python 3.11: these tests run there")
from sklearn.base import clone  # noqa: E402
from sklearn.datasets import load_iris  # noqa: E402
from sklearn.exceptions import NotFittedError  # noqa: E402
from sklearn.model_selection import GridSearchCV, cross_val_score  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

from steepest import keras  # noqa: E402
from steepest.sklearn import KerasClassifier, KerasRegressor  # noqa: E402

X, LABELS = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[LABELS]


def network(units: int, outputs: int = 3, last: str = "softmax") -> Any:
    layers = [keras.Input((4,)), keras.layers.Dense(units, activation="relu")]
    return keras.Sequential([*layers, keras.layers.Dense(outputs, activation=last)])


def build(units: int, meta: dict[str, Any], compile_kwargs: dict[str, Any]) -> Any:
    model = network(units, meta["n_classes_"])
    model.compile(**compile_kwargs)
    return model


def classifier(**parameters: Any) -> KerasClassifier:
    chosen = {"model__units": 8, "loss": "sparse_categorical_crossentropy", "optimizer": "adam", "verbose": 0}
    return KerasClassifier(build, **{**chosen, "random_state": 1, "epochs": 3, **parameters})


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", keras.losses.CategoricalCrossentropy()])
def test_a_classifier_trains_a_copy_of_its_model(loss: Any) -> None:
    model = network(5)
    model.compile(keras.optimizers.SGD(0.05), loss, metrics=["acc"])
    before, twin = model.get_weights(), deepcopy(model)
    ours = KerasClassifier(model, epochs=4, batch_size=16, shuffle=False, verbose=0).fit(X, NAMES)
    targets = LABELS if isinstance(loss, str) else np.eye(3)[LABELS]
    history = twin.fit(X, targets, epochs=4, batch_size=16, shuffle=False, verbose=0).history
    assert ours.history_ == history
    np.testing.assert_array_equal(ours.predict_proba(X), twin.predict(X, verbose=0))
    np.testing.assert_array_equal(ours.predict(X), np.unique(NAMES)[twin.predict(X, verbose=0).argmax(1)])
    assert ours.score(X, NAMES) == pytest.approx(np.mean(twin.predict(X, verbose=0).argmax(1) == LABELS))
    for one, other in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)


def test_two_classes_and_several_labels() -> None:
    two = KerasClassifier(network(5, 1, "sigmoid"), loss="binary_crossentropy", optimizer="adam", epochs=60, verbose=0)
    two.fit(X, NAMES == "setosa")
    assert two.predict(X).dtype == bool
    np.testing.assert_allclose(two.predict_proba(X).sum(axis=1), 1, 1e-6)
    np.testing.assert_array_equal(two.predict(X), two.predict_proba(X)[:, 1] > 0.5)
    several = two.set_params(model=network(5, 2, "sigmoid")).fit(X, np.stack([LABELS == 0, LABELS > 0], 1).astype(int))
    np.testing.assert_array_equal(several.predict(X), several.predict_proba(X) > 0.5)
    assert several.n_classes_ == 2


def test_a_regressor_trains_as_its_model() -> None:
    for columns in (1, 2):
        y = X[:, :columns] @ np.ones((columns, columns)) if columns > 1 else X[:, 0]
        model = network(5, columns, "linear")
        model.compile("adam", "mse")
        ours = KerasRegressor(model, epochs=3, shuffle=False, verbose=0).fit(X, y, sample_weight=1.0 + LABELS)
        model.fit(X, y, epochs=3, shuffle=False, verbose=0, sample_weight=1.0 + LABELS)
        np.testing.assert_array_equal(ours.predict(X).reshape(150, -1), model.predict(X, verbose=0))
        assert ours.predict(X).shape == y.shape


def test_parameters_are_sent_on() -> None:
    model = classifier(optimizer="sgd", optimizer__learning_rate=0.25, fit__batch_size=150, compile__metrics=["acc"])
    model.fit(X, NAMES)
    assert model.model_.optimizer.learning_rate == 0.25
    assert model.model_.optimizer.iterations == 3
    assert sorted(model.history_) == ["acc", "loss"]
    assert model.get_params()["model__units"] == 8
    assert clone(model.set_params(model__units=3, epochs=1)).fit(X, NAMES).model_.layers[0].units == 3
    with pytest.raises(ValueError, match=r"`model` has no argument 'unit'"):
        classifier(model__unit=3).fit(X, NAMES)
    with pytest.raises(ValueError, match="Invalid parameter 'epoch'"):
        model.set_params(epoch=3)


def test_seeds_give_the_same_bits_and_leave_the_global_state() -> None:
    before = np.random.get_state()[1].copy()
    first, second, other = (classifier(random_state=seed).fit(X, NAMES) for seed in (1, np.random.RandomState(1), 2))
    np.testing.assert_array_equal(first.predict_proba(X), second.predict_proba(X))
    assert np.abs(first.predict_proba(X) - other.predict_proba(X)).max() > 1e-3
    np.testing.assert_array_equal(np.random.get_state()[1], before)


def test_trainings_that_go_on() -> None:
    model = classifier(warm_start=True).fit(X, NAMES).fit(X, NAMES)
    assert model.current_epoch == len(model.history_["loss"]) == 6
    assert model.model_.optimizer.iterations == 6 * 5
    twin = pickle.loads(pickle.dumps(model.partial_fit(X, NAMES)))
    assert twin.current_epoch == 7
    np.testing.assert_array_equal(twin.predict_proba(X), model.predict_proba(X))
    assert model.set_params(warm_start=False).fit(X, NAMES).current_epoch == 3


def test_class_weights_are_weights_of_rows() -> None:
    weights = {"setosa": 3.0, "versicolor": 0.5}
    given = classifier(class_weight=weights, epochs=2).fit(X, NAMES)
    own = classifier(epochs=2).fit(X, NAMES, sample_weight=[weights.get(name, 1.0) for name in NAMES])
    np.testing.assert_array_equal(given.predict_proba(X), own.predict_proba(X))


def test_searches_and_pipelines() -> None:
    callbacks = [keras.callbacks.EarlyStopping("loss", patience=2)]
    model = classifier(epochs=30, callbacks=callbacks)
    search = GridSearchCV(model, {"model__units": [2, 16], "optimizer__learning_rate": [1e-4, 0.05]}, cv=3, n_jobs=1)
    search.fit(X, NAMES)
    assert search.best_params_["optimizer__learning_rate"] == 0.05
    assert search.best_score_ > 0.9
    assert cross_val_score(make_pipeline(StandardScaler(), search.best_estimator_), X, NAMES, cv=3).mean() > 0.9


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="KerasClassifier needs a model"):
        KerasClassifier().fit(X, NAMES)
    with pytest.raises(NotFittedError):
        classifier().predict(X)
    with pytest.raises(ValueError, match="expecting 4 features"):
        classifier().fit(X, NAMES).predict(X[:, :3])
    with pytest.raises(ValueError, match="Unknown label type"):
        classifier().fit(X, X[:, 0])
    with pytest.raises(ValueError, match="previously unseen labels"):
        classifier().fit(X, NAMES).partial_fit(X, np.full(150, "rose"))
