"""Adagrad's learning rates fall until learning stops, RMSprop's do not.

    Adagrad   a <- a + g^2                     step = rate / sqrt(a + epsilon) * g
    RMSprop   v <- rho v + (1 - rho) g^2       step = rate / sqrt(v + epsilon) * g

Both give each parameter a rate of its own, small where gradients are large. But a grows for ever, so Adagrad's rate
falls like 1 / sqrt(t), while v forgets, so RMSprop's stays. Two parameters on an endless slope, steep and gentle, show
it.
"""

import pathlib
import sys

import numpy as np

from steepest import keras, plot

GALLERY = pathlib.Path(__file__).parent.parent / "docs" / "gallery"
STEPS = 3000


def main(folder=GALLERY):
    rng = np.random.default_rng(1)
    slopes = np.array([3.0, 0.3]) * rng.uniform(0.8, 1.2, (STEPS, 2))  # the same noisy gradients for both
    optimizers = {
        "Adagrad": keras.optimizers.Adagrad(learning_rate=0.01, epsilon=1e-6),
        "RMSprop": keras.optimizers.RMSprop(learning_rate=0.001, rho=0.9, epsilon=1e-6),
    }
    rates, ways = {}, {}
    for name, optimizer in optimizers.items():
        variable = np.zeros(2)
        optimizer.build([variable])
        path = [variable.copy()]
        for slope in slopes:
            optimizer.apply([slope], [variable])
            path.append(variable.copy())
        steps = -np.diff(path, axis=0)
        for index, part in enumerate(("steep", "gentle")):
            rate = rates[f"{name}, {part}"] = steps[:, index] / slopes[:, index]
            ways[f"{name}, {part}"] = -np.array(path)[:, index]
            print(f"{name}, {part:6}  rate: step 10 {rate[9]:.5f}, 100 {rate[99]:.5f}, {STEPS} {rate[-1]:.5f}   "
                  f"way: {ways[f'{name}, {part}'][-1]:.2f}")  # fmt: skip

    figure = plot.new_figure(9, 4)
    left, right = figure.subfigures(1, 2)
    plot.learning_rates(rates, "The rate that each parameter gets", figure=left)
    panel = plot.axes(right.subplots(), "How far the parameters came", "step t", "distance from the start")
    for index, way in enumerate(ways.values()):
        panel.plot(way, color=plot.COLORS[index], marker=plot.MARKERS[index], markevery=600, markersize=5)
    panel.annotate("RMSprop, steep and gentle", (1500, 1.6), ha="right")
    panel.annotate("Adagrad, steep and gentle", (1500, 0.55))
    plot.save(figure, pathlib.Path(folder) / "adaptive_rates.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
