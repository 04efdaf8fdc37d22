"""Regression: a curve through noisy points, by mean squared error.

    loss = 1/n sum_i (f(x_i) - y_i)^2,   f(x) = W3 tanh(W2 tanh(W1 x + b1) + b2) + b3

A number is predicted, so the last layer has no activation. In code it is one word: `loss="mse"`.
"""

import pathlib
import sys

import numpy as np

from steepest import keras, plot

GALLERY = pathlib.Path(__file__).parent.parent / "docs" / "gallery"
NOISE = 0.15


def main(folder=GALLERY):
    rng = np.random.default_rng(1)
    x = rng.uniform(-3, 3, (400, 1))
    y = np.sin(2 * x) + 0.3 * x + rng.normal(0, NOISE, x.shape)

    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.layers.Dense(32, activation="tanh"),
            keras.layers.Dense(32, activation="tanh"),
            keras.layers.Dense(1),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.005), loss="mse", metrics=["mse"])
    grid, curves, losses, epochs = np.linspace(-3, 3, 200)[:, None], {}, {"loss": [], "val_loss": []}, 0
    for until in (5, 50, 300):
        history = model.fit(x, y, initial_epoch=epochs, epochs=until, validation_split=0.2, verbose=0).history
        epochs, curves[until] = until, model.predict(grid, verbose=0)
        for key, values in losses.items():
            values += history[key]
        print(f"epoch {until:3}: loss {losses['loss'][-1]:.4f}, validation loss {losses['val_loss'][-1]:.4f}")
    print(f"the noise alone has a mean square of {NOISE**2:.4f}")

    figure = plot.new_figure(9, 4)
    left, right = figure.subfigures(1, 2)
    panel = plot.axes(left.subplots(), "The network's curve", "x", "y")
    panel.plot(x, y, ".", color="silver", markersize=4)
    for (until, curve), color, style in zip(curves.items(), plot.COLORS, (":", "--", "-"), strict=False):
        panel.plot(grid, curve, style, color=color, linewidth=2, label=f"after {until} epochs")
    panel.legend(frameon=False)
    plot.history(losses, figure=right)
    plot.save(figure, pathlib.Path(folder) / "regression.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
