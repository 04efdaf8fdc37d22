"""Reads TensorBoard's event files, by the format and not by the code that writes them: no line is shared with it.

Held by hand against the package tensorboard 2.21, whose EventFileLoader finds the same events in the same files.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np


class Value(NamedTuple):
    """One summary: its tag and step, the plugin that shows it, that plugin's content and class of data, the tensor."""

    tag: str
    step: int
    plugin: str
    content: bytes
    data_class: int
    tensor: Any


def checksum(data: bytes) -> int:
    """CRC-32C bit by bit, masked as TFRecord does."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 * (crc & 1))
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17 & 0xFFFFFFFF) + 0xA282EAD8) % 2**32


def records(path: Path) -> Iterator[bytes]:
    """The records of a file, whose checksums must be right."""
    data, at = path.read_bytes(), 0
    while at < len(data):
        (length, check) = struct.unpack_from("<QI", data, at)
        assert check == checksum(data[at : at + 8])
        body = data[at + 12 : at + 12 + length]
        assert len(body) == length
        assert struct.unpack_from("<I", data, at + 12 + length) == (checksum(body),)
        yield body
        at += 16 + length


def fields(message: bytes) -> dict[int, list[Any]]:
    """The fields of a message of protocol buffers by number: integers, floats' bytes, or bytes."""
    found: dict[int, list[Any]] = {}
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        number, kind = divmod(varint(), 8)
        if kind == 0:
            value: Any = varint()
        else:
            size = {1: 8, 5: 4}.get(kind) or varint()
            value, at = message[at : at + size], at + size
        found.setdefault(number, []).append(value)
    assert at == len(message)
    return found


def tensor(message: bytes) -> Any:
    """The array of a TensorProto."""
    proto = fields(message)
    sizes = [fields(size)[1][0] for size in fields(proto[2][0]).get(2, [])]
    (dtype,) = proto[1]
    if dtype == 7:
        return proto[8]
    return np.frombuffer(proto[4][0], {1: "<f4", 2: "<f8"}[dtype]).reshape(sizes)


def values(folder: Path) -> list[Value]:
    """All summaries of the event files of a folder, in order."""
    found = []
    for path in sorted(folder.glob("events.out.tfevents.*")):
        first, *events = map(fields, records(path))
        assert first[3] == [b"brain.Event:2"]
        for event in events:
            for value in map(fields, fields(event[5][0])[1]):
                metadata = fields(value[9][0])
                plugin = fields(metadata[1][0])
                step, data_class = event.get(2, [0])[0], metadata.get(4, [0])[0]
                found.append(
                    Value(
                        value[1][0].decode(), step, plugin[1][0].decode(), plugin[2][0], data_class, tensor(value[8][0])
                    )
                )
    return found


def pixels(png: bytes) -> np.ndarray:
    """A grey PNG of 8 bits a pixel without filters."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, {}
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", png, at + 8 + length) == (zlib.crc32(kind + data),)
        chunks[kind] = data
        at += 12 + length
    width, height, *format = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert format == [8, 0, 0, 0, 0]
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), "u1").reshape(height, width + 1)
    assert not rows[:, 0].any()
    return rows[:, 1:]
