"""Zip archives as they are safe to read: every member's name and size is checked before it is opened."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from typing import Any, BinaryIO

_FREE, _DENSEST = 1 << 20, 100  # bytes that may come of a member anyway; how many may come of one byte


def write_members(file: BinaryIO, members: Mapping[str, bytes | str]) -> None:
    """Writes an archive of bytes by name, uncompressed, and the same for the same members."""
    import zipfile

    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)


def read_members(path: str, wanted: tuple[str, ...] | None = None) -> dict[str, bytes]:
    """The members of these names, as far as they are there; all of them by default.

    Raises:
        ValueError: for what is no archive or is damaged, for two members of one name, one that lies outside the
            archive's own folder, a link, an encrypted one, and one of far more bytes than are in the file for it.
        FileNotFoundError: if there is no file.
    """
    import zipfile
    import zlib

    size = os.path.getsize(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check(members, size)
            names = archive.namelist() if wanted is None else [one for one in wanted if one in archive.NameToInfo]
            return {name: archive.read(name) for name in names}
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise ValueError(f"{path}: damaged, or no archive of a model: {error}") from None


def _check(members: list[Any], size: int) -> None:
    seen = set()
    for member in members:
        name = member.filename
        parts = name.replace("\\", "/").split("/")
        if name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in name:
            raise ValueError(f"member {name!r} lies outside of the archive")
        if name in seen:
            raise ValueError(f"member {name!r} is there more than once")
        seen.add(name)
        if stat.S_ISLNK(member.external_attr >> 16):
            raise ValueError(f"member {name!r} is a link")
        if member.flag_bits & 1:
            raise ValueError(f"member {name!r} is encrypted")
        if member.compress_size > size or member.file_size > _FREE + _DENSEST * member.compress_size:
            raise ValueError(f"member {name!r} claims {member.file_size} bytes, of {member.compress_size} in the file")
