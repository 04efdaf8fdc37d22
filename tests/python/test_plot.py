"""Pictures: what they show is what was given, files are written, no window is opened."""

import re
import subprocess
import sys

import numpy as np
import pytest

from steepest import plot

RUN = {"acc": [0.2, 0.6, 0.9], "loss": [2.0, 1.0, 0.01], "val_acc": [0.1, 0.5, 0.7], "val_loss": [2.1, 1.2, 0.8]}


class History:
    def __init__(self, history):
        self.history = history


def lines(panel):
    return {line.get_label(): line for line in panel.lines if not line.get_label().startswith("_")}


def is_png(path):
    return path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize("given", [RUN, History(RUN)])
def test_history_of_one_run_shows_every_metric_loss_first(given):
    figure = plot.history(given)
    assert [panel.get_ylabel() for panel in figure.axes] == ["loss", "acc"]
    assert [panel.get_xlabel() for panel in figure.axes] == ["epoch", "epoch"]
    loss = lines(figure.axes[0])
    assert loss.keys() == {"training", "validation"}
    assert loss["training"].get_xdata() == pytest.approx([1, 2, 3])
    assert loss["training"].get_ydata() == pytest.approx(RUN["loss"])
    assert loss["validation"].get_ydata() == pytest.approx(RUN["val_loss"])
    assert loss["training"].get_linestyle() != loss["validation"].get_linestyle()


def test_a_scale_is_logarithmic_where_values_span_more_than_20_times():
    figure = plot.history(RUN)
    assert [panel.get_yscale() for panel in figure.axes] == ["log", "linear"]
    assert plot.history({"loss": [1.0, 0.0]}).axes[0].get_yscale() == "linear"


def test_history_of_several_runs_tells_them_apart_without_colour():
    runs = {f"run {index}": History({"loss": [1.0, 0.5], "val_loss": [1.1, 0.6]}) for index in range(7)}
    figure = plot.history(runs, metrics=["loss"])
    drawn = lines(figure.axes[0])
    assert list(drawn) == [*runs, "validation"]
    assert len({drawn[name].get_marker() for name in runs}) == 7
    assert len({drawn[name].get_color() for name in runs}) == 7


def test_one_epoch_is_visible():
    line = lines(plot.history({"loss": [0.5]}).axes[0])["training"]
    assert line.get_marker() == "o"


def test_unknown_metric_is_named():
    with pytest.raises(ValueError, match=re.escape("acc, loss. Received: 'accuracy'")):
        plot.history(RUN, metrics=["accuracy"])


def test_digits_mark_the_wrong_ones_and_only_those():
    images = np.arange(3 * 64).reshape(3, 8, 8)
    scores = np.eye(10)[[7, 1, 3]]
    for predictions in ([7, 1, 3], scores):
        for shape in ((3, 8, 8), (3, 64)):
            figure = plot.digits(images.reshape(shape), labels=[7, 2, 3], predictions=predictions, columns=2)
            assert [panel.get_title() for panel in figure.axes] == ["7", "1, is 2", "3", ""]
            assert [len(panel.lines) for panel in figure.axes] == [0, 1, 0, 0]
            for image, panel in zip(images, figure.axes, strict=False):
                assert np.array_equal(panel.images[0].get_array(), image)


def test_digits_without_predictions_show_labels():
    figure = plot.digits(np.ones((2, 4, 4)), labels=[0, 1])
    assert [panel.get_title() for panel in figure.axes[:2]] == ["0", "1"]
    assert plot.digits(np.ones((1, 4, 4))).axes[0].get_title() == ""


@pytest.mark.parametrize("shape", [(0, 8, 8), (2, 7), (2, 8, 7), (64,), (2, 4, 4, 4)])
def test_images_that_are_not_square_are_refused(shape):
    with pytest.raises(ValueError, match=re.escape(f"Received: shape={shape}")):
        plot.digits(np.ones(shape))


def test_labels_and_predictions_must_be_as_many_as_the_images():
    with pytest.raises(ValueError, match=r"`labels` must be one for each of 2 images. Received: shape=\(3,\)"):
        plot.digits(np.ones((2, 8, 8)), labels=[1, 2, 3])
    with pytest.raises(ValueError, match=r"`predictions` must be one for each of 2 images. Received: shape=\(1,\)"):
        plot.digits(np.ones((2, 8, 8)), labels=[1, 2], predictions=np.ones((1, 10)))


