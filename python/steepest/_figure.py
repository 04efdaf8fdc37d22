"""The empty figure: its colours, marks, axes and file. What is drawn into it is in `plot.py`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, FigureBase

# M. Okabe and K. Ito (2008): eight colours that people with any kind of colour vision tell apart; here all but yellow.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def new_figure(width: float = 7.0, height: float = 4.0) -> Figure:
    """An empty figure of `width` x `height` inches, at 100 dots an inch; no window opens.

    Raises:
        ImportError: if matplotlib is not installed; says how to get it.

    >>> new_figure(6, 3).get_size_inches().tolist()
    [6.0, 3.0]
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("Pictures need matplotlib, which is not installed: pip install steepest[plot]") from error
    figure = Figure(figsize=(width, height), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def save(figure: FigureBase, path: str | os.PathLike[str]) -> None:
    """Writes the whole figure that `figure` is or is a part of; the ending of `path` says the format (.png, .svg)."""
    whole: Any = figure.figure  # the Figure itself, of a SubFigure too
    if os.path.splitext(path)[1].lower() != ".png":
        whole.savefig(path)
        return
    import io

    from PIL import Image  # matplotlib needs it too

    # Curves and maps look the same in 256 colours, and take a third of the bytes.
    drawn = io.BytesIO()
    whole.savefig(drawn, format="png")
    Image.open(drawn).convert("RGB").quantize(256).save(path, format="png", optimize=True)


def axes(place: Axes, title: str, x: str, y: str) -> Axes:
    """Names and a light grid for the axes at `place`, which is returned."""
    place.set_title(title, fontsize=11, loc="left")
    place.set_xlabel(x)
    place.set_ylabel(y)
    place.spines[["top", "right"]].set_visible(False)
    place.grid(color="#dddddd", linewidth=0.6)
    place.set_axisbelow(True)
    return place
