"""Damaged, foreign and hostile files: an error that names the file and what is wrong with it, and nothing loaded."""

from __future__ import annotations

import io
import json
import random
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import fuzz  # noqa: E402

from steepest import Sequential, layers, models  # noqa: E402
from steepest.saving.npz import read_npz, write_npz  # noqa: E402

READERS = ("npz", "checkpoint")  # which need NumPy alone; `test_h5_damaged.py` has the others


@pytest.mark.parametrize("reader", READERS)
def test_mutated_files_are_refused_in_words(reader, tmp_path) -> None:
    assert fuzz.read_all(reader, 60, tmp_path) == []


def saved(tmp_path, name="m.npz"):
    model = Sequential([layers.Input((3,)), layers.Dense(4), layers.Dense(2)])
    model.save(tmp_path / name)
    return tmp_path / name


def changed(path, change):
    """The same file after a change of its arrays."""
    arrays = dict(read_npz(str(path)))
    change(arrays)
    with open(path, "wb") as file:
        write_npz(file, arrays)
    return path


def text(value):
    return np.frombuffer(json.dumps(value).encode(), np.uint8)


def config_of(arrays):
    return json.loads(arrays["config.json"].tobytes())


def with_config(change):
    def apply(arrays):
        config = config_of(arrays)
        change(config)
        arrays["config.json"] = text(config)

    return apply


def dense(config, **arguments):
    config["config"]["layers"][1]["config"].update(arguments)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda arrays: arrays.pop("config.json"), "has no config.json"),
        (lambda arrays: arrays.pop("metadata.json"), "no model of steepest"),
        (
            lambda arrays: arrays.update({"metadata.json": text({"format": "steepest", "version": 2})}),
            "version 2 of the",
        ),
        (lambda arrays: arrays.update({"config.json": text([1, 2])}), "no description of a model"),
        (lambda arrays: arrays.update({"layers/dense/vars/0": np.zeros((3, 5))}), "'dense.*' has 2 weights"),
        (with_config(lambda config: dense(config, units=10**9)), "would need a weight of shape"),
        (with_config(lambda config: dense(config, units=-4)), "makes no model"),
        (with_config(lambda config: dense(config, kernel_initializer={"class_name": "__lambda__"})), "m.npz: "),
        (with_config(lambda config: config.update(class_name="Dense", module="keras.layers")), "m.npz: "),
        (
            with_config(lambda config: config["config"]["layers"][1].update(inbound_nodes=3, class_name="Add")),
            "m.npz: ",
        ),
    ],
)
def test_files_that_say_something_impossible_are_refused(change, message, tmp_path) -> None:
    path = changed(saved(tmp_path), change)
    with pytest.raises((ValueError, TypeError), match=message) as caught:
        models.load_model(path)
    assert str(path) in str(caught.value)


def archive(*members):
    """An archive of (name or ZipInfo, bytes)."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, data in members:
            file.writestr(name, data)
    return made.getvalue()


def link():
    info = zipfile.ZipInfo("config.json")
    info.external_attr = 0o120777 << 16
    return info


def bomb():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("config.json.npy", bytes(1 << 24))
    return made.getvalue()


def array(header, data=b""):
    padded = header.ljust(117).encode() + b"\n"
    return archive(("metadata.json.npy", b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded + data))


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no archive of a model"),
        (b"PK\x05\x06" + bytes(18), "no model of steepest"),
        (b"\x80\x04K\x01.", "no archive of a model"),  # a pickle
        (archive(("../config.json", b"{}")), "lies outside of the archive"),
        (archive(("/etc/config.json", b"{}")), "lies outside of the archive"),
        (archive(("C:\\config.json", b"{}")), "lies outside of the archive"),
        (archive(("a.npy", b"1"), ("a.npy", b"2")), "more than once"),
        (archive((link(), b"/etc/passwd")), "is a link"),
        (bomb(), "claims 16777216 bytes"),
        (array("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", b"\x80\x04K\x01."), "no plain array"),
        (array("{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776,)}"), "does not fit its 0 bytes"),
        (array("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}"), "the shape"),
        (array("__import__('os')"), "a header that is none"),
        (array("(" * 100), "a header that is none"),
    ],
)
def test_hostile_archives_are_refused(content, message, tmp_path) -> None:
    path = tmp_path / "m.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message) as caught:
        models.load_model(path)
    assert str(path) in str(caught.value)


def test_a_truncated_file_changes_nothing(tmp_path) -> None:
    model = Sequential([layers.Input((3,)), layers.Dense(4), layers.Dense(2)])
    path = saved(tmp_path)
    data = path.read_bytes()
    before = model.get_weights()
    for size in random.Random(0).sample(range(len(data)), 25):
        path.write_bytes(data[:size])
        with pytest.raises(ValueError, match="m.npz: damaged"):
            model.load_weights(path)
    assert all(map(np.array_equal, model.get_weights(), before))
