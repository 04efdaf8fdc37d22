"""Settings: what is accepted, what is refused, what is printed."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from steepest import _core, config, losses, metrics


def test_floatx_is_the_dtype_of_what_is_made_afterwards(float64: None) -> None:
    assert config.floatx() == "float64"
    assert losses.MeanSquaredError().dtype == "float64"
    assert metrics.MeanSquaredError().dtype == "float64"
    assert losses.mean_squared_error([[1]], [[2]]).dtype == np.float64
    config.set_floatx("float32")
    assert losses.MeanSquaredError()([1.0], [2.0]).dtype == np.float32


@pytest.mark.parametrize("value", ["float16", "int32", "double", "", None, 32])
def test_other_dtypes_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match="Unknown `floatx` value"):
        config.set_floatx(value)
    assert config.floatx() == "float32"


def test_standardize_dtype() -> None:
    for given in ("float64", np.float64, np.dtype("f8"), float):
        assert config.standardize_dtype(given) == "float64"
    for given in ("float16", "int8", "nonsense", 3):
        with pytest.raises(ValueError, match="Unknown `dtype`"):
            config.standardize_dtype(given)


def test_epsilon_is_that_of_keras() -> None:
    assert config.epsilon() == 1e-7


def test_isa_is_what_was_set(isa: str) -> None:
    assert config.get_isa() == isa == _core.show_config()["isa"]


def test_unknown_isa_is_refused_and_nothing_changes() -> None:
    before = config.get_isa()
    with pytest.raises(ValueError, match=before):
        config.set_isa("mmx")
    assert config.get_isa() == before


def test_environment_variable_forces_an_isa(isa: str) -> None:
    code = "import steepest; print(steepest.config.get_isa())"
    environment = {**os.environ, "STEEPEST_ISA": isa}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == isa


def test_threads() -> None:
    config.set_num_threads(3)
    assert config.get_num_threads() == 3
    for wrong in (-1, 1.5, "2", True, None):
        with pytest.raises(ValueError, match="`count` must be an integer"):
            config.set_num_threads(wrong)
    assert config.get_num_threads() == 3
    config.set_num_threads(0)
    assert config.get_num_threads() == 0


def test_show_config_prints_what_the_core_says(capsys: pytest.CaptureFixture[str]) -> None:
    config.show_config()
    printed = capsys.readouterr().out
    facts = _core.show_config()
    assert printed.startswith(f"steepest {facts['version']}")
    for isa in facts["isas_supported"]:
        assert isa in printed
    assert facts["compiler"] in printed
