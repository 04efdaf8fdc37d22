"""What the size of a batch costs and buys: handwritten digits, from one sample an update to all at once.

    epoch = one pass over all n samples = ceil(n / batch_size) updates of the parameters

A small batch makes many updates an epoch and takes long for it; a large one is quick to pass over the data and learns
little from the pass. Powers of two between, 32 unless said otherwise, get most of both.
"""

import pathlib
import sys
import time

import numpy as np

from steepest import keras, plot
from steepest.datasets import digits

GALLERY = pathlib.Path(__file__).parent.parent / "docs" / "gallery"
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1437)
EPOCHS = 10


def main(folder=GALLERY):
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    x_train, x_test = x_train / 16, x_test / 16

    ms, accuracies = [], []
    print("batch size  updates/epoch  ms/epoch  held-out accuracy after 1 epoch, after 10")
    for batch_size in SIZES:
        keras.utils.set_random_seed(1)
        model = keras.Sequential(
            [
                keras.Input((8, 8)),
                keras.layers.Flatten(),
                keras.layers.Dense(64, activation="relu"),
                keras.layers.Dense(10, activation="softmax"),
            ]
        )
        model.compile(keras.optimizers.SGD(learning_rate=0.05), loss="sparse_categorical_crossentropy", metrics=["acc"])
        clock = []
        note = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs, c=clock: c.append(time.perf_counter()))
        model.fit(x_train, y_train, batch_size=batch_size, epochs=1, verbose=0)
        early = model.evaluate(x_test, y_test, verbose=0)[1]
        model.fit(x_train, y_train, batch_size, initial_epoch=1, epochs=EPOCHS, verbose=0, callbacks=[note])
        ms.append(1000 * min(np.diff(clock)))
        accuracies.append((early, model.evaluate(x_test, y_test, verbose=0)[1]))
        updates = -(-len(x_train) // batch_size)
        print(f"{batch_size:10}{updates:15}{ms[-1]:10.2f}  {early:7.2%}{accuracies[-1][1]:12.2%}")

    figure = plot.new_figure(9, 3.8)
    left, right = figure.subplots(1, 2)
    plot.axes(left, "Time for a pass over the data", "batch size", "milliseconds, fastest epoch")
    left.semilogx(SIZES, ms, color=plot.COLORS[0], marker="o")
    left.set_ylim(bottom=0)
    plot.axes(right, "What was learned", "batch size", "held-out accuracy")
    right.set_xscale("log")
    for index, (label, values) in enumerate(
        zip(("after 1 epoch", "after 10 epochs"), zip(*accuracies, strict=True), strict=True)
    ):
        right.plot(SIZES, values, color=plot.COLORS[index], marker=plot.MARKERS[index], label=label)
    right.legend(frameon=False)
    for panel in (left, right):
        panel.set_xticks(SIZES[::2], SIZES[::2])
        panel.minorticks_off()
    plot.save(figure, pathlib.Path(folder) / "batch_size_and_epochs.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
