"""Two classes: binary cross entropy behind a sigmoid.

    p = sigmoid(z) = 1 / (1 + exp(-z)),   loss = -1/n sum_i [y_i log p_i + (1 - y_i) log(1 - p_i)]

p is the probability of class 1. Being sure and wrong costs without bound, being sure and right costs nothing.
"""

import pathlib
import sys

import numpy as np

from steepest import keras, plot

GALLERY = pathlib.Path(__file__).parent.parent / "docs" / "gallery"


def main(folder=GALLERY):
    x, y = moons(400, np.random.default_rng(1))
    x_test, y_test = moons(1000, np.random.default_rng(2))

    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["acc"])
    history = model.fit(x, y, epochs=60, validation_data=(x_test, y_test), verbose=0)
    loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
    print(f"1000 points not seen in training: loss {loss:.4f}, accuracy {accuracy:.1%}")

    figure = plot.new_figure(9, 4)
    left, right = figure.subfigures(1, 2)
    plot.regions(lambda points: model.predict(points, verbose=0), x, y, "What the network takes for what", figure=left)
    plot.history(history, metrics=["loss"], figure=right)
    plot.save(figure, pathlib.Path(folder) / "binary.png")


def moons(count, rng):
    """Two half circles that reach into each other, with noise: (count, 2) points, (count,) classes."""
    y = np.arange(count) % 2
    angle = rng.uniform(0, np.pi, count)
    x = np.where(y, [1 - np.cos(angle), 0.4 - np.sin(angle)], [np.cos(angle), np.sin(angle)]).T
    return x + rng.normal(0, 0.15, x.shape), y


if __name__ == "__main__":
    main(*sys.argv[1:])
