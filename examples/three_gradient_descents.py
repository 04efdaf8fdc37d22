"""Batch, stochastic and mini-batch gradient descent: how much data an update looks at.

    w <- w - rate * 1/|B| sum_{i in B} dloss_i/dw        B: all n samples | one sample | some, here 32
    updates in an epoch: n / |B|                         1                | n          | n / 32

All three fit the same line from the same start with the same learning rate, for as many epochs.
"""

import pathlib
import sys
import time

import numpy as np

from steepest import keras, plot

GALLERY = pathlib.Path(__file__).parent.parent / "docs" / "gallery"
SAMPLES, EPOCHS = 512, 8


def main(folder=GALLERY):
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 2, SAMPLES)
    y = 2 * x + 1 + rng.normal(0, 0.5, SAMPLES)

    def loss(w, b):
        return np.mean((np.asarray(w)[..., None] * x + np.asarray(b)[..., None] - y) ** 2, axis=-1)

    paths = {}
    print(f"the least possible loss is {loss(*np.polyfit(x, y, 1)):.3f}")
    print(f"{'':12}batch size  updates/epoch  ms/epoch  loss after {EPOCHS} epochs")
    for name, batch_size in (("stochastic", 1), ("mini-batch", 32), ("batch", SAMPLES)):
        path = fit(x, y, batch_size, each_update=True)
        begin = time.perf_counter()
        fit(x, y, batch_size)
        ms = 1000 * (time.perf_counter() - begin) / EPOCHS
        paths[f"{name} ({batch_size})"] = path
        print(f"{name:12}{batch_size:10}{len(path) // EPOCHS:15}{ms:10.2f}  {loss(*path[-1]):.3f}")

    figure = plot.new_figure(9, 4)
    left, right = figure.subfigures(1, 2)
    plot.paths(loss, paths, (-2, 4), (-0.5, 4), "loss(w, b) and three ways down", names=("w", "b"), figure=left)
    panel = plot.axes(right.subplots(), "All data's loss after every update", "epoch", "loss")
    for index, (name, path) in enumerate(paths.items()):
        epochs = np.linspace(0, EPOCHS, len(path))
        marker = plot.MARKERS[index] if len(path) < 20 else None
        panel.semilogy(epochs, loss(*np.transpose(path)), color=plot.COLORS[index], marker=marker, lw=1.2, label=name)
    panel.legend(frameon=False)
    plot.save(figure, pathlib.Path(folder) / "three_gradient_descents.png")


def fit(x, y, batch_size, each_update=False):
    """Trains; returns (w, b) before the first and after each update, if they are asked for."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.set_weights([np.array([[-1.5]]), np.array([3.5])])
    model.compile(keras.optimizers.SGD(learning_rate=0.03), loss="mse")
    path = [(-1.5, 3.5)]
    note = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: path.append(weights(model)))
    model.fit(x, y, batch_size=batch_size, epochs=EPOCHS, verbose=0, callbacks=[note] if each_update else None)
    return path


def weights(model):
    kernel, bias = model.get_weights()
    return kernel[0, 0], bias[0]


if __name__ == "__main__":
    main(*sys.argv[1:])
