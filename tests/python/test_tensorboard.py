"""The TensorBoard callback: which curves it writes, as Keras does, and the bytes that it writes them in."""

from __future__ import annotations

import numpy as np
import pytest
from event_reader import pixels, values

from steepest import keras
from steepest.callbacks import TensorBoard
from steepest.callbacks.event_file import EventFile
from steepest.layers import Dense, Input

X, Y = np.ones((10, 2), "float32"), np.ones((10, 1), "float32")


def model():
    made = keras.Sequential([Input((2,)), Dense(3, name="first"), Dense(1, name="second")], name="net")
    made.compile("sgd", "mse", metrics=["mae"])
    return made


def curves(folder) -> dict[str, list[tuple[int, float]]]:
    """The points of each curve, without the times."""
    found: dict[str, list[tuple[int, float]]] = {}
    for value in values(folder):
        if value.plugin == "scalars":
            assert value.data_class == 1 and value.tensor.shape == ()
            found.setdefault(value.tag, []).append((value.step, float(value.tensor)))
    return found


def test_curves_over_epochs(tmp_path) -> None:
    callback = TensorBoard(tmp_path)
    history = model().fit(X, Y, batch_size=5, epochs=3, verbose=0, validation_data=(X, Y), callbacks=[callback]).history
    train, validation = curves(tmp_path / "train"), curves(tmp_path / "validation")
    points = {name: list(enumerate(np.float32(history[name]).tolist())) for name in history}
    assert train == {
        "epoch_loss": points["loss"],
        "epoch_mae": points["mae"],
        "epoch_learning_rate": [(epoch, float(np.float32(0.01))) for epoch in range(3)],
    }
    iterations = {name: [(2 * epoch + 2, value) for epoch, value in points[f"val_{name}"]] for name in ("loss", "mae")}
    assert validation == {
        "epoch_loss": points["val_loss"],
        "epoch_mae": points["val_mae"],
        "evaluation_loss_vs_iterations": iterations["loss"],
        "evaluation_mae_vs_iterations": iterations["mae"],
    }


@pytest.mark.parametrize(("frequency", "steps"), [("batch", [1, 2, 3, 4]), (3, [3])])
def test_curves_over_steps(tmp_path, frequency, steps) -> None:
    callback = TensorBoard(tmp_path, update_freq=frequency, write_steps_per_second=True)
    kept = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: losses.append(logs["loss"]))
    losses: list[float] = []
    model().fit(X, Y, batch_size=5, epochs=2, verbose=0, callbacks=[kept, callback])
    found = curves(tmp_path / "train")
    assert found["batch_loss"] == [(step, float(np.float32(losses[step - 1]))) for step in steps]
    assert [step for step, _ in found["batch_mae"]] == steps
    for name, expected in (("batch_steps_per_second", steps), ("epoch_steps_per_second", [0, 1])):
        assert [step for step, _ in found[name]] == expected
        assert all(value > 0 for _, value in found[name])


def test_only_curves_over_steps_make_the_loop_turn_once_a_batch() -> None:
    class Subclass(TensorBoard):
        def on_train_batch_end(self, batch, logs=None):
            pass

    assert not TensorBoard().hooks_into("train")
    assert TensorBoard(update_freq=10).hooks_into("train") and not TensorBoard(update_freq=10).hooks_into("test")
    assert Subclass().hooks_into("train") and not Subclass().hooks_into("predict")


