"""Live models of Keras, without Keras: a stand-in has what is asked of them. `make parity` exchanges real ones."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

from steepest import Model, Sequential, layers
from steepest.models import from_keras

X = np.sin(np.arange(24, dtype="float32")).reshape(8, 3)


class StandIn:
    """A trained model, as Keras shows one: a description, layers with weights, an optimizer with variables."""

    def __init__(self) -> None:
        x = layers.Input((3,))
        inner = Sequential([layers.Dense(4, "tanh"), layers.BatchNormalization()])
        self.inside = Model(x, layers.Dense(2)(inner(x)), name="origin")
        self.inside.compile("adam", "mse")
        self.inside.fit(X, X[:, :2], epochs=2, verbose=0)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inside, name)


def test_a_model_comes_with_weights_compilation_and_optimizer() -> None:
    theirs = StandIn()
    ours = from_keras(theirs)
    assert ours.name == "origin" and ours.compiled and ours.loss == "mse"
    for model in (ours, theirs):
        model.fit(X, X[:, :2], verbose=0, shuffle=False)
    np.testing.assert_array_equal(ours.predict(X, verbose=0), theirs.predict(X, verbose=0))
    assert int(ours.optimizer.iterations) == 3
    ours.fit(X, X[:, :2], verbose=0)  # they share nothing
    assert int(theirs.optimizer.iterations) == 3


def test_what_is_no_model_of_keras_is_refused() -> None:
    for wrong in (None, "model.keras", Sequential([layers.Dense(1)])):
        with pytest.raises(TypeError, match="Expected a model of Keras. Received"):
            from_keras(wrong)


def test_without_keras_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keras", None)
    with pytest.raises(ImportError, match="`to_keras` needs Keras 3, which is not installed: pip install keras"):
        StandIn().to_keras()
