"""ONNX graphs as models: ONNX Runtime says what they compute."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from export_cases import cases, randomize
from onnx import TensorProto, helper, numpy_helper

from steepest import Model, layers, losses, optimizers
from steepest.models import from_onnx

RNG = np.random.default_rng(7)


def weights(**arrays: Any) -> list[Any]:
    return [numpy_helper.from_array(np.asarray(array), name) for name, array in arrays.items()]


def normal(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape).astype(np.float32)


def saved(
    folder: Path,
    nodes: Sequence[Any],
    constants: Sequence[Any] = (),
    inputs: Sequence[tuple[str, Sequence[Any]]] = (("x", ("batch", 4)),),
    outputs: Sequence[str] = ("y",),
    opset: int = 17,
    element_type: int = TensorProto.FLOAT,
) -> Path:
    """The file of a graph."""
    given = [helper.make_tensor_value_info(name, element_type, shape) for name, shape in inputs]
    types = {"label": TensorProto.INT64}
    results = [helper.make_tensor_value_info(name, types.get(name, element_type), None) for name in outputs]
    graph = helper.make_graph(nodes, "graph", given, results, constants)
    imports = [helper.make_opsetid("", opset), helper.make_opsetid("ai.onnx.ml", 3)]
    path = folder / "graph.onnx"
    path.write_bytes(helper.make_model(graph, opset_imports=imports, ir_version=8).SerializeToString())
    return path


def compare(path: Path, *rows: np.ndarray, **options: Any) -> Any:
    """The model of a file, after its predictions were compared with those of ONNX Runtime."""
    model = from_onnx(path, **options)
    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    feed = {one.name: x for one, x in zip(session.get_inputs(), rows, strict=True)}
    expected = session.run(options.get("outputs"), feed)
    actual = model.predict(list(rows) if len(rows) > 1 else rows[0], verbose=0)
    for ours, theirs in zip(actual if isinstance(actual, list) else [actual], expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-6)
    return model


def test_a_network_as_pytorch_exports_it(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Flatten", ["x"], ["/flatten/Flatten_output_0"], "/flatten/Flatten", axis=1),
        helper.make_node(
            "Gemm",
            ["/flatten/Flatten_output_0", "fc1.weight", "fc1.bias"],
            ["/fc1/Gemm_output_0"],
            "/fc1/Gemm",
            alpha=1.0,
            beta=1.0,
            transB=1,
        ),
        helper.make_node("Relu", ["/fc1/Gemm_output_0"], ["/relu/Relu_output_0"], "/relu/Relu"),
        helper.make_node(
            "BatchNormalization",
            ["/relu/Relu_output_0", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var"],
            ["/bn/BatchNormalization_output_0"],
            "/bn/BatchNormalization",
            epsilon=1e-5,
            momentum=0.9,
            training_mode=0,
        ),
        helper.make_node("Gemm", ["/bn/BatchNormalization_output_0", "fc2.weight"], ["y"], "/fc2/Gemm", transB=1),
    ]
    constants = weights(
        **{
            "fc1.weight": normal(16, 12),
            "fc1.bias": normal(16),
            "bn.weight": normal(16),
            "bn.bias": normal(16),
            "bn.running_mean": normal(16),
            "bn.running_var": normal(16) ** 2 + 0.5,
            "fc2.weight": normal(3, 16),
        }
    )
    path = saved(tmp_path, nodes, constants, [("x", ("batch", 3, 4))])
    model = compare(path, normal(5, 3, 4))
    assert [layer.name for layer in model.layers] == ["x", "flatten", "fc1", "bn", "fc2"]
    assert model.get_layer("fc1").activation.__name__ == "relu" and not model.get_layer("fc2").use_bias
    # it trains on
    x, y = normal(64, 3, 4), RNG.integers(0, 3, 64)
    model.compile(optimizers.Adam(0.01), losses.SparseCategoricalCrossentropy(from_logits=True))
    history = model.fit(x, y, epochs=100, verbose=0).history["loss"]
    assert history[-1] < history[0] / 4


def test_a_classifier_as_skl2onnx_exports_it(tmp_path: Path) -> None:
    nodes = [
        helper.make_node(
            "Scaler", ["x"], ["scaled"], domain="ai.onnx.ml", offset=[1.0, 2.0, 3.0, 4.0], scale=[0.5] * 4
        ),
        helper.make_node("Cast", ["scaled"], ["cast_input"], to=TensorProto.FLOAT),
        helper.make_node("MatMul", ["cast_input", "coefficient"], ["mul_result"]),
        helper.make_node("Add", ["mul_result", "intercepts"], ["add_result"]),
        helper.make_node("Relu", ["add_result"], ["next_activations"]),
        helper.make_node("MatMul", ["next_activations", "coefficient1"], ["mul_result1"]),
        helper.make_node("Add", ["intercepts1", "mul_result1"], ["add_result1"]),
        helper.make_node("Softmax", ["add_result1"], ["probabilities"], axis=1),
        helper.make_node("ArgMax", ["probabilities"], ["label"], axis=1),
    ]
    constants = weights(
        coefficient=normal(4, 6), intercepts=normal(1, 6), coefficient1=normal(6, 3), intercepts1=normal(1, 3)
    )
    path = saved(tmp_path, nodes, constants, outputs=["label", "probabilities"])
    model = compare(path, normal(5, 4), outputs=["probabilities"])
    assert [type(layer).__name__ for layer in model.layers] == ["InputLayer", "Rescaling", "Dense", "Dense"]
    assert [layer.activation.__name__ for layer in model.layers[2:]] == ["relu", "softmax"]
    with pytest.raises(ValueError, match=r"node 'label', operator 'ArgMax': there is no layer for this operator"):
        from_onnx(path)
    with pytest.raises(ValueError, match=r"no tensor 'probability'. Did you mean 'probabilities'"):
        from_onnx(path, outputs=["probability"])


_ERF = ("Erf", "a b", {}), ("Add", "b one c", {})
_ONE = {"one": np.float32(1), "half": np.float32(0.5), "root": np.float32(np.sqrt(2))}


@pytest.mark.parametrize(
    ("nodes", "constants"),
    [
        ([("LeakyRelu", "x", {"alpha": 0.1})], {}),
        ([("LeakyRelu", "x", {})], {}),
        ([("Elu", "x", {"alpha": 0.5})], {}),
        ([("Celu", "x", {})], {}),
        ([("HardSigmoid", "x", {"alpha": 1 / 6, "beta": 0.5})], {}),
        ([("HardSwish", "x", {})], {}),
        ([("ThresholdedRelu", "x", {"alpha": 0.5})], {}),
        ([("Shrink", "x", {"lambd": 0.5, "bias": 0.5})], {}),
        ([("LogSoftmax", "x", {})], {}),
        ([("PRelu", "x s", {})], {"s": normal(4)}),
        ([("PRelu", "x s", {})], {"s": normal(1)}),
        ([("Clip", "x lo hi", {})], {"lo": np.float32(-0.5), "hi": np.float32(0.25)}),
        ([("Clip", "x lo", {})], {"lo": np.float32(0)}),
        ([("Sub", "c x", {})], {"c": normal(4)}),
        ([("Sub", "x c", {})], {"c": normal(1, 4)}),
        ([("Div", "x c", {})], {"c": normal(4)}),
        ([("Mul", "c x", {})], {"c": np.float32(3)}),
        ([("Neg", "x", {})], {}),
        ([("Tanh", "x a", {}), ("Sum", "x a x b", {}), ("Mean", "b a x", {})], {}),
        ([("Sigmoid", "x a", {}), ("Mul", "x a", {})], {}),
        ([("Tanh", "x a", {}), ("Max", "x a b", {}), ("Sub", "b x", {})], {}),
        ([("Unsqueeze", "x i a", {}), ("Squeeze", "a i", {})], {"i": np.array([1])}),
        ([("Reshape", "x s a", {}), ("Transpose", "a b", {"perm": [0, 2, 1]}), ("Flatten", "b", {})],
         {"s": np.array([0, 2, -1])}),
        ([("Reshape", "x s a", {}), ("MatMul", "a k b", {}), ("Reshape", "b t", {})],
         {"s": np.array([-1, 2]), "k": normal(2, 3), "t": np.array([-1, 6])}),
        ([("Concat", "x x x a", {"axis": -1}), ("Tile", "a r", {})], {"r": np.array([1, 3])}),
        ([("Dropout", "x r", {})], {"r": np.float32(0.3)}),
        ([("LayerNormalization", "x g b", {"epsilon": 1e-3})], {"g": normal(4), "b": normal(4)}),
        ([("Transpose", "k a", {"perm": [1, 0]}), ("Mul", "h h b", {}), ("Mul", "a b c", {}), ("Gemm", "x c", {})],
         {"k": normal(3, 4), "h": np.float32(0.5)}),
        # gelu as PyTorch writes it, and with the half elsewhere
        ([("Div", "x root a", {}), *_ERF, ("Mul", "x c d", {}), ("Mul", "d half", {})], _ONE),
        ([("Div", "x root a", {}), *_ERF, ("Mul", "half c d", {}), ("Mul", "d x", {})], _ONE),
    ],
)  # fmt: skip
def test_operators(nodes: Any, constants: Any, tmp_path: Path) -> None:
    made = []
    for number, (operator, names, attributes) in enumerate(nodes):
        *inputs, output = names.split() if number < len(nodes) - 1 else [*names.split(), "y"]
        made.append(helper.make_node(operator, inputs, [output], **attributes))
    compare(saved(tmp_path, made, weights(**constants)), normal(7, 4))


def test_constants_of_nodes_and_old_opsets(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Constant", [], ["k"], value=numpy_helper.from_array(normal(4, 3))),
        helper.make_node("MatMul", ["x", "k"], ["a"]),
        helper.make_node("Clip", ["a"], ["b"], min=0.0, max=1.0),
        helper.make_node("Dropout", ["b"], ["c"], ratio=0.25),
        helper.make_node("Softmax", ["c"], ["y"]),
    ]
    compare(saved(tmp_path, nodes, opset=10), normal(3, 4))


def test_several_inputs_and_outputs_and_an_embedding_of_integers(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Gather", ["table", "i"], ["rows"]),
        helper.make_node("Flatten", ["rows"], ["flat"]),
        helper.make_node("Concat", ["flat", "x"], ["y"], axis=1),
        helper.make_node("Tanh", ["y"], ["z"]),
    ]
    path = saved(tmp_path, nodes, weights(table=normal(5, 2)), [("x", (None, 3))], ["y", "z"])
    model = onnx.load(path)
    model.graph.input.append(helper.make_tensor_value_info("i", TensorProto.INT64, (None, 4)))
    path.write_bytes(model.SerializeToString())
    compare(path, normal(6, 3), RNG.integers(0, 5, (6, 4)))


def test_a_fixed_batch_is_any_batch(tmp_path: Path) -> None:
    nodes = [helper.make_node("Reshape", ["x", "s"], ["y"])]
    model = from_onnx(saved(tmp_path, nodes, weights(s=np.array([1, 4])), [("x", (1, 2, 2))]))
    x = normal(3, 2, 2)
    np.testing.assert_array_equal(model.predict(x, verbose=0), x.reshape(3, 4))


def test_float64(tmp_path: Path) -> None:
    nodes = [helper.make_node("Gemm", ["x", "k"], ["y"])]
    path = saved(tmp_path, nodes, weights(k=RNG.normal(size=(4, 3))), element_type=TensorProto.DOUBLE)
    assert compare(path, RNG.normal(size=(5, 4))).dtype == "float64"


# what an export needs that has no layer: comparisons, sums, sorting
_ONE_WAY = {
    *("ReLU", "ReLU without bound", "RMSNormalization", "UnitNormalization", "Dot of matrices"),
    *("sparse_plus", "sparsemax", "squareplus"),
}


@pytest.mark.parametrize("case", cases())
def test_our_own_exports_come_back(case: str, tmp_path: Path) -> None:
    shapes, make = cases()[case]
    inputs = [layers.Input(shape, name=f"x{place}") for place, shape in enumerate(shapes)]
    model = randomize(Model(inputs, make(*inputs)))
    path = tmp_path / "model.onnx"
    model.export(path, verbose=False)
    if case in _ONE_WAY:
        with pytest.raises(
            ValueError, match=r"model.onnx', node '.*', operator '\w+': (there is no layer|expected tensors)"
        ):
            from_onnx(path)
        return
    rng = np.random.default_rng(5)
    rows = [rng.integers(0, 3, (6, *s)) if case == "Embedding" else rng.normal(size=(6, *s)) for s in shapes]
    x = rows if len(rows) > 1 else rows[0]
    expected = model.predict(x, verbose=0)
    np.testing.assert_allclose(from_onnx(path).predict(x, verbose=0), expected, rtol=1e-6, atol=1e-6)


def test_loading_leaves_random_numbers_as_they_were(tmp_path: Path) -> None:
    from steepest import _random, utils

    nodes = [helper.make_node("Dropout", ["x"], ["a"]), helper.make_node("Gemm", ["a", "k"], ["y"])]
    path = saved(tmp_path, nodes, weights(k=normal(4, 3)))
    seeds = []
    for load in (False, True):
        utils.set_random_seed(3)
        if load:
            from_onnx(path)
        seeds.append((_random.next_seed(), np.random.rand()))
    assert seeds[0] == seeds[1]


def dense() -> Any:
    return helper.make_node("Gemm", ["x", "k"], ["y"], "top")


@pytest.mark.parametrize(
    ("nodes", "constants", "message"),
    [
        ([helper.make_node("Conv", ["x", "k"], ["y"], "first")], {"k": normal(1)}, "node 'first', operator 'Conv'"),
        ([helper.make_node("Relu", ["x"], ["y"], domain="my")], {}, "operator 'my.Relu': there is no layer"),
        ([helper.make_node("Gemm", ["x", "k"], ["y"], transA=1)], {"k": normal(4, 2)}, "expected transA=0"),
        ([dense()], {"k": normal(5, 2)}, r"node 'top', operator 'Gemm': expected a matrix \(4, N\)"),
        ([helper.make_node("Gemm", ["x", "x"], ["y"])], {}, "expected a constant as input 1. Received: 'x'"),
        ([helper.make_node("Relu", ["h"], ["y"])], {}, "expected what depends on the graph's inputs"),
        ([helper.make_node("Relu", ["x"], ["y"], slope=1.0)], {}, "expected what 'relu' computes"),
        ([helper.make_node("Softmax", ["x"], ["y"], axis=0)], {}, "over the last axis"),
        ([helper.make_node("Concat", ["x", "x"], ["y"], axis=0)], {}, "expected another axis than the batch's"),
        ([helper.make_node("Reshape", ["x", "s"], ["y"])], {"s": np.array([3, 4])}, "expected the batch as the first"),
        ([helper.make_node("Reshape", ["x", "s"], ["y"])], {"s": np.array([-1, 0, 9])}, r"can't make \[-1, 0, 9\]"),
        ([helper.make_node("Reshape", ["x", "s"], ["y"])], {"s": np.array([-1, 3])}, "can't make"),
        ([helper.make_node("Reshape", ["x", "s"], ["y"])], {"s": np.array([-1, 2])}, "no row of numbers for each"),
        ([helper.make_node("Tile", ["x", "r"], ["y"])], {"r": np.array([1, 2**40])}, "expected fewer repetitions"),
        ([helper.make_node("Add", ["a", "b"], ["c"]), helper.make_node("Mul", ["x", "c"], ["y"])],
         {"a": normal(500, 1), "b": normal(1, 500)}, "expected constants of one shape"),
        ([helper.make_node("Cast", ["x"], ["a"], to=7), helper.make_node("Cast", ["a"], ["y"], to=1)], {}, "nothing"),
        ([helper.make_node("Erf", ["x"], ["y"])], {}, "as a part of gelu"),
    ],
)  # fmt: skip
def test_what_has_no_layer_is_refused_with_file_node_and_operator(
    nodes: Any, constants: Any, message: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=message) as raised:
        from_onnx(saved(tmp_path, nodes, weights(**constants)))
    assert "graph.onnx'" in str(raised.value)


def test_hostile_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    for content, message in ((b"", "holds no graph"), (b"\x00PK", "no ONNX file"), (b"#" * 99, "no ONNX file")):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=message):
            from_onnx(path)
    with pytest.raises(OSError):
        from_onnx(tmp_path / "missing.onnx")
    path = saved(tmp_path, [dense()], weights(k=normal(4, 2)))
    whole = onnx.load(path)

    def refused(message: str, change: Any) -> None:
        model = onnx.ModelProto()
        model.CopyFrom(whole)
        change(model)
        path.write_bytes(model.SerializeToString())
        with pytest.raises(ValueError, match=message):
            from_onnx(path)

    def outside(model: Any) -> None:
        array = model.graph.initializer[0]
        array.data_location = TensorProto.EXTERNAL
        array.external_data.add(key="location", value="../../secret")

    def huge(model: Any) -> None:
        model.graph.initializer[0].dims[:] = [2**40, 2**40]

    def empty(model: Any) -> None:
        model.graph.initializer[0].dims[:] = [2**40, 2**40]
        model.graph.initializer[0].raw_data = b""

    def wide(model: Any) -> None:
        model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 2**50

    def many(model: Any) -> None:
        del model.graph.node[:]
        names = ["x", *(f"h{number}" for number in range(1500)), "y"]
        model.graph.node.extend(helper.make_node("Tanh", [a], [b]) for a, b in zip(names, names[1:], strict=False))

    def copies(model: Any) -> None:
        del model.graph.node[:], model.graph.initializer[:]
        model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 500
        model.graph.initializer.extend(weights(k=normal(500, 500)))
        names = ["x", *(f"h{number}" for number in range(90)), "y"]
        model.graph.node.extend(
            helper.make_node("MatMul", [a, "k"], [b]) for a, b in zip(names, names[1:], strict=False)
        )

    refused("in another file, which is not read", outside)
    refused(r"has 32 bytes for the constant 'k' of the shape", huge)
    refused("the constant 'k' that can't be read", empty)
    refused("expected at most 1,048,576 numbers of a sample", wide)
    refused("too many nodes one behind the other", many)
    refused("which the file does not have", copies)
    refused("two nodes that put out 'y'", lambda model: model.graph.node.append(dense()))
    refused(r"of the opsets \[8\]", lambda model: setattr(model.opset_import[0], "version", 8))


def mutated(content: bytes, rng: np.random.Generator) -> bytes:
    """The file with some bytes changed, left out, or put in twice."""
    data = bytearray(content)
    for _ in range(rng.integers(1, 8)):
        at = int(rng.integers(len(data)))
        kind = rng.integers(4)
        if kind == 0:
            data[at] = int(rng.integers(256))
        elif kind == 1:
            data[at] ^= 1 << int(rng.integers(8))
        elif kind == 2:
            del data[at : at + int(rng.integers(1, 20))]
        else:
            data[at:at] = data[at : at + int(rng.integers(1, 20))]
        if not data:
            break
    return bytes(data)


def test_mutated_files_are_models_or_errors(tmp_path: Path) -> None:
    inputs = [layers.Input((4,), name="x"), layers.Input((2, 2), name="y")]
    joined = layers.Concatenate()([layers.Dense(3, "gelu")(inputs[0]), layers.Flatten()(layers.Dense(2)(inputs[1]))])
    model = Model(inputs, layers.Dense(2, "softmax")(layers.BatchNormalization()(layers.Dropout(0.1)(joined))))
    path = tmp_path / "m.onnx"
    model.export(path, verbose=False)
    content, rng, loaded = path.read_bytes(), np.random.default_rng(0), 0
    for _ in range(300):
        path.write_bytes(mutated(content, rng))
        try:
            from_onnx(path)
            loaded += 1
        except ValueError as error:
            assert path.name in str(error)
    assert 0 < loaded < 300
