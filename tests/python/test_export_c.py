"""C files: compiled by the machine's compiler without a warning, they predict what the model predicts."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from export_cases import combined, randomize, size

from steepest import Model, Sequential, _core, config, layers
from steepest.exchange.program import Program

CC = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc") or "clang"  # the build needs one, too


def compiled(model: Any, folder: Path) -> Any:
    """`predict` of the exported file, as a function of arrays of one sample each."""
    source, library = folder / "model.c", folder / "model.so"
    model.export(source, verbose=False)
    flags = ["-std=c99", "-O1", "-Wall", "-Wextra", "-Werror", "-pedantic", "-shared", "-fPIC"]
    subprocess.run([CC, *flags, str(source), "-o", str(library), "-lm"], check=True)
    function = ctypes.CDLL(str(library)).predict
    function.restype = None
    inputs, outputs = model._shapes([])

    def predict(*rows: np.ndarray) -> list[np.ndarray]:
        results = [np.full((len(rows[0]), size(shape)), np.nan, model.dtype) for shape in outputs]
        for number in range(len(rows[0])):
            arrays = [np.ascontiguousarray(x[number], model.dtype).ravel() for x in rows]
            arrays += [result[number] for result in results]
            assert [a.size for a in arrays[: len(inputs)]] == [size(shape) for shape in inputs]
            function(*(ctypes.c_void_p(array.ctypes.data) for array in arrays))
        return [r.reshape(-1, *shape[1:]) for r, shape in zip(results, outputs, strict=True)]

    return predict


@pytest.fixture
def floatx(dtype: str) -> Any:
    config.set_floatx(dtype)
    yield dtype
    config.set_floatx("float32")


def test_every_layer_and_activation(floatx: str, tmp_path: Path) -> None:
    model, rows = combined()
    actual = compiled(model, tmp_path)(*rows)
    expected = model.predict(rows, verbose=0)
    tolerance = 1e-6 if floatx == "float32" else 1e-13
    for name, array in zip(sorted(expected), actual, strict=True):
        scale = np.abs(expected[name]).max()
        np.testing.assert_allclose(array, expected[name], rtol=tolerance, atol=tolerance * scale, err_msg=name)


def test_every_step_of_the_core_is_among_the_cases() -> None:
    made = {step.spec["name"] for step in Program(combined()[0]).steps}
    nothing = {"reshape", "dropout", "alpha_dropout", "gaussian_dropout", "gaussian_noise"}  # in inference
    assert made | nothing == set(_core.rules()["layers"])


def test_a_classifier_of_digits(tmp_path: Path) -> None:
    model = Sequential(
        [
            layers.Input((8, 8)),
            layers.Rescaling(1 / 16),
            layers.Flatten(),
            layers.Dense(97, "relu"),
            layers.BatchNormalization(),
            layers.Dropout(0.5),
            layers.Dense(33, "gelu"),
            layers.Dense(10, "softmax"),
        ]
    )
    x = np.random.default_rng(2).integers(0, 17, (5, 8, 8))
    [actual] = compiled(model, tmp_path)(x)
    np.testing.assert_allclose(actual, model.predict(x, verbose=0), rtol=1e-6, atol=1e-7)


def test_shared_layers_have_their_weights_once_and_outputs_may_be_inputs(tmp_path: Path) -> None:
    shared = layers.Dense(4, "tanh")
    x, y = layers.Input((4,), name="a-b"), layers.Input((4,), name="a b")  # both are a_b in C
    h = shared(shared(x))
    model = randomize(Model([x, y], [h, layers.Add()([h, shared(y)]), y, h]))
    rows = list(np.random.default_rng(4).normal(size=(2, 3, 4)))
    for actual, expected in zip(compiled(model, tmp_path)(*rows), model.predict(rows, verbose=0), strict=True):
        np.testing.assert_allclose(actual, expected, rtol=1e-6, atol=1e-6)
    text = (tmp_path / "model.c").read_text()
    assert text.count("static const float") == 2  # one kernel, one bias


def test_weights_are_written_to_the_last_bit_and_no_number_is_lost(tmp_path: Path) -> None:
    values = np.array([1e-45, 3.4028235e38, 1 / 3, -0.0, np.inf, -np.inf, 16777217.0, 7e-10], np.float32)
    model = Sequential([layers.Input((1,)), layers.Dense(8)])
    model.set_weights([np.zeros((1, 8)), values])
    [actual] = compiled(model, tmp_path)(np.ones((1, 1)))
    np.testing.assert_array_equal(actual[0] + np.float32(0), values + np.float32(0))


def test_numbers_that_no_embedding_has_a_row_for_are_nan(tmp_path: Path) -> None:
    model = Sequential([layers.Input((3,)), layers.Embedding(2, 1)])
    [actual] = compiled(model, tmp_path)(np.array([[-1.0, 1.0, 2.0], [np.nan, 0.0, 1e30]]))
    np.testing.assert_array_equal(np.isnan(actual[..., 0]), [[True, False, True], [True, False, True]])


def test_what_cannot_be_written_leaves_the_file_as_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "model.c"
    model = Sequential([layers.Dense(1)], name="unbuilt")
    model_with_input = Sequential([layers.Input((2,)), layers.Dense(1)])
    model_with_input.export(path)
    assert capsys.readouterr().out == f"Saved artifact at {str(path)!r}.\n"
    before = path.read_bytes()
    with pytest.raises(ValueError, match="'unbuilt' can't be exported before it has weights"):
        model.export(path)
    with pytest.raises(ValueError, match=r"Unrecognized format: 'tf_saved_model'"):
        model_with_input.export(path, format="tf_saved_model")
    with pytest.raises(ValueError, match=r"Unrecognized format: 'h'\. Expected .*filepath='model\.h'"):
        model_with_input.export("model.h")
    with pytest.raises(ValueError, match="`input_signature` is not supported"):
        model_with_input.export(path, input_signature=[])
    with pytest.raises(TypeError, match="export\\(\\) as 'c' got an unexpected keyword argument 'opset_version'"):
        model_with_input.export(path, opset_version=18)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["model.c"]
