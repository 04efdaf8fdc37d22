"""Many classes: categorical cross entropy behind a softmax.

    p_k = exp(z_k) / sum_j exp(z_j),   loss = -1/n sum_i sum_k y_ik log p_ik

The p_k are probabilities that sum to 1; y is one-hot, so the loss is -log p of the right class.
"""

import pathlib
import sys

import numpy as np

from steepest import keras, plot

GALLERY = pathlib.Path(__file__).parent.parent / "docs" / "gallery"
CLASSES = 4


def main(folder=GALLERY):
    x, y = spirals(800, np.random.default_rng(1))
    x_test, y_test = spirals(2000, np.random.default_rng(2))

    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(CLASSES, activation="softmax"),
        ]
    )
    adam = keras.optimizers.Adam(learning_rate=0.005)
    model.compile(loss="categorical_crossentropy", optimizer=adam, metrics=["acc"])
    y_train, y_valid = keras.utils.to_categorical(y, CLASSES), keras.utils.to_categorical(y_test, CLASSES)
    history = model.fit(x, y_train, epochs=100, validation_data=(x_test, y_valid), verbose=0)
    loss, accuracy = model.evaluate(x_test, y_valid, verbose=0)
    print(f"2000 points not seen in training: loss {loss:.4f}, accuracy {accuracy:.1%}")
    print("probabilities at (0.5, 0):", model.predict(np.array([[0.5, 0.0]]), verbose=0)[0].round(3))

    figure = plot.new_figure(9, 4)
    left, right = figure.subfigures(1, 2)
    plot.regions(lambda points: model.predict(points, verbose=0), x, y, "What the network takes for what", figure=left)
    plot.history(history, metrics=["loss"], figure=right)
    plot.save(figure, pathlib.Path(folder) / "multiclass.png")


def spirals(count, rng):
    """One spiral arm a class, with noise: (count, 2) points, (count,) classes."""
    y = np.arange(count) % CLASSES
    radius = rng.uniform(0.1, 1, count)
    angle = 4 * radius + 2 * np.pi * y / CLASSES + rng.normal(0, 0.15, count)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), y


if __name__ == "__main__":
    main(*sys.argv[1:])
