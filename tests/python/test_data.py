"""Data of any kind and layout: the same numbers lead to the same trainings, and nothing is copied whole."""

from __future__ import annotations

import sys
import tracemalloc

import numpy as np
import pandas as pd
import pytest

from steepest._data import arrays, data_set
from steepest.layers import Dense, Flatten, Input
from steepest.models import Sequential

VALUES = np.random.default_rng(0).integers(0, 5, size=(40, 6))  # whole, so that every dtype holds them


def trained(x, y=None, weight=None) -> list[np.ndarray]:
    model = Sequential([Input((6,)), Dense(3, "tanh", kernel_initializer="ones"), Dense(1, kernel_initializer="ones")])
    model.compile("adam", "mse")
    y = VALUES[:, :1] if y is None else y
    model.fit(x, y, batch_size=7, epochs=2, shuffle=False, verbose=0, sample_weight=weight)
    return [model.predict(x, verbose=0), *model.get_weights()]


EXPECTED = trained(VALUES.astype("float32"))


def same(results: list[np.ndarray], expected: list[np.ndarray] = EXPECTED) -> None:
    for result, other in zip(results, expected, strict=True):
        np.testing.assert_array_equal(result, other)


DTYPES = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "g", ">i4", ">f4", ">f8", "<f4", "intp"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes(dtype: str) -> None:
    x, y, weight = VALUES.astype(dtype), VALUES[:, 0].astype(dtype), np.ones(40, dtype)
    same(trained(x, y, weight))


def test_booleans() -> None:
    x = VALUES > 2
    same(trained(x, x[:, 0]), trained(x.astype("float32"), x[:, :1].astype("float32")))


def layouts():
    big = np.zeros((80, 14))
    big[::2, 1:13:2] = VALUES
    packed = np.zeros(40, dtype=[("tag", "i1"), ("row", "f8", 6)])
    packed["row"] = VALUES
    readonly = VALUES.astype("float64")
    readonly.flags.writeable = False
    return {
        "Fortran": np.asfortranarray(VALUES.astype("float32")),
        "reversed": VALUES[::-1, ::-1].copy()[::-1, ::-1],
        "strided": big[::2, 1:13:2],
        "transposed": VALUES.T.copy().T,
        "unaligned": packed["row"],
        "read-only": readonly,
        "broadcast": np.broadcast_to(VALUES, (1, 40, 6))[0],
        "list": VALUES.tolist(),
        "tuple": tuple(map(tuple, VALUES.tolist())),
        "list of arrays": list(VALUES),
        "subclass": VALUES.view(type("Subclass", (np.ndarray,), {})),
        "unmasked": np.ma.masked_array(VALUES),
        "one more dimension": VALUES[..., None],
        "data frame": pd.DataFrame(VALUES),
        "frame of dtypes": pd.DataFrame({i: VALUES[:, i].astype("f4" if i % 2 else "u1") for i in range(6)}),
        "frame of nullables": pd.DataFrame(VALUES).astype("Int64"),
        "frame with booleans": pd.DataFrame(VALUES).astype({0: "Float32", 1: "int8"}),
    }


@pytest.mark.parametrize("name", layouts())
def test_layouts(name: str) -> None:
    same(trained(layouts()[name]))


@pytest.mark.parametrize(
    "y",
    [
        VALUES[:, 0].tolist(),
        pd.Series(VALUES[:, 0]),
        pd.Series(VALUES[:, 0], dtype="Int8"),
        pd.DataFrame(VALUES[:, :1]),
    ],
    ids=["list", "series", "nullable series", "data frame"],
)
def test_targets(y) -> None:
    same(trained(VALUES, y, pd.Series(np.ones(40))))


def test_frames_with_text_and_with_missing_values() -> None:
    frame = pd.DataFrame(VALUES).astype("Int64")
    frame.iloc[3, 2] = pd.NA
    predictions = trained_model().predict(frame, verbose=0)
    assert np.isnan(predictions[3]).all() and np.isfinite(np.delete(predictions, 3)).all()
    frame[1] = "1"
    with pytest.raises(ValueError, match="real numbers"):
        trained_model().predict(frame, verbose=0)
    with pytest.raises(ValueError, match="real numbers"):
        trained_model().predict(pd.DataFrame(VALUES).astype("category"), verbose=0)


def trained_model() -> Sequential:
    return Sequential([Input((6,)), Dense(1)])


