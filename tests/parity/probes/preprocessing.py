"""Probes of the layers that are adapted to data: what they learn, and what they make of arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

WORDS = [["red", "green", "red"], ["blue", "red", ""], ["green", "é", "blue"]]
NUMBERS = [[4, 4, 7], [7, 4, -3], [0, 9, 9]]
TABLE = np.sin(np.arange(60.0)).reshape(20, 3) * [1.0, 10.0, 0.01] + [0.0, 5.0, 1.0]
# of every length that FarmHash treats in its own way
TEXTS = ["".join(chr(97 + (7 * i * i + n) % 26) for i in range(n)) for n in (*range(1, 70, 3), 64, 65, 128, 129, 300)]


def _plain(value: Any) -> Any:
    array = np.asarray(value)
    return np.round(array.astype(float), 5).tolist() if array.dtype.kind == "f" else array.tolist()


def lookups(keras: Any) -> Any:
    """Vocabularies and indices of words and integers, in every mode."""
    layers, found = keras.layers, {}
    for mode in ("int", "one_hot", "multi_hot", "count", "tf_idf"):
        for options in ({}, {"mask_token": ""}, {"max_tokens": 4}, {"max_tokens": 9, "pad_to_max_tokens": True}):
            layer = layers.StringLookup(output_mode=mode, **options)
            layer.adapt(WORDS)
            key = f"{mode} {options}"
            found[key] = [[str(word) for word in layer.get_vocabulary()], _plain(layer([["blue", "", "gold"]]))]
            found[key] += [layer.vocabulary_size(), list(layer.compute_output_shape((None, 3)))]
    for options in ({}, {"num_oov_indices": 3}, {"num_oov_indices": 3, "mask_token": 4}, {"max_tokens": 3}):
        layer = layers.IntegerLookup(**options)
        layer.adapt(np.array(NUMBERS))
        asked = np.array([[4, 7, 100, -8, 5, 4]])
        found[f"integers {options}"] = [[int(n) for n in layer.get_vocabulary()], _plain(layer(asked))]
    hashed = layers.IntegerLookup(vocabulary=[1], num_oov_indices=50, oov_method="farmhash")
    found["hashed integers"] = _plain(hashed(np.array([1, 2, -3, 400])))
    back = layers.IntegerLookup(vocabulary=[12, 36], mask_token=7, invert=True)
    found["inverted"] = _plain(back(np.array([0, 1, 2, 3, 4])))
    for salt in (None, 3, [3, 4]):
        shared = layers.StringLookup(vocabulary=["a"], num_oov_indices=1000, salt=salt)
        found[f"words that share indices, salt {salt}"] = _plain(shared(TEXTS))
    weighted = layers.StringLookup(vocabulary=["a", "b"], idf_weights=[0.5, 2.0], output_mode="tf_idf")
    found["given weights"] = _plain(weighted([["a", "a", "b", "c"]]))
    return found


def hashes(keras: Any) -> Any:
    """Bins of strings and integers."""
    found = {}
    for options in ({}, {"salt": 7}, {"salt": [1, 2]}, {"mask_value": TEXTS[3]}):
        found[str(options)] = _plain(keras.layers.Hashing(1009, **options)(TEXTS))
    for mode in ("one_hot", "multi_hot", "count"):
        found[mode] = _plain(keras.layers.Hashing(4, output_mode=mode)([["a"], ["b"], ["c"]]))
    found["integers"] = _plain(keras.layers.Hashing(1009)(np.array([[0, -1, 12345678901]])))
    return found


def encodings(keras: Any) -> Any:
    """Bins of numbers and rows of categories."""
    layers, found = keras.layers, {}
    for bins in (2, 3, 10):
        layer = layers.Discretization(num_bins=bins)
        layer.adapt(TABLE)
        found[f"{bins} bins"] = [_plain(layer.bin_boundaries), _plain(layer(TABLE))]
    coarse = layers.Discretization(num_bins=4, epsilon=0.2)
    coarse.adapt([TABLE[:7], TABLE[7:]])
    found["coarse bins of batches"] = _plain(coarse.bin_boundaries)
    for mode in ("int", "one_hot", "multi_hot", "count"):
        layer = layers.Discretization(bin_boundaries=[0.0, 1.5], output_mode=mode)
        found[f"discretized, {mode}"] = [
            _plain(layer(np.array(x))) for x in ([[-1.0, 0.0], [1.5, 9.0]], [[0.5], [2.0]])
        ]
    for mode in ("one_hot", "multi_hot", "count"):
        layer = layers.CategoryEncoding(5, output_mode=mode)
        found[f"encoded, {mode}"] = [_plain(layer(np.array(x))) for x in ([[0, 4], [2, 2]], [[3], [1]], [1, 2], 3)]
        found[f"shapes, {mode}"] = [list(layer.compute_output_shape(shape)) for shape in ((None, 2), (None, 1), (7,))]
    weighted = layers.CategoryEncoding(3, output_mode="count")
    found["weighted"] = _plain(weighted(np.array([[0, 2, 2]]), count_weights=np.array([[0.5, 1.0, 2.0]])))
    return found


def normalizations(keras: Any) -> Any:
    """Statistics, and what they make of the data, along every axis."""
    found = {}
    cube = TABLE.reshape(5, 4, 3)
    for data, axis in (
        (TABLE, -1),
        (TABLE, None),
        (cube, -1),
        (cube, 1),
        (cube, (1, 2)),
        (cube, None),
        (TABLE[:, 0], None),
    ):
        layer = keras.layers.Normalization(axis=axis)
        layer.adapt(data)
        key = f"axis {axis} of {data.shape}"
        found[key] = [_plain(layer.mean), _plain(layer.variance), _plain(layer(data))]
        back = keras.layers.Normalization(axis=axis, invert=True)
        back.adapt(data)
        found[f"{key}, inverted"] = _plain(back(np.ones_like(data)))
    batches = keras.layers.Normalization()
    batches.adapt([TABLE[:7], TABLE[7:]])
    found["batches"] = [_plain(batches.mean), _plain(batches.variance)]
    for given in ((2.0, 4.0), ([1.0, 2.0, 3.0], [4.0, 0.0, 1.0])):
        found[f"given {given}"] = _plain(keras.layers.Normalization(mean=given[0], variance=given[1])(TABLE[:2]))
    return found


PROBES: dict[str, Callable[[Any], Any]] = {
    "lookups": lookups,
    "hashes": hashes,
    "encodings": encodings,
    "normalizations": normalizations,
}