def test_histograms_and_images_of_weights(tmp_path) -> None:
    fitted = model()
    weights = []
    keep = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: weights.append(fitted.get_weights()))
    fitted.fit(X, Y, epochs=3, verbose=0, callbacks=[keep, TensorBoard(tmp_path, histogram_freq=2, write_images=True)])
    found = {(value.tag, value.step): value for value in values(tmp_path / "train") if value.plugin != "scalars"}
    tags = [f"net/{layer}/{number}" for layer in ("first", "second") for number in (0, 1)]
    for epoch in (0, 2):
        for tag, weight in zip(tags, weights[epoch], strict=True):
            histogram = found.pop((f"{tag}/histogram", epoch))
            assert (histogram.plugin, histogram.data_class) == ("histograms", 2)
            left, right, counts = histogram.tensor.T
            assert len(counts) == 30 and counts.sum() == weight.size
            assert left[0] == weight.min() and right[-1] == weight.max()
            inside = [
                ((weight >= low) & (weight < high)).sum() for low, high in zip(left[:-1], right[:-1], strict=True)
            ]
            if weight.size > 1:
                np.testing.assert_array_equal(counts[:-1], inside)
                image = found.pop((f"{tag}/image", epoch))
                assert (image.plugin, image.data_class) == ("images", 3)
                width, height, png = image.tensor
                shown = pixels(png)
                assert shown.shape == (int(height), int(width))
                column = weight.reshape(len(weight), -1)
                column = column if column.shape[1] >= len(column) or column.shape[1] == 1 else column.T
                np.testing.assert_array_equal(shown, np.floor(np.clip(column * 255.5, 0, 255)))
    assert found.pop(("keras", 0)).plugin == "graph_keras_model"
    assert not found


def test_a_model_without_a_description_is_trained_all_the_same(tmp_path) -> None:
    fitted = model()
    fitted.compile("sgd", "mse", metrics=[lambda y_true, y_pred: y_pred])
    with pytest.warns(UserWarning, match="graph is not written"):
        TensorBoard(tmp_path).set_model(fitted)


def test_the_graph_is_the_configuration(tmp_path) -> None:
    class Described:
        optimizer = None

        def to_json(self) -> str:
            return '{"class_name": "Sequential"}'

    TensorBoard(tmp_path).set_model(Described())
    TensorBoard(tmp_path / "none", write_graph=False).set_model(Described())
    (value,) = values(tmp_path / "train")
    assert value[:5] == ("keras", 0, "graph_keras_model", b"1", 0)
    assert value.tensor == [b'{"class_name": "Sequential"}']
    assert not (tmp_path / "none").exists()


def test_extreme_values_and_long_names(tmp_path) -> None:
    file = EventFile(str(tmp_path))
    name = "ü" * 100
    for step, value in enumerate((np.nan, np.inf, -0.0, 1e-45)):
        file.scalar(name, value, 2**40 + step)
    file.histogram("same", np.full(7, 2.5), 1)
    file.histogram("none", np.array([np.nan, np.inf]), 127)
    file.histogram("some", np.array([np.nan, 1.0, 3.0]), 128)
    file.image("nan", np.array([[np.nan, -1.0, 0.5, 2.0]]), 0)
    file.close()
    *scalars, same, none, some, image = values(tmp_path)
    assert [(value.tag, value.step) for value in scalars] == [(name, 2**40 + step) for step in range(4)]
    np.testing.assert_array_equal([value.tensor for value in scalars], np.float32([np.nan, np.inf, -0.0, 1e-45]))
    assert same.tensor[:, :2].tolist() == [[2.5, 2.5]] * 30 and same.tensor[:, 2].tolist() == [0] * 29 + [7]
    assert not none.tensor.any() and none.step == 127
    assert some.tensor[:, 2].sum() == 2 and some.step == 128
    assert pixels(image.tensor[2]).tolist() == [[0, 0, 127, 255]]


def test_each_training_has_files_of_its_own(tmp_path) -> None:
    callback = TensorBoard(tmp_path)
    for _ in range(2):
        model().fit(X, Y, verbose=0, callbacks=[callback])
    assert len(list((tmp_path / "train").iterdir())) == 2
    assert not (tmp_path / "validation").exists()


@pytest.mark.parametrize(
    "arguments", [{"profile_batch": 2}, {"embeddings_freq": 1}, {"update_freq": 0}, {"update_freq": "step"}]
)
def test_what_is_not_written_is_refused(arguments) -> None:
    with pytest.raises(ValueError, match=f"Received: .*{next(iter(arguments))}="):
        TensorBoard(**arguments)
