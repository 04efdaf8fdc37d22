"""ONNX files: valid by onnx's checker, and ONNX Runtime predicts what the model predicts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from export_cases import combined, randomize

from steepest import Model, Sequential, config, layers


def exported(model: Any, folder: Path, **options: Any) -> Any:
    """The session of the exported file, which the checker has passed."""
    path = folder / "model.onnx"
    model.export(path, verbose=False, **options)
    onnx.checker.check_model(onnx.load(path), full_check=True)
    return onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])


def run(session: Any, *rows: Any) -> list[Any]:
    given = session.get_inputs()
    types = {"tensor(float)": np.float32, "tensor(double)": np.float64}
    feed = {one.name: np.asarray(x, types[one.type]) for one, x in zip(given, rows, strict=True)}
    return list(session.run(None, feed))


@pytest.mark.parametrize("opset", [17, onnx.defs.onnx_opset_version()])
@pytest.mark.parametrize("floatx", ["float32", "float64"])
def test_every_layer_and_activation(floatx: str, opset: int, tmp_path: Path) -> None:
    config.set_floatx(floatx)
    try:
        model, rows = combined()
    finally:
        config.set_floatx("float32")
    session = exported(model, tmp_path, opset_version=opset)
    assert [one.name for one in session.get_outputs()] == sorted(model.output)
    expected = model.predict(rows, verbose=0)
    for name, array in zip(sorted(expected), run(session, *rows), strict=True):
        scale = max(1.0, np.abs(expected[name]).max())
        np.testing.assert_allclose(array, expected[name], rtol=1e-6, atol=1e-6 * scale, err_msg=name)


def test_a_classifier_of_digits(tmp_path: Path) -> None:
    model = Sequential(
        [
            layers.Input((8, 8), name="pixels"),
            layers.Rescaling(1 / 16),
            layers.Flatten(),
            layers.Dense(97, "relu"),
            layers.BatchNormalization(),
            layers.Dropout(0.5),
            layers.Dense(10, "softmax", name="digit"),
        ],
        name="reader",
    )
    session = exported(randomize(model), tmp_path)
    for count in (1, 2, 33):
        x = np.random.default_rng(2).integers(0, 17, (count, 8, 8))
        np.testing.assert_allclose(run(session, x)[0], model.predict(x, verbose=0), rtol=1e-6, atol=1e-6)
    graph = onnx.load(tmp_path / "model.onnx").graph
    assert [node.op_type for node in graph.node] == [
        *("Reshape", "Mul", "Gemm", "Relu", "BatchNormalization", "Gemm", "Softmax")
    ]
    assert (graph.name, graph.input[0].name, graph.output[0].name) == ("reader", "pixels", "digit")
    assert graph.input[0].type.tensor_type.shape.dim[0].dim_param == "batch"
    assert "digit/kernel" in [array.name for array in graph.initializer]


def test_shared_layers_have_their_weights_once_and_outputs_may_be_inputs(tmp_path: Path) -> None:
    shared = layers.Dense(4, "tanh")
    x, y = layers.Input((4,), name="x"), layers.Input((4,), name="y")
    h = shared(shared(x))
    model = randomize(Model([x, y], [h, layers.Add()([h, shared(y)]), y, h]))
    rows = list(np.random.default_rng(4).normal(size=(2, 3, 4)))
    session = exported(model, tmp_path)
    for actual, expected in zip(run(session, *rows), model.predict(rows, verbose=0), strict=True):
        np.testing.assert_allclose(actual, expected, rtol=1e-6, atol=1e-6)
    assert len(onnx.load(tmp_path / "model.onnx").graph.initializer) == 2


def test_keras_spells_the_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = Sequential([layers.Input((2,)), layers.Dense(1)])
    path = str(tmp_path / "artifact")
    model.export(path, format="onnx")
    assert capsys.readouterr().out == f"Saved artifact at {path!r}.\n"
    assert [entry.version for entry in onnx.load(tmp_path / "artifact").opset_import] == [17]


@pytest.mark.parametrize("version", [16, 1000, 17.5])
def test_unknown_versions_are_refused(version: Any, tmp_path: Path) -> None:
    model = Sequential([layers.Input((2,)), layers.Dense(1)])
    with pytest.raises(ValueError, match=f"`opset_version` must be an integer from 17.*{version}"):
        model.export(tmp_path / "model.onnx", opset_version=version)
    assert not list(tmp_path.iterdir())


def test_without_the_package_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    model = Sequential([layers.Input((2,)), layers.Dense(1)])
    with pytest.raises(ImportError, match=r"need onnx, which is not installed: pip install steepest\[onnx\]"):
        model.export(tmp_path / "model.onnx")
