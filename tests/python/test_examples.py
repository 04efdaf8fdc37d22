"""The gallery: every example runs, shows what its text says, and is in the documentation with its picture."""

import importlib.util
import pathlib
import re
import subprocess
import sys
import warnings

import pytest

ROOT = pathlib.Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
NAMES = [path.stem for path in EXAMPLES]


def run(path, folder, capsys):
    """What the example prints; its picture goes into `folder`."""
    spec = importlib.util.spec_from_file_location(f"example_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.main(folder)
    return capsys.readouterr().out


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


def adaptive_rates(lines):
    for line in lines:
        _, early, _, later, _, last, way = numbers(line)[:7]
        if line.startswith("Adagrad"):  # like 1 / sqrt(t), from 100 to 3000 steps by sqrt(30) = 5.5
            assert later / last == pytest.approx(5.5, rel=0.2)
        else:
            assert later / last == pytest.approx(1, rel=0.2)
    ways = [numbers(line)[-1] for line in lines]
    assert min(ways[2:]) > 2 * max(ways[:2])


def batch_size_and_epochs(lines):
    rows = [numbers(line) for line in lines[1:]]
    assert [row[0] for row in rows] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1437]
    assert [row[1] for row in rows] == [1437, 719, 360, 180, 90, 45, 23, 12, 6, 3, 1]  # ceil(1437 / size)
    assert rows[0][3] > 90  # one epoch of single samples teaches what
    assert rows[-1][3] < 40  # one step of all at once cannot
    assert all(after_10 > after_1 for _, _, _, after_1, after_10 in rows)


def binary(lines):
    assert numbers(lines[0])[-1] > 95


def local_minimum(lines):
    ends = {line.split("(")[0]: line.split(": ")[1] for line in lines}
    inert = dict.fromkeys(("Momentum", "Nesterov", "Adam"), "the lowest point")
    assert ends == {**dict.fromkeys(("SGD", "Adagrad", "RMSprop"), "the local minimum"), **inert}


def loss_landscape(lines):
    w, b, best_w, best_b = numbers(lines[1])
    assert (w, b) == pytest.approx((best_w, best_b), abs=0.1)


def multiclass(lines):
    assert numbers(lines[0])[-1] > 97
    assert sum(numbers(lines[1])[2:]) == pytest.approx(1, abs=0.002)


def optimizers_compared(lines):
    loss = {line.split()[0]: numbers(line)[1] for line in lines}
    assert list(loss) == ["SGD", "Momentum", "Nesterov", "Adagrad", "RMSprop", "Adam"]
    assert loss["SGD"] > loss["Adagrad"] > max(loss[name] for name in ("Momentum", "Nesterov", "RMSprop", "Adam"))
    assert all(numbers(line)[-1] > 85 for line in lines)


def regression(lines):
    losses = [numbers(line)[1] for line in lines[:3]]
    noise = numbers(lines[3])[0]
    assert losses[0] > losses[1] > losses[2] > 0.8 * noise
    assert losses[2] < 2 * noise


def three_gradient_descents(lines):
    least = numbers(lines[0])[0]
    stochastic, mini_batch, batch = (numbers(line) for line in lines[2:])
    assert [row[:2] for row in (stochastic, mini_batch, batch)] == [[1, 512], [32, 16], [512, 1]]
    assert least <= mini_batch[-1] < stochastic[-1] < 1.5 * least < batch[-1]


@pytest.mark.parametrize("path", EXAMPLES, ids=NAMES)
def test_example(path, tmp_path, capsys):
    lines = run(path, tmp_path, capsys).splitlines()
    globals()[path.stem](lines)
    assert [file.name for file in tmp_path.iterdir()] == [f"{path.stem}.png"]
    picture = (tmp_path / f"{path.stem}.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) < 80_000


@pytest.mark.parametrize("path", EXAMPLES, ids=NAMES)
def test_example_is_short_and_in_the_gallery(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith('"""')
    assert len(text.splitlines()) < 80
    gallery = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
    assert f"](gallery/{path.stem}.png)" in gallery
    assert f"](../examples/{path.name})" in gallery
    picture = ROOT / "docs" / "gallery" / f"{path.stem}.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size < 80_000


def test_the_gallery_shows_nothing_else():
    shown = {path.stem for path in (ROOT / "docs" / "gallery").iterdir()}
    assert shown == {*NAMES, "demo"}


def test_example_as_a_script(tmp_path):
    script = [sys.executable, str(ROOT / "examples" / "loss_landscape.py"), str(tmp_path)]
    assert "closed form" in subprocess.run(script, capture_output=True, text=True, check=True).stdout
    assert (tmp_path / "loss_landscape.png").exists()


def headings(path):
    """The anchors of a page, as GitHub makes them of its headings."""
    lines = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


@pytest.mark.parametrize("page", ["gallery.md", "concepts.md"])
def test_links_lead_somewhere(page):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    local = [target for target in re.findall(r"\]\(([^)]+)\)", text) if not target.startswith("http")]
    assert local
    for target in local:
        name, _, anchor = target.partition("#")
        assert (ROOT / "docs" / name).exists(), target
        assert not anchor or anchor in headings(ROOT / "docs" / name), target


def test_the_code_of_the_concepts_runs():
    from steepest import keras

    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "concepts.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 5
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation="softmax")])
    for block in blocks:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # `lr` and `decay` are shown as tutorials spell them
            exec(block, {"keras": keras, "model": model, **vars(keras.optimizers)})
    assert type(model.optimizer) is keras.optimizers.Adam