def test_memory_maps(tmp_path) -> None:
    path = tmp_path / "x.npy"
    np.save(path, VALUES)
    same(trained(np.load(path, mmap_mode="r")))


def test_whatever_offers_an_array() -> None:
    class Wrapper:
        def __array__(self, dtype=None, copy=None):
            return VALUES

    same(trained(Wrapper()))


def test_what_offers_dlpack_alone() -> None:
    class Exported:
        def __init__(self, array) -> None:
            self.array = array

        def __dlpack__(self, **arguments):
            return self.array.__dlpack__(**arguments)

        def __dlpack_device__(self):
            return self.array.__dlpack_device__()

    x = VALUES.astype("float32")
    same(trained(Exported(x)))
    assert np.shares_memory(arrays.as_array(Exported(x), "x"), x)


@pytest.mark.parametrize("error", [RuntimeError, BufferError, TypeError, ValueError])
def test_what_offers_an_array_but_has_none(error) -> None:
    class Wrapper:
        def __array__(self, dtype=None, copy=None):
            raise error("detach it first")

    with pytest.raises(ValueError, match="`x` can't be read as an array: detach it first. Received: Wrapper"):
        trained(Wrapper())


def test_tables_of_arrow_ask_for_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    class Table:
        def __arrow_c_stream__(self, requested_schema=None):
            raise AssertionError("read by pyarrow")

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError, match="`x` is a table of Arrow, .*pip install pyarrow. Received: Table"):
        trained(Table())


def test_rows_of_any_shape_are_flattened_in_order() -> None:
    images = np.asfortranarray(VALUES.reshape(40, 2, 3).astype("uint8"))
    model = Sequential([Input((2, 3)), Flatten(), Dense(2)])
    flat = Sequential([Input((6,)), Dense(2)])
    flat.set_weights(model.get_weights())
    np.testing.assert_array_equal(model.predict(images[::-1], verbose=0), flat.predict(VALUES[::-1], verbose=0))


@pytest.mark.parametrize(
    "name", ["Fortran", "reversed", "strided", "read-only", "subclass", "one more dimension", "data frame"]
)
def test_views(name: str) -> None:
    """What the core can read as it lies is not copied."""
    given = layouts()[name]
    array = arrays.as_array(given, "x")
    assert np.shares_memory(array, given.to_numpy() if hasattr(given, "to_numpy") else given)
    assert np.shares_memory(data_set.to_input(array, (None, 6), "model"), array)


def test_splitting_and_training_copy_no_rows() -> None:
    x = np.zeros((200_000, 50), "float32")  # 40 MB
    y = np.zeros(200_000, "float32")
    model = Sequential([Input((50,)), Dense(1)])
    model.compile("sgd", "mse")
    model.fit(x[:100], y[:100], verbose=0)
    tracemalloc.start()
    try:
        model.fit(x, y, batch_size=1000, validation_split=0.5, verbose=0)
        model.evaluate(x, y, batch_size=1000, verbose=0)
        model.predict(x, verbose=0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8e6  # the order of the rows, and the predictions


def test_split_rule_is_keras() -> None:
    for n, share, first in ((10, 0.3, 7), (20, 0.01, 19), (70, 0.13, 60), (10, 0.1, 9), (3, 0.5, 1), (7, 0.33, 4)):
        rows = data_set.as_rows(np.arange(n)[:, None], np.arange(n), np.arange(n))
        train, validation = data_set.split(rows, share)
        assert len(train) == first == len(train.sample_weight[0]) and len(validation) == n - first
        assert validation.y[0][0] == first


def test_class_weights() -> None:
    rows = data_set.as_rows(np.zeros((5, 1)), [0, 1, 2, 1, 7])
    assert data_set.with_class_weight(rows, {1: 2.0, 2: 0.5, 9: 3.0}).sample_weight[0].tolist() == [1, 2, 0.5, 2, 1]
    hot = data_set.as_rows(np.zeros((3, 1)), np.eye(3)[[2, 0, 1]])
    assert data_set.with_class_weight(hot, {0: 4, 2: 0.5}).sample_weight[0].tolist() == [0.5, 4, 1]
    near = data_set.as_rows(np.zeros((2, 1)), [0.9999, 0.0])
    assert data_set.with_class_weight(near, {1: 3.0}).sample_weight[0].tolist() == [3, 1]
