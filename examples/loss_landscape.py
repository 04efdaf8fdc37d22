"""What a loss is, and what an optimizer does with it: a line y = w x + b is fitted to points.

loss(w, b) = 1/n sum_i (w x_i + b - y_i)^2                    one number for how wrong w and b are
w <- w - rate dloss/dw,   b <- b - rate dloss/db              gradient descent: a step downhill, again and again
"""

import pathlib
import sys

import numpy as np

from steepest import keras, plot

GALLERY = pathlib.Path(__file__).parent.parent / "docs" / "gallery"


def main(folder=GALLERY):
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 2, 60)
    y = 2 * x + 1 + rng.normal(0, 0.5, 60)

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.set_weights([np.array([[-1.5]]), np.array([3.5])])
    model.compile(keras.optimizers.SGD(learning_rate=0.1), loss="mse")
    path = [weights(model)]
    note = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: path.append(weights(model)))
    losses = model.fit(x, y, batch_size=len(x), epochs=80, verbose=0, callbacks=[note]).history["loss"]

    (w, b), best = path[-1], np.polyfit(x, y, 1)
    print(f"loss {losses[0]:.3f} -> {losses[-1]:.3f} in {len(losses)} steps")
    print(f"gradient descent: w = {w:.3f}, b = {b:.3f}; closed form of least squares: {best[0]:.3f}, {best[1]:.3f}")

    figure = plot.new_figure(9, 4)
    left, right = figure.subfigures(1, 2)
    panel = plot.axes(left.subplots(), "The line after some steps", "x", "y")
    panel.plot(x, y, ".", color="gray")
    for step, style in ((0, ":"), (2, "--"), (5, "-."), (80, "-")):
        panel.plot([-1, 2], np.polyval(path[step], [-1, 2]), style, color=plot.COLORS[0], label=f"step {step}")
    panel.legend(frameon=False)
    plot.paths(
        lambda w, b: np.mean((w[..., None] * x + b[..., None] - y) ** 2, axis=-1),
        {"gradient descent": path},
        (-2, 5),
        (-1, 4.5),
        title="loss(w, b) and the way down",
        names=("w", "b"),
        figure=right,
    )
    plot.save(figure, pathlib.Path(folder) / "loss_landscape.png")


def weights(model):
    kernel, bias = model.get_weights()
    return kernel[0, 0], bias[0]


if __name__ == "__main__":
    main(*sys.argv[1:])
