"""The reference is right by itself: slopes against finite differences, values against closed forms, and it learns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from test_activations import NAMES, SPECS, formulas
from test_losses import CASES, IDS, PROBABILITIES, rows
from test_losses import formulas as loss_formulas

from steepest import losses, optimizers, reference
from steepest.reference import compare


def slopes(function: Any, x: np.ndarray) -> np.ndarray:
    """Central differences of a scalar function, element by element."""
    step, found = 1e-6, np.zeros(x.shape)
    for index in np.ndindex(*x.shape):
        above, below = x.copy(), x.copy()
        above[index] += step
        below[index] -= step
        found[index] = (function(above) - function(below)) / (2 * step)
    return found


@pytest.mark.parametrize("spec", SPECS, ids=NAMES)
def test_gradients_of_activations(spec: dict, rng: np.random.Generator) -> None:
    value, gradient = formulas(spec)
    x, dy = 2 * rng.standard_normal((3, 5)), rng.standard_normal((3, 5))
    np.testing.assert_allclose(gradient(x, dy), slopes(lambda x: (value(x) * dy).sum(), x), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(("name", "hyper"), CASES, ids=IDS)
def test_gradients_of_losses(name: str, hyper: dict, rng: np.random.Generator) -> None:
    value, gradient = loss_formulas(name, hyper)
    y_true, y_pred = rows(name, hyper, 3, 4, "float64", rng)
    found = gradient(y_true, y_pred)
    np.testing.assert_allclose(found, slopes(lambda p: value(y_true, p).sum(), y_pred), rtol=2e-6, atol=1e-9)


def test_closed_forms() -> None:
    np.testing.assert_allclose(reference.sigmoid(np.log([0.25, 4.0])), [0.2, 0.8], rtol=1e-15)
    np.testing.assert_allclose(reference.tanh(np.log([2.0, 0.5])), [0.6, -0.6], rtol=1e-15)
    np.testing.assert_allclose(reference.softmax(np.log([[1.0, 2.0, 5.0]])), [[0.125, 0.25, 0.625]], rtol=1e-15)
    y, p = np.array([[1.0, 0.0]]), np.array([[0.25, 0.75]])
    assert reference.mean_squared_error(y, p) == 0.5625
    np.testing.assert_allclose(reference.binary_crossentropy(y, p), np.log(4), rtol=1e-15)
    np.testing.assert_allclose(reference.categorical_crossentropy(y, p), np.log(4), rtol=1e-15)
    logits = np.log(p)
    np.testing.assert_allclose(reference.categorical_crossentropy(y, logits, from_logits=True), np.log(4), rtol=1e-15)
    np.testing.assert_allclose(reference.sparse_categorical_crossentropy(y[:, 1:], p), np.log(4), rtol=1e-15)
    np.testing.assert_allclose(
        reference.binary_crossentropy(y, np.log(p / (1 - p)), from_logits=True), np.log(4), rtol=1e-15
    )


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "mean_with_sample_weight"])
@pytest.mark.parametrize("last", ["linear", "sigmoid", "softmax", "relu"])
@pytest.mark.parametrize(("name", "hyper"), CASES, ids=IDS)
def test_gradients_of_networks(name: str, hyper: dict, last: str, reduction: str, rng: np.random.Generator) -> None:
    if not hyper.get("from_logits", name not in PROBABILITIES) and last not in ("sigmoid", "softmax"):
        last = "sigmoid"  # the loss takes probabilities
    shapes = [(3, 5), (5,), (5, 4), (4,)]
    network = reference.Network([rng.standard_normal(shape) for shape in shapes], ["tanh", last])
    x, weights = rng.standard_normal((6, 3)), rng.uniform(0.5, 2.0, 6)
    y = rows(name, hyper, 6, 4, "float64", rng)[0]
    loss = {"name": name, **{key: value for key, value in hyper.items() if key != "axis"}, "reduction": reduction}
    for i, found in enumerate(network.gradients(x, y, loss, weights)):

        def at(weight: np.ndarray, i: int = i) -> float:
            moved = reference.Network([*network.weights[:i], weight, *network.weights[i + 1 :]], network.activations)
            return moved.loss(x, y, loss, weights)

        np.testing.assert_allclose(found, slopes(at, network.weights[i]), rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize(("name", "rate"), [("sgd", 0.2), ("adagrad", 0.5), ("rmsprop", 0.02), ("adam", 0.1)])
def test_every_optimizer_finds_the_line(name: str, rate: float) -> None:
    x = np.linspace(-1, 1, 32)[:, None]
    network = reference.Network([np.zeros((1, 1)), np.zeros(1)], ["linear"])
    history = reference.fit(
        network, x, 2 * x - 1, losses.loss_of("mse").spec(), optimizers.get(name).spec(), rate, epochs=60, batch_size=8,
        metrics={"mae": {"name": "mean_absolute_error"}},
    )  # fmt: skip
    assert history["loss"][-1] < 1e-3 < history["loss"][0]
    assert history["mae"][-1] < history["mae"][0]
    np.testing.assert_allclose([network.weights[0][0, 0], network.weights[1][0]], [2, -1], atol=0.05)


def test_history_is_the_mean_over_rows_with_a_smaller_last_batch() -> None:
    network = reference.Network([np.zeros((1, 1)), np.zeros(1)], ["linear"])
    y = np.array([[1.0], [1.0], [4.0]])
    history = reference.fit(network, np.ones((3, 1)), y, {"name": "mean_squared_error"}, {"name": "sgd"}, 0.0, 1, 2)
    assert history["loss"] == [(1 + 1 + 16) / 3]


def test_compare_prints_both_sides(capsys: pytest.CaptureFixture[str]) -> None:
    assert compare.main(["--epochs", "2", "--units", "8", "--batch-size", "256", "--dtype", "float64"]) == 0
    lines = capsys.readouterr().out.splitlines()
    epochs = [line.split() for line in lines if line.split()[:1] in (["1"], ["2"])]
    assert len(epochs) == 2
    for _, ours, theirs, difference in epochs:
        assert float(ours) == pytest.approx(float(theirs), rel=1e-7)
        assert float(difference) < 1e-10
    assert any("Largest difference" in line for line in lines)
    assert any("ratio" in line for line in lines)


@pytest.mark.parametrize("loss", list(compare.LOSSES))
@pytest.mark.parametrize("optimizer", ["sgd", "adagrad", "rmsprop", "adam"])
def test_compare_knows_every_loss_and_optimizer(loss: str, optimizer: str, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--epochs", "1", "--units", "4", "--batch-size", "512", "--dtype", "float64"]
    assert compare.main([*options, "--loss", loss, "--optimizer", optimizer]) == 0
    row = next(line.split() for line in capsys.readouterr().out.splitlines() if line.split()[:1] == ["1"])
    assert float(row[3]) < 1e-10
