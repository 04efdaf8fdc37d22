"""Files fetched once and kept: found in Keras's cache, checked, never half-written."""

from __future__ import annotations

import os
from typing import IO

# What `origin` starts with unless STEEPEST_DATASETS_URL names a mirror.
BASE_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"

_CHUNK = 1 << 16
_TIMEOUT_SECONDS = 30  # without a byte


def origin(name: str) -> str:
    """The URL of a file of Keras's data sets, on the mirror `$STEEPEST_DATASETS_URL` if that is set."""
    return os.environ.get("STEEPEST_DATASETS_URL", BASE_URL).rstrip("/") + "/" + name


def get_file(
    fname: str | os.PathLike[str] | None = None,
    origin: str | None = None,
    *,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    cache_dir: str | os.PathLike[str] | None = None,
    force_download: bool = False,
) -> str:
    """The path of a local copy of the file at `origin`, fetched if the cache has none.

    Args:
        fname: the name of the copy; None: the last part of the URL.
        origin: the URL.
        file_hash: what the file's checksum has to be, in hexadecimal; None: the file is not checked.
        cache_subdir: the folder in `cache_dir`; an absolute path stands for itself.
        hash_algorithm: "sha256", "md5" or "auto", which tells by the length of `file_hash`.
        cache_dir: None: `$KERAS_HOME`, else `~/.keras`, else, where that can't be written, a temporary folder.
        force_download: fetch it even if the cache has it.

    Returns:
        The path. The file appears there complete and checked, or not at all, also when the download is interrupted.

    Raises:
        ConnectionError: if it can't be fetched; says what was fetched and where to put the file by hand.
        ValueError: if the checksum is wrong (nothing is kept then), or an argument.

    Example:

    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "far.txt").write_text("hello")
    >>> path = get_file("near.txt", (folder / "far.txt").as_uri(), cache_dir=folder)  # doctest: +ELLIPSIS
    Downloading data from file:///...far.txt
    5/5 ...
    >>> open(path).read()
    'hello'

    As `keras.utils.get_file`, without the unpacking of archives.
    """
    if not origin:
        raise ValueError(f"`origin` must be the URL of the file to fetch. Received: origin={origin!r}")
    name = _file_name(fname, origin)
    algorithm = _algorithm(hash_algorithm, file_hash)
    path = os.path.join(_cache_folder(cache_dir, cache_subdir, name), name)
    if os.path.exists(path) and not force_download:
        if file_hash is None or _digest(path, algorithm) == file_hash.lower():
            return path
        print(f"{path} is not the file that it should be ({algorithm} is not {file_hash}): fetching it again")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    _fetch(origin, path, file_hash, algorithm)
    return path


def _file_name(fname: str | os.PathLike[str] | None, origin: str) -> str:
    if fname is None:
        from urllib.parse import unquote, urlsplit

        name = os.path.basename(unquote(urlsplit(origin).path))
    else:
        name = os.fspath(fname)
    if name in ("", ".", "..") or os.path.basename(name) != name:
        raise ValueError(
            f"`fname` must be the plain name of a file; `cache_dir` and `cache_subdir` say where it goes. "
            f"Received: fname={fname!r}, origin={origin!r}"
        )
    return name


def _algorithm(hash_algorithm: str, file_hash: str | None) -> str:
    if hash_algorithm == "auto":
        return "sha256" if file_hash is None or len(file_hash) == 64 else "md5"
    if hash_algorithm in ("sha256", "md5"):
        return hash_algorithm
    raise ValueError(f"`hash_algorithm` must be 'auto', 'sha256' or 'md5'. Received: hash_algorithm={hash_algorithm!r}")


def _cache_folder(cache_dir: str | os.PathLike[str] | None, subdir: str, name: str) -> str:
    """Where `name` is or belongs: in Keras's home, or where Keras goes if its home can't be written."""
    home = os.path.expanduser(cache_dir or os.environ.get("KERAS_HOME") or os.path.join("~", ".keras"))
    folder = os.path.join(home, subdir)
    if os.path.exists(os.path.join(folder, name)):
        return folder
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError:
        writable = False
    else:
        writable = os.access(folder, os.W_OK)
    if writable:
        return folder
    import tempfile

    return os.path.join(tempfile.gettempdir(), ".keras", subdir)


def _digest(path: str, algorithm: str) -> str:
    import hashlib

    digest = hashlib.new(algorithm, usedforsecurity=False)
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _fetch(origin: str, path: str, file_hash: str | None, algorithm: str) -> None:
    """Writes beside `path` and renames at the end, so that nobody ever sees a part of the file."""
    import http.client
    import tempfile

    print(f"Downloading data from {origin}")
    handle, part = tempfile.mkstemp(prefix=os.path.basename(path) + ".", suffix=".part", dir=os.path.dirname(path))
    try:
        with os.fdopen(handle, "wb") as file:
            try:
                _copy(origin, file)
            except (OSError, http.client.HTTPException) as error:
                raise ConnectionError(
                    f"URL fetch failure on {origin}: {error}. If this machine has no network, fetch that file "
                    f"elsewhere and put it at {path}; a mirror of Keras's data sets is named by STEEPEST_DATASETS_URL."
                ) from error
        received = file_hash and _digest(part, algorithm)
        if file_hash and received != file_hash.lower():
            raise ValueError(
                f"Incomplete or corrupted file detected: the {algorithm} of what {origin} sent is not the expected "
                f"{file_hash}. Nothing was kept. Received: {received}"
            )
        os.chmod(part, 0o644)  # mkstemp made it for its owner alone, a cache may be shared
        os.replace(part, path)
    except BaseException:
        os.unlink(part)
        raise


def _copy(origin: str, file: IO[bytes]) -> None:
    """The bytes at `origin` into `file`, with Keras's progress bar, which counts them."""
    import urllib.request

    from steepest.callbacks.progbar import Progbar

    with urllib.request.urlopen(origin, timeout=_TIMEOUT_SECONDS) as response:
        total = int(response.headers.get("Content-Length") or 0)
        bar = Progbar(total or None, unit_name="byte")
        done = 0
        while chunk := response.read(_CHUNK):
            file.write(chunk)
            done += len(chunk)
            bar.update(done)
    if done < total:  # http.client ends a broken transfer as if it were whole
        raise OSError(f"the connection ended after {done} of {total} bytes")
    if not total:
        bar.update(done, finalize=True)
