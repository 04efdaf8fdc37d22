"""Arrays in HDF5 files, through h5py: what is read is checked before memory is taken for it.

Only what Keras writes is taken: groups, and arrays of numbers that lie in the file in one piece, as they are. Links to
other places, compressed, external and virtual arrays are refused; so all arrays together are never more than the file.
"""

from __future__ import annotations

import io
import math
import os
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_TEXTS = ("model_config", "training_config", "layer_names", "weight_names")  # the attributes that say something
_DEEPEST, _MOST = 64, 1_000_000  # groups in groups, objects in a file


def h5py() -> Any:
    """The package.

    Raises:
        ImportError: if it is not installed.
    """
    try:
        import h5py as module  # type: ignore[import-untyped,import-not-found]
    except ImportError:
        raise ImportError(
            'HDF5 files, also those in `.keras` archives, are read and written by h5py: pip install "steepest[h5]", or '
            "pip install h5py. A `.npz` file needs nothing."
        ) from None
    return module


def hdf5_bytes(arrays: Mapping[str, Array], names: Mapping[str, str]) -> bytes:
    """A file of these arrays.

    Args:
        arrays: by their paths.
        names: of each owner by its path: an attribute of its group `vars`.
    """
    with h5py().File("in memory", "w", driver="core", backing_store=False) as root:
        for path, name in names.items():
            root.create_group(f"{path}/vars" if path else "vars").attrs["name"] = name
        for path, array in arrays.items():
            root[path] = array
        root.flush()
        content: bytes = root.id.get_file_image()
    return content


def read_arrays(file: Any, source: str) -> dict[str, Array]:
    """The arrays of `read_file`."""
    return read_file(file, source)[0]


def read_file(file: Any, source: str) -> tuple[dict[str, Array], dict[tuple[str, str], Any]]:
    """The arrays of a file by their paths; attributes of the groups that are texts or lists of texts, by path and name.

    Args:
        file: a path, or bytes.
        source: what messages call the file.

    Raises:
        ValueError: for what is no HDF5 file, is damaged, or holds anything but groups and plain arrays of numbers.
    """
    library = h5py()
    size = len(file) if isinstance(file, bytes) else os.path.getsize(file)
    try:
        with library.File(io.BytesIO(file) if isinstance(file, bytes) else file, "r") as root:
            texts: dict[tuple[str, str], Any] = {}
            found = dict(_datasets(library, root, texts))
            if sum(_bytes(dataset) for dataset in found.values()) > size:
                raise ValueError("its arrays are larger than the file")
            return {path: _read(dataset, path, size) for path, dataset in found.items()}, texts
    except (OSError, KeyError, RuntimeError, TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{source}: damaged, or no HDF5 file of weights: {error}") from None


def _datasets(library: Any, root: Any, texts: dict[tuple[str, str], Any]) -> Iterator[tuple[str, Any]]:
    groups, seen = [("", root, 0)], 0
    while groups:
        path, group, depth = groups.pop()
        if depth > _DEEPEST:
            raise ValueError(f"more than {_DEEPEST} groups in each other")
        for name in group.attrs:
            text = _text(group.attrs[name]) if name.startswith(_TEXTS) else None
            if text is not None:
                texts[path, name] = text
        for name in group:
            seen += 1
            if seen > _MOST:
                raise ValueError(f"more than {_MOST} objects")
            inner = f"{path}/{name}" if path else name
            if type(group.get(name, getlink=True)) is not library.HardLink:
                raise ValueError(f"{inner!r} is a link to somewhere else")
            found = group[name]
            if isinstance(found, library.Group):
                groups.append((inner, found, depth + 1))
            elif isinstance(found, library.Dataset):
                yield inner, found
            else:
                raise ValueError(f"{inner!r} is neither a group nor an array")


def _text(value: Any) -> Any:
    """A text, or a list of them; None for anything else."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, str):
        return str(value)
    if not isinstance(value, np.ndarray) or value.ndim != 1:
        return None
    items = [_text(item) for item in value.tolist()]
    return items if all(isinstance(item, str) for item in items) else None


def _bytes(dataset: Any) -> int:
    return math.prod(dataset.shape or ()) * int(dataset.dtype.itemsize)


def _read(dataset: Any, path: str, size: int) -> Array:
    dtype = dataset.dtype
    if dataset.shape is None or dtype.kind not in "biuf" or dtype.hasobject:
        raise ValueError(f"{path!r} is no array of numbers. Received: dtype {dtype}, shape {dataset.shape}")
    if dataset.chunks is not None or dataset.external or dataset.is_virtual:
        raise ValueError(f"{path!r} does not lie in the file in one piece: it is compressed, external or virtual")
    offset = dataset.id.get_offset()
    if offset is not None and offset + _bytes(dataset) > size:
        raise ValueError(f"{path!r} ends behind the end of the file")
    return np.asarray(dataset[()])
