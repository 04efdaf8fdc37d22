"""The main job: a network learns handwritten digits, and gradient descents and optimizers are compared at it.

`python -m steepest` runs it. The model is the tutorials' classifier: p = softmax(W2 relu(W1 x + b1) + b2) for the ten
digits, the loss -log(p of the right one), Adam on mini-batches.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from steepest import keras
from steepest.datasets import digits

GOAL = 0.97

Split = tuple[Any, Any, Any, Any]

OPTIMIZERS = {
    "SGD": lambda: keras.optimizers.SGD(learning_rate=0.01),
    "Momentum": lambda: keras.optimizers.SGD(learning_rate=0.01, momentum=0.9),
    "Nesterov": lambda: keras.optimizers.SGD(learning_rate=0.01, momentum=0.9, nesterov=True),
    "Adagrad": lambda: keras.optimizers.Adagrad(learning_rate=0.01, epsilon=1e-6),
    "RMSprop": lambda: keras.optimizers.RMSprop(learning_rate=0.001, rho=0.9, epsilon=1e-6),
    "Adam": lambda: keras.optimizers.Adam(learning_rate=0.001),
}


def main(argv: Sequence[str]) -> int:
    """Runs the demo with the options in `argv`; 0 if the network learned the digits, 1 if it did not reach the goal."""
    options = _options(argv)
    data = load()
    x_train, y_train, x_test, y_test = data
    print(f"Handwritten digits, 8x8 pixels each: {len(x_train)} to learn from, {len(x_test)} held out\n")

    print("A softmax classifier learns them, by Adam on mini-batches of 32")
    model = network(options.seed)
    model.compile(keras.optimizers.Adam(learning_rate=0.003), loss="categorical_crossentropy", metrics=["acc"])
    model.fit(x_train, y_train, batch_size=32, epochs=options.epochs, validation_data=(x_test, y_test))
    loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
    right = round(accuracy * len(x_test))
    print(f"\nOf the {len(x_test)} held-out digits it reads {right} right: {accuracy:.2%} (loss {loss:.4f})\n")

    compare_gradient_descents(data, options.compare_epochs, options.seed)
    histories = compare_optimizers(data, options.compare_epochs, options.seed)
    if not options.no_plot:
        picture(histories, x_test, y_test, model.predict(x_test, verbose=0), options.output)
    if accuracy < GOAL:
        print(f"{accuracy:.2%} is short of the goal of {GOAL:.0%}")
        return 1
    return 0


def load() -> Split:
    """x_train (1437, 64), y_train (1437, 10), x_test (360, 64), y_test (360, 10): pixels 0..1, labels one-hot."""
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    x_train, x_test = (x.reshape(-1, 64).astype("float32") / 16 for x in (x_train, x_test))
    y_train, y_test = (keras.utils.to_categorical(y, 10) for y in (y_train, y_test))
    return x_train, y_train, x_test, y_test


def network(seed: int) -> Any:
    """64 pixels -> 256 hidden units -> 10 probabilities; the same seed gives the same weights and shuffles."""
    keras.utils.set_random_seed(seed)
    return keras.Sequential(
        [keras.Input((64,)), keras.layers.Dense(256, activation="relu"), keras.layers.Dense(10, activation="softmax")]
    )


def train(data: Split, optimizer: Any, batch_size: int, epochs: int, seed: int) -> tuple[float, Any]:
    """The seconds that `epochs` epochs took, and their history; validated once an epoch on the held-out digits."""
    x_train, y_train, x_test, y_test = data
    model = network(seed)
    model.compile(optimizer, loss="categorical_crossentropy", metrics=["acc"])
    begin = time.perf_counter()
    history = model.fit(
        x_train, y_train, batch_size=batch_size, epochs=epochs, validation_data=(x_test, y_test), verbose=0
    )
    return time.perf_counter() - begin, history


def compare_gradient_descents(data: Split, epochs: int, seed: int) -> None:
    """One table: what the size of the batch does to speed and result, all else the same."""
    rows = []
    samples = len(data[0])
    for name, size in {"batch": samples, "stochastic": 1, "mini-batch": 32}.items():
        seconds, history = train(data, keras.optimizers.SGD(learning_rate=0.01), size, epochs, seed)
        rows.append([name, size, -(-samples // size), *_outcome(seconds, history)])
    print(f"The three gradient descents: SGD(learning_rate=0.01), epochs={epochs}, from the same weights")
    print(table(["gradient descent", "batch size", "updates/epoch", *OUTCOME], rows), end="\n\n")


def compare_optimizers(data: Split, epochs: int, seed: int) -> dict[str, Any]:
    """One table: what the optimizers make of the same weights and mini-batches. Returns their histories."""
    rows, histories = [], {}
    for name, make in OPTIMIZERS.items():
        optimizer = make()
        seconds, histories[name] = train(data, optimizer, 32, epochs, seed)
        rows.append([name, f"{optimizer.learning_rate:g}", *_outcome(seconds, histories[name])])
    print(f"The optimizers: mini-batches of 32, epochs={epochs}, from the same weights")
    print(table(["optimizer", "learning rate", *OUTCOME], rows), end="\n\n")
    return histories


OUTCOME = ["seconds", "loss", "accuracy", "held-out loss", "held-out accuracy"]


def _outcome(seconds: float, history: Any) -> list[str]:
    loss, accuracy, held_out_loss, held_out_accuracy = (
        history.history[key][-1] for key in ("loss", "acc", "val_loss", "val_acc")
    )
    return [f"{seconds:.2f}", f"{loss:.4f}", f"{accuracy:.2%}", f"{held_out_loss:.4f}", f"{held_out_accuracy:.2%}"]


def table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """The rows under the names, the first column left-aligned, the others right-aligned.

    >>> print(table(["name", "n"], [["a", 5], ["long name", 12]]))
    name        n
    ---------  --
    a           5
    long name  12
    """
    cells = [[str(cell) for cell in row] for row in [names, *rows]]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    cells.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "  ".join(
            cell.rjust(width) if index else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    )


def picture(histories: Mapping[str, Any], x: Any, y: Any, predictions: Any, path: str) -> None:
    """The optimizers' loss curves over test digits with what they are taken for, the wrong ones first; says where."""
    from steepest import plot

    try:
        figure = plot.new_figure(9, 7.2)
    except ImportError:
        print("The picture of this needs matplotlib: pip install steepest[plot]")
        return
    labels, guesses = y.argmax(axis=1), predictions.argmax(axis=1)
    shown = np.argsort(labels == guesses, kind="stable")[:36]
    parts: Any = figure.subfigures(2, 1, height_ratios=[1.1, 1])
    plot.history(histories, figure=parts[0])
    plot.digits(x[shown], labels[shown], guesses[shown], columns=12, figure=parts[1])
    parts[1].suptitle(f"Held-out digits, the {np.sum(labels != guesses)} of {len(x)} that are read wrong first")
    plot.save(figure, path)
    print(f"Picture: {path}")


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m steepest demo", description="Watch a network learn handwritten digits."
    )
    parser.add_argument("--epochs", type=_positive, default=30, help="epochs of the classifier (%(default)s)")
    parser.add_argument("--compare-epochs", type=_positive, default=20, help="epochs of each comparison (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of weights and shuffles (%(default)s)")
    parser.add_argument("--output", default="steepest-digits.png", help="the picture to write (%(default)s)")
    parser.add_argument("--no-plot", action="store_true", help="write no picture")
    options = parser.parse_args(argv)
    folder = os.path.dirname(options.output) or "."
    if not os.path.isdir(folder):  # to be told at once, not after the training
        parser.error(f"argument --output: there is no folder {folder}. Received: {options.output}")
    return options


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1. Received: {text}")
    return int(text)
