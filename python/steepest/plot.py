"""Pictures of learning: curves, digits, the paths of optimizers, regions of classes.

Every function draws into a figure of its own or into `figure=` (a Figure or a part of one), writes it to `path=` if
that is given, and returns it. Nothing here opens a window or touches the state of pyplot. matplotlib is an extra
(`pip install steepest[plot]`), loaded when a picture is asked for; without it an ImportError says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from steepest._figure import COLORS, MARKERS, axes, new_figure, save

if TYPE_CHECKING:
    import os

    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase

__all__ = ["axes", "digits", "history", "learning_rates", "new_figure", "paths", "regions", "save"]


def history(
    histories: Any,
    metrics: Sequence[str] | None = None,
    path: str | os.PathLike[str] | None = None,
    figure: FigureBase | None = None,
) -> FigureBase:
    """Loss and metrics against the epoch, one panel each; dashed lines are those of the validation data.

    Args:
        histories: what `fit` returned, its `.history`, or a dict {name: either} to compare several.
        metrics: which to draw, without "val_"; None: all that are there.
        path, figure: where it goes, see above; the figure is returned.

    Raises:
        ValueError: if a metric is in none of the histories.

    Example:

    >>> figure = history({"loss": [0.9, 0.5, 0.3], "val_loss": [0.9, 0.6, 0.5]})
    >>> [line.get_label() for line in figure.axes[0].lines]
    ['training', 'validation']
    """
    runs = _runs(histories)
    names = list(dict.fromkeys(key.removeprefix("val_") for run in runs.values() for key in run))
    for name in metrics or ():
        if name not in names:
            raise ValueError(f"`metrics` must be in the history: {', '.join(names)}. Received: {name!r}")
    names = list(metrics or sorted(names, key=lambda name: name != "loss"))
    figure = figure or new_figure(4.2 * len(names) + 0.6, 3.8)
    panels = figure.subplots(1, len(names), squeeze=False)[0]
    for name, panel in zip(names, panels, strict=True):
        _curves(axes(panel, "", "epoch", name), name, runs)
    _legend(figure, panels[0])
    return _written(figure, path)


def digits(
    images: ArrayLike,
    labels: ArrayLike | None = None,
    predictions: ArrayLike | None = None,
    columns: int = 10,
    path: str | os.PathLike[str] | None = None,
    figure: FigureBase | None = None,
) -> FigureBase:
    """A grid of images with what they are taken for; the wrong ones are framed, crossed and tell what they are.

    Args:
        images: (n, side, side) or (n, side * side), any numbers; the largest is drawn black.
        labels: (n,), what the images are.
        predictions: (n,), what they are taken for, or (n, classes), a score for each class.
        columns: images in a row.
        path, figure: where it goes, see above; the figure is returned.

    Raises:
        ValueError: if the images are not square, or labels or predictions are not as many.

    Example:

    >>> figure = digits(np.eye(8)[None], labels=[1], predictions=[7])
    >>> figure.axes[0].get_title()
    '7, is 1'
    """
    images = np.asarray(images)
    side = round(np.sqrt(images[0].size)) if len(images) else 0
    if not len(images) or images[0].size != side * side or images.ndim not in (2, 3):
        raise ValueError(f"`images` must be (n, side, side) or (n, side * side). Received: shape={images.shape}")
    truth, guess = (None if given is None else np.asarray(given) for given in (labels, predictions))
    guess = guess.argmax(axis=1) if guess is not None and guess.ndim == 2 else guess
    for name, given in (("labels", truth), ("predictions", guess)):
        if given is not None and given.shape != (len(images),):
            raise ValueError(f"`{name}` must be one for each of {len(images)} images. Received: shape={given.shape}")
    rows = -(-len(images) // columns)
    figure = figure or new_figure(0.75 * columns, 0.95 * rows)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for index, panel in enumerate(panels):
        panel.set_xticks([])
        panel.set_yticks([])
        panel.spines[:].set_color("#bbbbbb")
        if index >= len(images):
            panel.set_axis_off()
            continue
        panel.imshow(images[index].reshape(side, side), cmap="gray_r", vmin=images.min(), vmax=images.max())
        wrong = truth is not None and guess is not None and truth[index] != guess[index]
        shown = guess if guess is not None else truth
        if shown is not None:
            text = f"{shown[index]}, is {truth[index]}" if wrong and truth is not None else f"{shown[index]}"
            panel.set_title(text, fontsize=9, pad=2, color=COLORS[1] if wrong else "black")
        if wrong:
            panel.spines[:].set_color(COLORS[1])
            panel.spines[:].set_linewidth(2.5)
            panel.plot([0, 1], [1, 0], color=COLORS[1], linewidth=1, transform=panel.transAxes)
    return _written(figure, path)


def paths(
    function: Callable[[Any, Any], Any],
    trajectories: Mapping[str, ArrayLike],
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    title: str = "",
    names: tuple[str, str] = ("x", "y"),
    path: str | os.PathLike[str] | None = None,
    figure: FigureBase | None = None,
) -> FigureBase:
    """The contours of f(x, y) and the ways that optimizers took on it, each from its ring to its filled mark.

    Args:
        function: f of two arrays of one shape, elementwise.
        trajectories: {name: (steps + 1, 2) points, the start first}.
        x_range, y_range: what is shown.
        title: above the picture.
        names: of the two axes.
        path, figure: where it goes, see above; the figure is returned.

    Raises:
        ValueError: if a trajectory is not (steps + 1, 2).

    Example:

    >>> figure = paths(lambda x, y: x**2 + y**2, {"SGD": [[2, 1], [1, 0.5]]}, (-3, 3), (-2, 2))
    >>> [line.get_label() for line in figure.axes[0].lines if line.get_label()[0] != "_"]
    ['SGD']
    """
    points = {name: np.asarray(way, np.float64) for name, way in trajectories.items()}
    for name, way in points.items():
        if way.ndim != 2 or way.shape[1] != 2:
            raise ValueError(f"The trajectory {name!r} must be (steps + 1, 2). Received: shape={way.shape}")
    figure = figure or new_figure(7.0, 4.2)
    panel = axes(figure.subplots(), title, *names)
    x, y = np.meshgrid(np.linspace(*x_range, 200), np.linspace(*y_range, 200))
    height = np.asarray(function(x, y))
    levels = np.unique(np.quantile(height, np.linspace(0, 1, 20) ** 1.5))  # most lines near the lowest points
    panel.contourf(x, y, height, levels=levels, cmap="Greys", norm="asinh", alpha=0.35)
    panel.contour(x, y, height, levels=levels, colors="#888888", linewidths=0.4)
    for index, (name, way) in enumerate(points.items()):
        color, marker = COLORS[index % len(COLORS)], MARKERS[index % len(MARKERS)]
        panel.plot(*way.T, ".-", color=color, linewidth=1, markersize=3)
        panel.plot(*way[-1], marker, color=color, markersize=8, markeredgecolor="white", label=name)
        panel.plot(*way[0], "o", color="black", markerfacecolor="none", markersize=10)
    panel.set(xlim=x_range, ylim=y_range)
    panel.grid(False)
    panel.legend(fontsize=9)
    return _written(figure, path)


def learning_rates(
    rates: Mapping[str, ArrayLike],
    title: str = "effective learning rate",
    path: str | os.PathLike[str] | None = None,
    figure: FigureBase | None = None,
) -> FigureBase:
    """How far a parameter moves for a gradient of 1, against the step, both on logarithmic scales.

    Args:
        rates: {name: (steps,) rates of the steps 1, 2, ...}, above 0.
        title: above the picture.
        path, figure: where it goes, see above; the figure is returned.

    Example:

    >>> figure = learning_rates({"1 / sqrt(t)": np.arange(1, 100) ** -0.5})
    >>> figure.axes[0].get_xscale(), figure.axes[0].get_yscale()
    ('log', 'log')
    """
    figure = figure or new_figure(5.5, 3.8)
    panel = axes(figure.subplots(), title, "step t", "|change of w| / |gradient|")
    for index, (name, values) in enumerate(rates.items()):
        steps = np.arange(1, len(np.asarray(values)) + 1)
        marks = np.unique(np.geomspace(1, len(steps), 6).astype(int) - 1)
        panel.loglog(
            steps,
            values,
            color=COLORS[index % len(COLORS)],
            marker=MARKERS[index % len(MARKERS)],
            markersize=5,
            markevery=marks.tolist(),
            linewidth=1.6,
            label=name,
        )
    panel.legend(frameon=False, fontsize=9)
    return _written(figure, path)


def regions(
    predict: Callable[[Any], Any],
    x: ArrayLike,
    y: ArrayLike,
    title: str = "",
    path: str | os.PathLike[str] | None = None,
    figure: FigureBase | None = None,
) -> FigureBase:
    """Where in the plane a classifier sees which class, the paler the less sure, with the samples on top.

    Args:
        predict: takes (n, 2) points, returns (n, 1) probabilities of class 1, or (n, classes) probabilities.
        x: (n, 2) samples.
        y: (n,) their classes 0, 1, ...
        title: above the picture.
        path, figure: where it goes, see above; the figure is returned.

    Raises:
        ValueError: if `x` is not (n, 2).

    Example:

    >>> figure = regions(lambda points: 1 / (1 + np.exp(-points[:, :1])), [[-1, 0], [1, 2]], [0, 1])
    >>> [text.get_text() for text in figure.legends[0].get_texts()]
    ['class 0', 'class 1']
    """
    x, y = np.asarray(x, np.float64), np.asarray(y).ravel()
    if x.ndim != 2 or x.shape[1] != 2:
        raise ValueError(f"`x` must be (n, 2) to be drawn in the plane. Received: shape={x.shape}")
    margin = 0.08 * np.ptp(x, axis=0)
    corners = np.stack([x.min(axis=0) - margin, x.max(axis=0) + margin])
    grid = np.meshgrid(*np.linspace(corners[0], corners[1], 160).T)
    probabilities = np.asarray(predict(np.stack(grid, axis=-1).reshape(-1, 2)), np.float64)
    if probabilities.shape[1] == 1:
        probabilities = np.hstack([1 - probabilities, probabilities])
    figure = figure or new_figure(5.0, 4.2)
    from matplotlib.colors import to_rgb

    panel = axes(figure.subplots(), title, "$x_1$", "$x_2$")
    colors = np.array([to_rgb(COLORS[index % len(COLORS)]) for index in range(probabilities.shape[1])])
    mixed = 1 - 0.5 * probabilities @ (1 - colors)
    picture = mixed.reshape(160, 160, 3).clip(0, 1)
    panel.imshow(picture, origin="lower", aspect="auto", interpolation="bilinear", extent=corners.T.ravel())
    for index in range(len(colors)):
        panel.plot(
            *x[y == index].T,
            MARKERS[index % len(MARKERS)],
            color=colors[index],
            markersize=4.5,
            markeredgecolor="white",
            markeredgewidth=0.5,
            label=f"class {index}",
        )
    panel.grid(False)
    _legend(figure, panel)
    return _written(figure, path)


def _curves(panel: Axes, name: str, runs: Mapping[str, Mapping[str, list[float]]]) -> None:
    """One metric of every run; a run that stands alone names its parts instead of itself."""
    from matplotlib.ticker import MaxNLocator

    drawn: list[float] = []
    for index, (run, values) in enumerate(runs.items()):
        color, marker = COLORS[index % len(COLORS)], MARKERS[index % len(MARKERS)]
        for key, style, part in ((name, "-", "training"), (f"val_{name}", "--", "validation")):
            if key not in values:
                continue
            epochs = range(1, len(values[key]) + 1)
            label = (run if key == name else None) if run else part
            line = panel.plot(epochs, values[key], style, color=color, label=label)[0]
            if key == name and (run or len(epochs) == 1):  # one point makes no line
                line.set(marker=marker, markersize=5, markevery=max(1, len(epochs) // 5))
            drawn += values[key]
    if min(drawn) > 0 and max(drawn) > 20 * min(drawn):
        panel.set_yscale("log", subs=[2, 5])
        panel.yaxis.set_major_formatter("{x:g}")
        panel.yaxis.set_minor_formatter("{x:g}" if max(drawn) < 500 * min(drawn) else "")
    if runs.keys() != {""} and any(f"val_{name}" in values for values in runs.values()):
        panel.plot([], [], "--", color="gray", label="validation")
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))


def _legend(figure: FigureBase, panel: Axes) -> None:
    """Below the axes, where it hides nothing."""
    handles, labels = panel.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=min(len(labels), 7), frameon=False, fontsize=9)


def _runs(histories: Any) -> dict[str, Mapping[str, list[float]]]:
    """{name of the run: {metric: values}}; a run that stands alone has no name."""
    histories = getattr(histories, "history", histories)
    runs = {name: getattr(run, "history", run) for name, run in histories.items()}
    return runs if all(isinstance(run, Mapping) for run in runs.values()) else {"": runs}


def _written(figure: FigureBase, path: str | os.PathLike[str] | None) -> FigureBase:
    if path is not None:
        save(figure, path)
    return figure
