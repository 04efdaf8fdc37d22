"""The benchmark: its cases are valid data, its tables say what was measured, its engines learn. Nothing is timed."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks import larger_than_memory, profile, report, run, workloads  # noqa: E402
from benchmarks.engines import ENGINES  # noqa: E402
from benchmarks.engines.numpy import reference_losses  # noqa: E402
from benchmarks.measure import measure, small_numbers, stored  # noqa: E402
from benchmarks.process import EngineError, Process  # noqa: E402
from benchmarks.workloads import MEMORY, SMALL, TOLERANCE, WORKLOADS, Workload, verify  # noqa: E402

PYTHON = Path(sys.executable)


def test_cases_cover_what_the_library_is_for() -> None:
    assert len({case.name for case in WORKLOADS}) == len(WORKLOADS)
    assert SMALL in WORKLOADS and MEMORY in WORKLOADS
    assert {case.loss for case in WORKLOADS} == {"mse", "binary", "categorical"}
    assert {case.optimizer for case in WORKLOADS} == {"sgd", "momentum", "adagrad", "rmsprop", "adam"}
    assert {1, 32, 128} <= {case.batch_size for case in WORKLOADS}
    assert any(case.batch_size == case.rows for case in WORKLOADS)
    assert min(case.inputs for case in WORKLOADS) <= 10 and (2_048, 2_048) in {case.hidden for case in WORKLOADS}


@pytest.mark.parametrize("case", WORKLOADS, ids=lambda case: case.name)
def test_case_is_valid(case: Workload) -> None:
    assert 1 <= case.batch_size <= case.rows and case.epochs >= 1
    assert case.check_rows <= case.rows and case.check_epochs >= 2 and 0 < case.check_share < 1
    assert case.outputs == 1 or case.loss != "binary"
    assert case.learning_rate > 0 and case.optimizer in workloads.HYPER_PARAMETERS
    assert json.loads(json.dumps(asdict(case))) == {**asdict(case), "hidden": list(case.hidden)}
    part = case.quick()
    x, y = workloads.make_data(part)
    assert x.shape == (part.rows, part.inputs) and y.shape == (part.rows, part.outputs)
    assert x.dtype == y.dtype == np.float32 and np.isfinite(x).all() and np.isfinite(y).all()
    assert np.array_equal(workloads.make_data(part)[0], x)
    if case.loss == "categorical":
        assert np.array_equal(np.sort(y, axis=1), np.eye(10, dtype=np.float32)[np.full(part.rows, 9)])
        assert (y.sum(axis=0) > 0).all()
    if case.loss == "binary":
        assert set(np.unique(y)) == {0.0, 1.0}
    weights = workloads.make_weights(case)
    widths = (case.inputs, *case.hidden, case.outputs)
    assert [w.shape for w in weights[::2]] == list(zip(widths, widths[1:], strict=False))
    assert [b.shape for b in weights[1::2]] == [(units,) for units in widths[1:]]
    assert all(np.abs(w).max() <= np.sqrt(6 / sum(w.shape)) * (1 + 1e-7) for w in weights[::2])


def test_titles_say_what_is_trained() -> None:
    assert SMALL.title == "1,000 x 10, 16-16-1, MSE, adam, batch 32"
    full = workloads.named(["full-batch"])[0]
    assert full.title == "10,000 x 784, 512-10, categorical, adam, full batch"
    assert full.quick().batch_size == full.quick().rows == 2_000


def test_unknown_case_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Unknown workload: 'smal'\. Expected one of: small-mse, "):
        workloads.named(["small-mse", "smal"])


@pytest.mark.parametrize(
    ("losses", "message"),
    [
        ([1.0, 0.5, 0.2], None),
        ([1.0, 0.5, 0.2 * (1 + 0.9 * TOLERANCE)], None),
        ([1.0, 0.5], "gave 2 losses for 3 epochs"),
        ([1.0, float("nan"), 0.2], "its loss is not finite"),
        ([1.0, 0.9, 0.8], "did not learn: its loss went from 1 to 0.8 in 3 epochs"),
        ([1.0, 0.5 * (1 + 2 * TOLERANCE), 0.2], "trains on something else: its losses are 2.00% off the reference"),
    ],
)
def test_learning_check(losses: list[float], message: str | None) -> None:
    wrong = verify(SMALL, losses, [1.0, 0.5, 0.2])
    assert wrong is None if message is None else wrong is not None and wrong.startswith(message)


@pytest.mark.parametrize(("engine", "settings"), [("steepest", {}), ("numpy", {"threads": "all"})])
def test_engine_learns_in_its_own_process(engine: str, settings: dict[str, str]) -> None:
    with stored(SMALL) as (folder, data), Process(engine, PYTHON, limit=120) as process:
        reference = reference_losses(SMALL.checked(), *data)
        assert process.ask("hello")["versions"]["numpy"] == np.__version__
        assert "variants" in process.ask("load", folder=folder, workload=asdict(SMALL), check=True)
        losses = process.ask("learn", settings=settings, epochs=SMALL.check_epochs)["losses"]
        assert verify(SMALL, losses, reference) is None
        assert max(abs(np.array(losses) / reference - 1)) < 1e-4
        again = process.ask("learn", settings=settings, epochs=1)["losses"]
        assert again == losses[:1], "a second model does not start from the same weights"


def test_reference_starts_from_the_loss_of_the_initial_weights() -> None:
    case = replace(workloads.named(["full-batch"])[0], check_rows=300, check_epochs=4).checked()
    x, y = workloads.make_data(case)
    assert case.batch_size == len(x) == 300, "the first epoch is one step"
    kernel_1, bias_1, kernel_2, bias_2 = (w.astype(np.float64) for w in workloads.make_weights(case))
    z = np.maximum(x @ kernel_1 + bias_1, 0) @ kernel_2 + bias_2
    expected = np.mean(np.log(np.exp(z).sum(axis=1)) - (z * y).sum(axis=1))
    losses = reference_losses(case, x, y, workloads.make_weights(case))
    assert losses[0] == pytest.approx(expected, rel=1e-12)
    assert len(losses) == case.check_epochs and losses[-1] < 0.7 * losses[0]


def test_a_whole_case_is_measured() -> None:
    result = measure(SMALL, {"steepest": PYTHON}, repeats=2, at_least=0.0)["steepest"]
    assert result["settings"] == {} and result["others"] == [] and result["difference"] < TOLERANCE
    assert result["first_loss"] == pytest.approx(1.16, rel=0.1), "the shuffled epoch sees what the check saw"
    assert len(result["seconds"]) == 2 and min(result["seconds"]) > 0


def test_small_numbers_are_measured() -> None:
    result = small_numbers({"steepest": PYTHON}, 1, SMALL, SMALL)["steepest"]
    assert "error" not in result
    assert len(result["import"]) == len(result["first_fit"]) == 1
    assert set(result["predict"]) == {"model(x)", "predict(x)"}
    assert result["memory"]["data"] == 1_000 * (10 + 1) * 4
    assert result["memory"]["peak"] is None or result["memory"]["peak"] > result["memory"]["data"]


def test_a_failing_worker_is_told_from_a_dead_one(tmp_path: Path) -> None:
    with Process("numpy", PYTHON, limit=60) as process:
        with pytest.raises(EngineError, match="Unknown command: 'fit'"):
            process.ask("fit")
        with pytest.raises(EngineError, match="FileNotFoundError"):
            process.ask("load", folder=str(tmp_path), workload=asdict(SMALL), check=True)
        assert process.ask("hello")["python"].startswith("3.")
        process.worker.kill()
        with pytest.raises(EngineError, match="ended during 'hello'"):
            process.ask("hello")


def test_an_engine_that_does_not_learn_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.measure.reference_losses", lambda case, *data: [0.5] * case.check_epochs)
    result = measure(SMALL, {"steepest": PYTHON}, repeats=1, at_least=0.0)["steepest"]
    assert "seconds" not in result and result["error"].startswith("trains on something else")


def test_an_engine_that_forgets_is_not_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = Process.ask

    def forgetful(self: Process, command: str, **arguments: object) -> dict[str, object]:
        return {**ask(self, command, **arguments), **({"loss": float("nan")} if command == "run" else {})}

    monkeypatch.setattr(Process, "ask", forgetful)
    result = measure(SMALL, {"steepest": PYTHON}, repeats=1, at_least=0.0)["steepest"]
    assert result == {"error": "did not learn while it was timed: its loss came to nan"}


def test_missing_engines_are_named_and_skipped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    interpreters, skipped = run.installed(["numpy", "torch"], tmp_path)
    assert interpreters == {} and skipped == {"numpy": "not installed", "torch": "not installed"}
    assert "skipped: torch is not installed" in capsys.readouterr().err
    assert run.main(["--engines", "torch", "--environments", str(tmp_path)]) == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--engines", "touch"], "Unknown engine: 'touch'"),
        (["--workloads", "huge"], "Unknown workload: 'huge'"),
        (["--repeats", "0"], "--repeats must be at least 1. Received: 0"),
        (["--output", "nowhere/README.md"], "nowhere"),
    ],
)
def test_wrong_arguments_are_refused(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run.arguments(words)
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (12.34, "12.3 s"),
        (0.9999, "1.00 s"),
        (0.0123, "12.3 ms"),
        (1.234e-5, "12.3 µs"),
        (0.1234, "123 ms"),
        (2e-7, "0.20 µs"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert report.duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0123, "0.012x"), (0.5, "0.50x"), (1.0, "1.0x"), (3.44, "3.4x"), (9.96, "10x"), (151.2, "151x")],
)
def test_ratios(value: float, text: str) -> None:
    assert report.ratio(value) == text


def made_up() -> dict[str, object]:
    def timed(*seconds: float, others: tuple[object, ...] = (), **settings: object) -> dict[str, object]:
        return {"seconds": list(seconds), "settings": settings, "others": others, "difference": 2e-7}

    def small(first: float, **more: object) -> dict[str, object]:
        return {"import": [0.01, 0.03, 0.02], "first_fit": [first], "predict": {}, "wheels": {}, **more}

    return {
        "date": "2026-01-02",
        "command": "make bench",
        "machine": "A CPU (2 cores, AVX2), Linux",
        "repeats": 3,
        "engines": {
            "numpy": {"python": "3.11.7", "versions": {"numpy": "2.0"}},
            "steepest": {"python": "3.11.7", "versions": {"steepest": "0.1.0"}},
            "sklearn": {"python": "3.12.1", "versions": {"scikit-learn": "1.5"}},
        },
        "skipped": {"torch": "not installed"},
        "workloads": [
            {
                "name": "tiny",
                "title": "a tiny one",
                "engines": {
                    "numpy": timed(0.03, 0.02, 0.025, threads=1, others=(({"threads": "all"}, 0.04),)),
                    "steepest": timed(0.001, 0.002, 0.0011),
                    "sklearn": {"unsupported": "has no adagrad"},
                },
            },
            {
                "name": "big",
                "title": "a big one",
                "engines": {
                    "numpy": {"error": "did not learn"},
                    "steepest": timed(1.0, 1.0, 1.0),
                    "sklearn": timed(0.5, 0.5, 0.5),
                },
            },
        ],
        "small": {
            "numpy": small(0.03),
            "steepest": small(
                0.004,
                predict={"model(x)": [2e-6, 4e-6, 3e-6], "predict(x)": [5e-6]},
                memory={"peak": 50_000_000, "data": 8_000_000},
                wheels={"steepest": 1_500_000, "numpy": 17_000_000},
            ),
        },
        "small_title": "a tiny one",
        "memory_title": "a big one",
    }


def test_tables_say_what_was_measured() -> None:
    lines = report.markdown(made_up()).splitlines()
    assert lines[0] == "Measured 2026-01-02 by `make bench` on A CPU (2 cores, AVX2), Linux, Python 3.11.7, 3.12.1."
    assert lines[1] == "NumPy: numpy 2.0; steepest: steepest 0.1.0; scikit-learn: scikit-learn 1.5."
    assert lines[2] == "Not measured: PyTorch (not installed)."
    start = lines.index("| case | one epoch of | steepest | NumPy | scikit-learn |")
    assert lines[start + 1 : start + 6] == [
        "| --- | --- | ---: | ---: | ---: |",
        "| `tiny` | a tiny one | 1.10 ms | 23x | – |",
        "| `big` | a big one | 1.00 s | failed | 0.50x |",
        "",
        "–: scikit-learn has no adagrad (`tiny`); failed: NumPy did not learn (`big`).",
    ]
    assert "| `tiny` | NumPy | 25.0 ms | 20.0 ms – 30.0 ms | threads 1 | threads all: 40.0 ms | 2e-07 |" in lines
    assert "| `tiny` | steepest | 1.10 ms | 1.00 ms – 2.00 ms | as it comes | – | 2e-07 |" in lines
    assert lines[-2:] == [
        "| NumPy | – | 30.0 ms | – | – | – | – | – |",
        "| steepest | 20.0 ms | 4.00 ms | 3.00 µs | 5.00 µs | 42 MB | 1.5 MB | 18 MB |",
    ]


def test_tables_go_between_the_markers_and_nowhere_else(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text(f"# Title\n\n{report.BEGIN}\nold\n{report.END}\n\nthe end\n", encoding="utf-8")
    for _ in range(2):
        report.place("new – text\n", file)
        expected = f"# Title\n\n{report.BEGIN}\nnew – text\n{report.END}\n\nthe end\n"
        assert file.read_text(encoding="utf-8") == expected
    file.write_text(f"{report.END}\n{report.BEGIN}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="bench:begin"):
        report.place("new", file)
    assert file.read_text(encoding="utf-8") == f"{report.END}\n{report.BEGIN}\n"


def test_each_engine_has_its_file() -> None:
    for name, engine in ENGINES.items():
        assert (ROOT / "benchmarks" / "engines" / f"{name}.py").is_file()
        assert name == "steepest" or any(r.startswith(engine.distribution) for r in engine.requirements)


def test_profile_shows_the_share_of_each_phase(capsys: pytest.CaptureFixture[str]) -> None:
    from steepest import config

    assert profile.main(["images-adam", "--quick", "--seconds", "0", "--threads", "2"]) == 0
    config.set_num_threads(0)
    header, shares = (text.split() for text in capsys.readouterr().out.splitlines())
    assert header == ["case", "gather", "forward", "loss", "backward", "update", "metrics", "waiting", "Python"]
    assert shares[0] == "images-adam"
    assert sum(float(share.rstrip("%")) for share in shares[1:]) == pytest.approx(100, abs=0.5)
    with pytest.raises(SystemExit):
        profile.main(["images"])
    assert "Unknown workload: 'images'" in capsys.readouterr().err
    seen = dict.fromkeys(profile.PHASES, 1) | {"update": 13}
    assert profile.line("made-up", seen).split()[5] == "65.0%"


@pytest.mark.skipif(sys.platform != "linux", reason="what a process holds itself is read from /proc, on Linux")
def test_a_file_is_trained_on_without_being_held_in_memory(capsys: pytest.CaptureFixture[str]) -> None:
    assert larger_than_memory.main(["--gigabytes", "0.1", "--images", "512"]) == 0
    floats, numbers, *compared = capsys.readouterr().out.splitlines()
    assert floats.startswith("0.1 GB of float32, 31,887 rows: read at ")
    assert numbers.startswith("0.1 GB of uint8, 127,551 rows: read at ")
    for line in floats, numbers:
        assert float(line.split("; ")[1].split(" MB")[0]) < 20  # of 100
    assert [line.split(":")[0] for line in compared] == [
        "512 images as uint8, 0 MB",
        "512 images as float32, 2 MB",
    ]
