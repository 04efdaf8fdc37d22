"""The optimizers on one problem, handwritten digits, from the same weights and with the tutorials' settings.

    loss = -1/n sum_i log p_i(right digit),   p = softmax(W2 relu(W1 x + b1) + b2)

An instance and its name mean the same: `compile(optimizer=Adam())` is `compile(optimizer="adam")`.
"""

import pathlib
import sys

from steepest import keras, plot
from steepest.datasets import digits

GALLERY = pathlib.Path(__file__).parent.parent / "docs" / "gallery"
EPOCHS = 20


def main(folder=GALLERY):
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    x_train, x_test = x_train / 16, x_test / 16
    y_train, y_test = keras.utils.to_categorical(y_train), keras.utils.to_categorical(y_test)

    histories = {}
    for name, optimizer in {
        "SGD": keras.optimizers.SGD(learning_rate=0.01),
        "Momentum": keras.optimizers.SGD(learning_rate=0.01, momentum=0.9),
        "Nesterov": keras.optimizers.SGD(learning_rate=0.01, momentum=0.9, nesterov=True),
        "Adagrad": keras.optimizers.Adagrad(learning_rate=0.01, epsilon=1e-6),
        "RMSprop": keras.optimizers.RMSprop(learning_rate=0.001, rho=0.9, epsilon=1e-6),
        "Adam": "adam",
    }.items():
        keras.utils.set_random_seed(1)
        model = keras.Sequential(
            [
                keras.Input((8, 8)),
                keras.layers.Flatten(),
                keras.layers.Dense(64, activation="relu"),
                keras.layers.Dense(10, activation="softmax"),
            ]
        )
        model.compile(optimizer=optimizer, loss="categorical_crossentropy", metrics=["acc"])
        history = model.fit(x_train, y_train, epochs=EPOCHS, validation_data=(x_test, y_test), verbose=0)
        histories[name] = history
        loss, held_out = history.history["loss"][-1], history.history["val_acc"][-1]
        print(f"{name:9} after {EPOCHS} epochs: loss {loss:.4f}, held-out accuracy {held_out:.2%}")

    plot.history(histories, path=pathlib.Path(folder) / "optimizers_compared.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
