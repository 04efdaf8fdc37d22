"""TensorBoard's event files: records of protocol buffers, written without TensorFlow.

A record is its length, the length's checksum, the bytes, their checksum (TensorFlow's TFRecord). The bytes are a
message `Event`, written here field by field: number and wire type in a tag, then a varint, a fixed word, or bytes with
their length. What an event holds is a `Summary` of one tensor, with the name of the plugin that shows it.

Source: TensorFlow, tensorflow/core/{lib/io/record_writer.cc, util/event.proto, framework/summary.proto}.
"""

from __future__ import annotations

import itertools
import os
import platform
import struct
import time
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FLOAT, _DOUBLE, _STRING = 1, 2, 7  # of the enumeration DataType
_SCALARS, _TENSOR, _BLOBS = 1, 2, 3  # of the enumeration DataClass
_BUCKETS = 30
_numbers = itertools.count()


class EventFile:
    """A new file `events.out.tfevents.*` in a folder, which is made if it is not there."""

    def __init__(self, folder: str) -> None:
        os.makedirs(folder, exist_ok=True)
        name = f"events.out.tfevents.{time.time():010.0f}.{platform.node()}.{os.getpid()}.{next(_numbers)}.v2"
        self._file = open(os.path.join(folder, name), "wb")
        self._write(_bytes(3, b"brain.Event:2"))

    def scalar(self, tag: str, value: float, step: int) -> None:
        """A point of a curve."""
        tensor = _message(_varint(1, _FLOAT), _shape(), _bytes(4, struct.pack("<f", value)))
        self._summary(tag, step, tensor, "scalars", _SCALARS)

    def histogram(self, tag: str, values: NDArray[Any], step: int) -> None:
        """How often values occur: rows of left edge, right edge and count, of 30 buckets; what is not finite is not."""
        values = np.asarray(values, np.float64).ravel()
        values = values[np.isfinite(values)]
        table = np.zeros((_BUCKETS, 3))
        if values.size and values.min() == values.max():
            table[:, :2] = values[0]
            table[-1, 2] = values.size
        elif values.size:
            counts, edges = np.histogram(values, _BUCKETS)
            table[:] = np.stack([edges[:-1], edges[1:], counts], axis=1)
        tensor = _message(_varint(1, _DOUBLE), _shape(_BUCKETS, 3), _bytes(4, table.astype("<f8").tobytes()))
        self._summary(tag, step, tensor, "histograms", _TENSOR)

    def image(self, tag: str, pixels: NDArray[Any], step: int) -> None:
        """A grey image (height, width); 0 is black, 1 white, and what is beyond as near as can be."""
        grey = np.clip(np.nan_to_num(pixels) * 255.5, 0, 255).astype(np.uint8)
        height, width = grey.shape
        parts = [str(width).encode(), str(height).encode(), _png(grey)]
        tensor = _message(_varint(1, _STRING), _shape(3), *(_bytes(8, part) for part in parts))
        self._summary(tag, step, tensor, "images", _BLOBS)

    def text(self, tag: str, text: str, plugin: str, content: bytes) -> None:
        """A text for a plugin, at step 0."""
        tensor = _message(_varint(1, _STRING), _shape(), _bytes(8, text.encode()))
        self._summary(tag, 0, tensor, plugin, 0, content)

    def flush(self) -> None:
        """Lets readers see what was written."""
        self._file.flush()

    def close(self) -> None:
        """Ends the file."""
        self._file.close()

    def _summary(self, tag: str, step: int, tensor: bytes, plugin: str, data_class: int, content: bytes = b"") -> None:
        plugin_data = _message(_bytes(1, plugin.encode()), _bytes(2, content))
        metadata = _message(_bytes(1, plugin_data), _varint(4, data_class))
        value = _message(_bytes(1, tag.encode()), _bytes(8, tensor), _bytes(9, metadata))
        self._write(_message(_varint(2, step), _bytes(5, _bytes(1, value))))

    def _write(self, event: bytes) -> None:
        data = struct.pack("<Bd", 1 << 3 | 1, time.time()) + event
        length = struct.pack("<Q", len(data))
        self._file.write(length + _checksum(length) + data + _checksum(data))


def _message(*fields: bytes) -> bytes:
    return b"".join(fields)


def _varint(field: int, value: int) -> bytes:
    """An integer of 0 or more; 0 is what a field that is not there means."""
    return _base128(field << 3) + _base128(value) if value else b""


def _bytes(field: int, value: bytes) -> bytes:
    return _base128(field << 3 | 2) + _base128(len(value)) + value


def _base128(value: int) -> bytes:
    """Seven bits a byte, the lowest first; all but the last byte have their highest bit set."""
    digits = bytearray()
    while value > 127:
        digits.append(value & 127 | 128)
        value >>= 7
    digits.append(value)
    return bytes(digits)


def _shape(*sizes: int) -> bytes:
    return _bytes(2, b"".join(_bytes(2, _varint(1, size)) for size in sizes))


def _castagnoli() -> list[int]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


_TABLE = _castagnoli()


def crc32c(data: bytes) -> int:
    """The cyclic redundancy check of Castagnoli's polynomial.

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF


def _checksum(data: bytes) -> bytes:
    """The check, turned and moved, as TFRecord stores it: a check of data that hold checks is worth little."""
    crc = crc32c(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def _png(grey: NDArray[np.uint8]) -> bytes:
    """A PNG file of 8 bits a pixel, without filters."""
    height, width = grey.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), grey], axis=1)  # each begins with its filter: none
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes())), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
