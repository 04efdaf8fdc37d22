"""Six optimizers on one hill with a dent: inertia carries out of a local minimum.

    f(x, y) = x^2/4 + y^2 - 0.6 exp(-4 ((x - 1.8)^2 + y^2))         lowest at (0, 0), a dent near (1.6, 0)

    SGD        w <- w - rate g                                       stops where the gradient g vanishes
    Momentum   v <- momentum v - rate g,  w <- w + v                 still has its speed there
    Nesterov   the same, with g taken where the speed leads to
    Adagrad    w <- w - rate g / sqrt(sum of all g^2)                a rate for each parameter, but no inertia
    RMSprop    w <- w - rate g / sqrt(mean of recent g^2)            likewise
    Adam       w <- w - rate m / sqrt(v),  m, v: means of g, g^2     Momentum's direction, RMSprop's rate

The optimizers are called by themselves, on a NumPy array: `optimizer.apply([gradient], [variable])`.
"""

import pathlib
import sys

import numpy as np

from steepest import keras, plot

GALLERY = pathlib.Path(__file__).parent.parent / "docs" / "gallery"
STEPS, START = 300, (4.0, 1.5)


def hill(x, y):
    return x**2 / 4 + y**2 - dent(x, y)


def dent(x, y):
    return 0.6 * np.exp(-4 * ((x - 1.8) ** 2 + y**2))


def gradient(x, y):
    return np.array([x / 2 + 8 * (x - 1.8) * dent(x, y), 2 * y + 8 * y * dent(x, y)])


def main(folder=GALLERY):
    optimizers = {
        "SGD(0.01)": keras.optimizers.SGD(learning_rate=0.01),
        "Momentum(0.01)": keras.optimizers.SGD(learning_rate=0.01, momentum=0.9),
        "Nesterov(0.01)": keras.optimizers.SGD(learning_rate=0.01, momentum=0.9, nesterov=True),
        "Adagrad(0.3)": keras.optimizers.Adagrad(learning_rate=0.3, epsilon=1e-6),
        "RMSprop(0.02)": keras.optimizers.RMSprop(learning_rate=0.02, rho=0.9, epsilon=1e-6),
        "Adam(0.1)": keras.optimizers.Adam(learning_rate=0.1),
    }
    paths = {}
    for name, optimizer in optimizers.items():
        variable = np.array(START)
        optimizer.build([variable])
        path = [variable.copy()]
        for _ in range(STEPS):
            optimizer.apply([gradient(*variable)], [variable])
            path.append(variable.copy())
        paths[name] = path
        (x, y), where = variable, "the lowest point" if hill(*variable) < 0.01 else "the local minimum"
        print(f"{name:15} ends at ({x:6.3f}, {y:6.3f}), f = {hill(x, y):7.4f}: {where}")

    figure = plot.new_figure(9.5, 4.4)
    left, right = figure.subfigures(1, 2, width_ratios=[1.5, 1])
    plot.paths(hill, paths, (-1.2, 4.4), (-0.7, 1.8), "Ways down a hill with a dent", figure=left)
    panel = plot.axes(right.subplots(), "Height after each step", "step", "f(x, y)")
    panel.set_ylim(-0.05, 1)
    for index, path in enumerate(paths.values()):
        panel.plot(hill(*np.transpose(path)), color=plot.COLORS[index], linewidth=1.6)
    for place, text in (((0, 0), "lowest point"), ((1.6, 0), "local minimum")):
        left.axes[0].annotate(text, place, (place[0], -0.6), ha="center", fontsize=9, arrowprops={"arrowstyle": "-"})
    plot.save(figure, pathlib.Path(folder) / "local_minimum.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