def test_paths_start_and_end_where_the_trajectories_do():
    ways = {"SGD": [[3, 2], [1, 1], [0.5, 0.5]], "Adam": np.array([[3, 2], [0, 0]])}
    figure = plot.paths(lambda x, y: x**2 + y**2, ways, (-4, 4), (-3, 3), "title", names=("w", "b"))
    panel = figure.axes[0]
    assert (panel.get_title(loc="left"), panel.get_xlabel(), panel.get_ylabel()) == ("title", "w", "b")
    ends = {name: (line.get_xdata()[0], line.get_ydata()[0]) for name, line in lines(panel).items()}
    assert ends == {"SGD": (0.5, 0.5), "Adam": (0, 0)}
    drawn = [line.get_xydata().tolist() for line in panel.lines]
    assert [[3.0, 2.0], [1.0, 1.0], [0.5, 0.5]] in drawn
    assert [[3.0, 2.0], [0.0, 0.0]] in drawn
    assert drawn.count([[3.0, 2.0]]) == 2  # the rings at the start


def test_contours_cover_what_is_shown():
    asked = []

    def function(x, y):
        asked.append((x, y))
        return x + 10 * y

    figure = plot.paths(function, {"a": [[0, 0]]}, (-1, 2), (3, 5))
    ((x, y),) = asked
    assert (x.min(), x.max(), y.min(), y.max()) == (-1, 2, 3, 5)
    assert figure.axes[0].get_xlim() == (-1, 2)
    assert figure.axes[0].get_ylim() == (3, 5)
    assert figure.axes[0].collections


def test_trajectories_must_be_points_of_the_plane():
    with pytest.raises(ValueError, match=r"'SGD' must be \(steps \+ 1, 2\). Received: shape=\(3,\)"):
        plot.paths(lambda x, y: x + y, {"SGD": [1, 2, 3]}, (0, 1), (0, 1))


def test_learning_rates_are_drawn_from_step_1_on():
    figure = plot.learning_rates({"Adagrad": [1.0, 0.7, 0.5], "RMSprop": [1.0]})
    drawn = lines(figure.axes[0])
    assert drawn["Adagrad"].get_xydata().tolist() == [[1, 1.0], [2, 0.7], [3, 0.5]]
    assert drawn["RMSprop"].get_xydata().tolist() == [[1, 1.0]]
    assert figure.axes[0].get_xlabel() == "step t"


def test_regions_show_the_colour_of_the_likely_class():
    def left_or_right(points):
        return (points[:, :1] > 0).astype(float)

    for predict in (left_or_right, lambda points: np.hstack([1 - left_or_right(points), left_or_right(points)])):
        figure = plot.regions(predict, [[-1, -1], [1, 1]], [0, 1])
        picture = np.asarray(figure.axes[0].images[0].get_array())
        # Half-way between white and the class's colour, #0072B2 and #D55E00.
        assert picture[80, 0] == pytest.approx(np.array([0x00, 0x72, 0xB2]) / 510 + 0.5)
        assert picture[80, -1] == pytest.approx(np.array([0xD5, 0x5E, 0x00]) / 510 + 0.5)
        assert list(lines(figure.axes[0])) == ["class 0", "class 1"]


def test_regions_need_two_columns():
    with pytest.raises(
        ValueError, match=re.escape("`x` must be (n, 2) to be drawn in the plane. Received: shape=(5, 3)")
    ):
        plot.regions(lambda points: points, np.ones((5, 3)), np.ones(5))


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_files_have_the_format_of_their_ending(tmp_path, ending):
    path = tmp_path / f"picture.{ending}"
    plot.history(RUN, path=path)
    begin = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[ending]
    assert path.read_bytes().startswith(begin)


def test_every_function_draws_into_a_part_of_a_figure_and_saves_the_whole(tmp_path):
    figure = plot.new_figure(12, 8)
    parts = figure.subfigures(2, 3).ravel()
    path = tmp_path / "all.png"
    assert plot.history(RUN, figure=parts[0]) is parts[0]
    assert plot.digits(np.ones((1, 8, 8)), figure=parts[1]) is parts[1]
    assert plot.paths(lambda x, y: x + y, {"a": [[0, 0]]}, (0, 1), (0, 1), figure=parts[2]) is parts[2]
    assert plot.learning_rates({"a": [1.0, 2.0]}, figure=parts[3]) is parts[3]
    assert plot.regions(lambda p: p[:, :1] * 0, [[0, 0], [1, 1]], [0, 1], path=path, figure=parts[4]) is parts[4]
    assert is_png(path)
    assert path.read_bytes()[16:24] == (1200).to_bytes(4, "big") + (800).to_bytes(4, "big")


def test_pyplot_is_never_touched(tmp_path):
    code = (
        "import sys\nfrom steepest import plot\nassert 'matplotlib' not in sys.modules\n"
        f"plot.history({RUN!r}, path={str(tmp_path / 'a.png')!r})\nprint('matplotlib.pyplot' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "False"
    assert is_png(tmp_path / "a.png")


def test_without_matplotlib_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=re.escape("pip install steepest[plot]")):
        plot.history(RUN)
