"""Weights as `.safetensors`: they come back, others can read them, and a broken file changes nothing."""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from steepest import Sequential, layers

X = np.sin(np.arange(24, dtype="float32")).reshape(8, 3)


def trained(dtype: str = "float32") -> Sequential:
    made = [layers.Input((3,)), layers.Dense(4, "tanh", dtype=dtype), layers.BatchNormalization(), layers.Dense(2)]
    model = Sequential(made)
    model.compile("adam", "mse")
    model.fit(X, X[:, :2], epochs=2, verbose=0)
    return model


def state(model: Any) -> list[np.ndarray]:
    return [*model.get_weights(), *(variable.numpy() for variable in model.optimizer.variables)]


def test_weights_and_the_state_of_the_optimizer_come_back(dtype: str, tmp_path: Path) -> None:
    model, other = trained(dtype), trained(dtype)
    model.fit(X, X[:, :2], verbose=0)
    model.save_weights(tmp_path / "m.safetensors")
    other.load_weights(tmp_path / "m.safetensors")
    for ours, theirs in zip(state(other), state(model), strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)
    found = safetensors.numpy.load_file(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(found["layers/dense/vars/0"], model.layers[0].kernel)
    np.testing.assert_array_equal(found["layers/dense_1/vars/1"], model.layers[2].bias)


def test_weights_of_others_are_taken(tmp_path: Path) -> None:
    model = Sequential([layers.Input((2,)), layers.Dense(1)])
    given = {"layers/dense/vars/0": np.array([[2.0], [3.0]], "float16"), "layers/dense/vars/1": np.array([4.0])}
    safetensors.numpy.save_file(given, tmp_path / "m.safetensors")
    model.load_weights(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(model.predict([[10.0, 100.0]], verbose=0), [[324.0]])


def header(text: bytes, size: int | None = None) -> bytes:
    return struct.pack("<Q", len(text) if size is None else size) + text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89HDF",
        header(b"{}", 2**60),
        header(b"[1]"),
        header(b'{"layers/dense/vars/0":{"dtype":"F32","shape":[3,4],"data_offsets":[0,1152921504606846976]}}'),
        header(b'{"layers/dense/vars/0":{"dtype":"F32","shape":[1152921504606846976],"data_offsets":[0,4]}}') + b"1234",
        header(b'{"layers/dense/vars/0":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}') + b"1",
    ],
)
def test_broken_and_hostile_files_are_refused_by_name(content: bytes, tmp_path: Path) -> None:
    model, path = trained(), tmp_path / "m.safetensors"
    before = state(model)
    path.write_bytes(content)
    with pytest.raises(ValueError, match="m.safetensors: no file of safetensors, or a broken one"):
        model.load_weights(path)
    for ours, theirs in zip(state(model), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.filterwarnings("ignore:.*the state of optimizer")  # of a file in which the name of an array was changed
def test_mutated_files_are_read_or_refused(tmp_path: Path) -> None:
    model, path = trained(), tmp_path / "m.safetensors"
    model.save_weights(path)
    content, rng, refused = path.read_bytes(), np.random.default_rng(0), 0
    for _ in range(300):
        data = bytearray(content)
        data[rng.integers(0, 900)] = rng.integers(256)
        path.write_bytes(data[: rng.integers(len(data) // 2, 2 * len(data))])
        try:
            model.load_weights(path, skip_mismatch=False)
        except ValueError as error:
            assert "m.safetensors" in str(error)
            refused += 1
    assert 0 < refused < 300


def test_without_the_package_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(ImportError, match=r"need safetensors, .* pip install steepest\[safetensors\]"):
        trained().save_weights(tmp_path / "m.safetensors")
