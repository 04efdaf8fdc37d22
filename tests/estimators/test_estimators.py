"""scikit-learn's own tests, with the estimators of steepest in place of its own: `make estimators`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
import sklearn.neural_network.tests.test_mlp as own_tests
from sklearn.utils.estimator_checks import check_estimator

import steepest.sklearn


@pytest.mark.parametrize("kind", ["MLPClassifier", "MLPRegressor"])
@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
def test_check_estimator_passes_whole(kind: str, solver: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of trainings that don't converge, and of what has no decision function
        # with scikit-learn's own parameters for it: after more iterations of "lbfgs" its probabilities are 1 as well
        check_estimator(getattr(steepest.sklearn, kind)(solver=solver, max_iter=100))


def test_its_own_tests_of_its_own_networks_pass(tmp_path: Path) -> None:
    text = Path(own_tests.__file__).read_text(encoding="utf-8")
    line = "from sklearn.neural_network import MLPClassifier, MLPRegressor"
    assert text.count(line) == 1
    copy = tmp_path / "test_with_steepest.py"
    copy.write_text(text.replace(line, line.replace("sklearn.neural_network", "steepest.sklearn")), encoding="utf-8")
    # The one that is left out calls `_loss_grad_lbfgs`, a private method. Ours holds gradients by its weights.
    options = ["-q", "-p", "no:cacheprovider", "-p", "sklearn.conftest", "--deselect", f"{copy.name}::test_gradient"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, copy.name],
        cwd=tmp_path,
        env={**os.environ, "SKLEARN_TESTS_GLOBAL_RANDOM_SEED": "42"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout[-3000:]
    assert "58 passed" in run.stdout


def test_the_benchmark_runs() -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "benchmarks.estimators", "sweep", "--fits", "20"]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-3000:]
    assert re.match(r"20 fits: .* ms each one by one", run.stdout)
