"""`python -m steepest`: the main job as a user runs it, its exit codes, and the other commands."""

import re
import subprocess
import sys

import pytest

from steepest import __main__ as commands
from steepest import demo


def test_the_main_job_learns_the_digits_and_tells_what_it_did(tmp_path):
    picture = tmp_path / "digits.png"
    run = subprocess.run(
        [sys.executable, "-m", "steepest", "--compare-epochs", "2", "--output", str(picture)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=tmp_path,
    )
    assert run.returncode == 0, run.stderr
    assert "1437 to learn from, 360 held out" in run.stdout
    assert "Epoch 30/30" in run.stdout
    assert re.search(r"acc: [\d.]+ - loss: [\d.]+ - val_acc: [\d.]+ - val_loss: [\d.]+", run.stdout)
    right, accuracy = re.search(r"it reads (\d+) right: ([\d.]+)%", run.stdout).groups()
    assert float(accuracy) == pytest.approx(100 * int(right) / 360, abs=0.005)
    assert float(accuracy) >= 97
    rows = [re.split(r"  +", line) for line in run.stdout.splitlines()]
    descents = {row[0]: row[1:3] for row in rows if row[0] in ("batch", "stochastic", "mini-batch")}
    assert descents == {"batch": ["1437", "1"], "stochastic": ["1", "1437"], "mini-batch": ["32", "45"]}
    rates = {row[0]: row[1] for row in rows if row[0] in demo.OPTIMIZERS}
    assert rates == {
        "SGD": "0.01",
        "Momentum": "0.01",
        "Nesterov": "0.01",
        "Adagrad": "0.01",
        "RMSprop": "0.001",
        "Adam": "0.001",
    }
    assert f"Picture: {picture}" in run.stdout
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert sorted(tmp_path.iterdir()) == [picture]


def test_missing_the_goal_is_exit_code_1(tmp_path, capsys):
    assert demo.main(["--epochs", "1", "--compare-epochs", "1", "--no-plot"]) == 1
    out = capsys.readouterr().out
    accuracy = re.search(r"right: ([\d.]+)%", out).group(1)
    assert float(accuracy) < 97
    assert f"{accuracy}% is short of the goal of 97%" in out
    assert "Picture" not in out


def test_without_matplotlib_it_says_how_to_get_the_picture(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    demo.main(["--epochs", "1", "--compare-epochs", "1", "--output", str(tmp_path / "a.png")])
    assert "pip install steepest[plot]" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_the_seed_decides_the_result(capsys):
    def outcome(seed):
        demo.main(["--epochs", "1", "--compare-epochs", "1", "--no-plot", "--seed", seed])
        return re.search(r"it reads .*", capsys.readouterr().out).group()

    assert outcome("3") == outcome("3") != outcome("4")


@pytest.mark.parametrize("option", ["--epochs", "--compare-epochs"])
@pytest.mark.parametrize("value", ["0", "-1", "two"])
def test_bad_options_are_refused(option, value, capsys):
    with pytest.raises(SystemExit) as stop:
        demo.main([f"{option}={value}"])
    assert stop.value.code == 2
    assert f"{option}: must be a whole number of at least 1. Received: {value}" in capsys.readouterr().err


def test_a_picture_in_no_folder_is_refused_before_the_training(tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        demo.main(["--output", str(tmp_path / "missing" / "a.png")])
    assert stop.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert f"there is no folder {tmp_path / 'missing'}" in printed.err


def test_help_names_the_commands(capsys):
    for option in ("--help", "-h"):
        assert commands.main([option]) == 0
        out = capsys.readouterr().out
        assert all(command in out for command in ("demo", "compare", "config"))


@pytest.mark.parametrize(("argv", "passed"), [([], []), (["--seed", "2"], ["--seed", "2"]), (["demo", "-x"], ["-x"])])
def test_without_a_command_it_is_the_demo(argv, passed, monkeypatch):
    monkeypatch.setattr(demo, "main", lambda arguments: (arguments, "exit code"))
    assert commands.main(argv) == (passed, "exit code")


def test_compare_gets_its_options(monkeypatch):
    from steepest.reference import compare

    monkeypatch.setattr(compare, "main", lambda arguments: (arguments, "exit code"))
    assert commands.main(["compare", "--epochs", "2"]) == (["--epochs", "2"], "exit code")


def test_config_prints_the_instruction_sets(capsys):
    assert commands.main(["config"]) == 0
    assert "scalar" in capsys.readouterr().out


def test_an_unknown_command_is_exit_code_2_with_a_suggestion(capsys):
    assert commands.main(["compar"]) == 2
    error = capsys.readouterr().err
    assert "Unknown command: 'compar'. Did you mean 'compare'?" in error
    assert "usage:" in error
