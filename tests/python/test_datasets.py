"""Data sets: the shipped digits, and Keras's files fetched from a server on the loopback interface."""

import gzip
import hashlib
import http.server
import os
import pathlib
import subprocess
import sys
import threading

import numpy as np
import pytest

from steepest import datasets
from steepest.datasets import _download, boston_housing, california_housing, digits, fashion_mnist, mnist


class Server(http.server.ThreadingHTTPServer):
    """Serves `files` and remembers what was asked for; `cut` bytes of each answer are announced but not sent."""

    def __init__(self):
        self.files, self.asked, self.cut = {}, [], 0
        super().__init__(("127.0.0.1", 0), Handler)

    def url(self, name):
        return f"http://127.0.0.1:{self.server_port}/{name}"

    def add(self, name, content):
        self.files["/" + name] = content
        return hashlib.sha256(content).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        content = self.server.files.get(self.path)
        if content is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) - self.server.cut])

    def log_message(self, *args):
        pass


@pytest.fixture
def server(monkeypatch, tmp_path):
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("STEEPEST_DATASETS_URL", server.url(""))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def npz(tmp_path, **arrays):
    np.savez(tmp_path / "made.npz", **arrays)
    return (tmp_path / "made.npz").read_bytes()


def idx(array):
    """The IDX format of the original MNIST files, gzipped."""
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
    return gzip.compress(header + array.tobytes())


def kept(folder):
    return sorted(p.name for p in pathlib.Path(folder).rglob("*") if p.is_file())


# The digits


def test_digits_are_those_of_uci():
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    assert (x_train.shape, x_test.shape) == ((1437, 8, 8), (360, 8, 8))
    assert x_train.dtype == y_train.dtype == x_test.dtype == y_test.dtype == np.uint8
    x, y = np.concatenate([x_train, x_test]), np.concatenate([y_train, y_test])
    assert (x.min(), x.max()) == (0, 16)
    # The classes' sizes of optdigits.tes as its documentation at UCI gives them.
    assert np.bincount(y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    # The first image of optdigits.tes is a zero; its third line reads 0,3,15,2,0,11,8,0.
    images, labels = digits.load_data(test_split=0, seed=113)[0]
    zero = np.array([[0, 0, 5, 13, 9, 1, 0, 0], [0, 0, 13, 15, 10, 15, 5, 0], [0, 3, 15, 2, 0, 11, 8, 0]])
    found = np.flatnonzero((images[:, :3] == zero).all(axis=(1, 2)))
    assert labels[found].tolist() == [0]


def test_digits_split_is_fixed_by_the_seed_and_complete():
    train, test = digits.load_data(seed=7)
    again, _ = digits.load_data(seed=7)
    other, _ = digits.load_data(seed=8)
    assert np.array_equal(train[0], again[0])
    assert not np.array_equal(train[0], other[0])
    rows = np.concatenate([train[0], test[0]]).reshape(1797, 64)
    all_rows = digits.load_data(test_split=0)[0][0].reshape(1797, 64)
    assert np.array_equal(
        np.sort(rows.view("V64").ravel()), np.sort(np.ascontiguousarray(all_rows).view("V64").ravel())
    )
    assert digits.load_data(test_split=0.5)[1][0].shape == (899, 8, 8)


@pytest.mark.parametrize("load", [digits.load_data, boston_housing.load_data, california_housing.load_data])
@pytest.mark.parametrize("test_split", [-0.1, 1, 1.5, float("nan")])
def test_bad_split_is_refused_before_anything_is_fetched(server, load, test_split):
    with pytest.raises(ValueError, match=f"test_split={test_split}"):
        load(test_split=test_split)
    assert server.asked == []


def test_digits_credit_travels_with_the_data():
    folder = pathlib.Path(digits.__file__).parent
    assert "CC BY 4.0" in (folder / "digits.LICENSE.md").read_text()
    assert "CC BY 4.0" in digits.load_data.__doc__
    assert (folder / "digits.npz").stat().st_size < 100_000


def test_unknown_data_set_names_the_known_ones():
    with pytest.raises(AttributeError, match="'cifar10'.*boston_housing, california_housing, digits"):
        datasets.cifar10  # noqa: B018
    assert dir(datasets) == sorted(datasets.__all__)


# Keras's files, in their true formats, small


def test_mnist(server, tmp_path, monkeypatch, capsys):
    made = {
        "x_train": np.arange(3 * 28 * 28, dtype=np.uint8).reshape(3, 28, 28),
        "y_train": np.array([5, 0, 4], np.uint8),
        "x_test": np.full((2, 28, 28), 255, np.uint8),
        "y_test": np.array([7, 2], np.uint8),
    }
    monkeypatch.setattr(mnist, "SHA256", server.add("mnist.npz", npz(tmp_path, **made)))
    (x_train, y_train), (x_test, y_test) = mnist.load_data()
    for name, got in [("x_train", x_train), ("y_train", y_train), ("x_test", x_test), ("y_test", y_test)]:
        assert got.dtype == np.uint8
        assert np.array_equal(got, made[name])
    assert server.url("mnist.npz") in capsys.readouterr().out
    assert kept(tmp_path / "home") == ["mnist.npz"]
    mnist.load_data()
    mnist.load_data(path="mine.npz")
    assert server.asked == ["/mnist.npz", "/mnist.npz"]  # the second for the other name
    assert kept(tmp_path / "home") == ["mine.npz", "mnist.npz"]


def test_fashion_mnist(server, tmp_path, monkeypatch):
    rng = np.random.default_rng(1)
    made = {
        "train-labels-idx1-ubyte.gz": rng.integers(0, 10, 5, np.uint8),
        "train-images-idx3-ubyte.gz": rng.integers(0, 256, (5, 28, 28), np.uint8),
        "t10k-labels-idx1-ubyte.gz": rng.integers(0, 10, 2, np.uint8),
        "t10k-images-idx3-ubyte.gz": rng.integers(0, 256, (2, 28, 28), np.uint8),
    }
    assert made.keys() == fashion_mnist.SHA256.keys()
    monkeypatch.setattr(fashion_mnist, "SHA256", {name: server.add(name, idx(a)) for name, a in made.items()})
    (x_train, y_train), (x_test, y_test) = fashion_mnist.load_data()
    for got, want in zip((y_train, x_train, y_test, x_test), made.values(), strict=True):
        assert got.dtype == np.uint8
        assert np.array_equal(got, want)
    assert sorted(os.listdir(tmp_path / "home" / "datasets" / "fashion-mnist")) == sorted(made)


# What real Keras 3.15 returns for files of 12 and 700 rows whose targets are their row numbers.
BOSTON = {
    (0.2, 113): ([4, 3, 9, 8, 1, 0, 11, 7, 6], [10, 2, 5]),
    (0.5, 7): ([7, 10, 2, 5, 0, 1], [11, 8, 3, 6, 9, 4]),
    (0, 113): ([4, 3, 9, 8, 1, 0, 11, 7, 6, 10, 2, 5], []),
}
CALIFORNIA = {
    "large": (560, 140, [107, 175, 556, 64, 39, 541], [450, 642, 351, 224, 113, 225]),
    "small": (480, 120, [568, 505, 59, 71, 298, 205], [163, 161, 301, 538, 226, 283]),
}


def test_boston_housing_holds_out_the_rows_that_keras_does(server, tmp_path, monkeypatch):
    x, y = np.arange(24.0).reshape(12, 2), np.arange(12.0)
    monkeypatch.setattr(boston_housing, "SHA256", server.add("boston_housing.npz", npz(tmp_path, x=x, y=y)))
    for (test_split, seed), (train, test) in BOSTON.items():
        (x_train, y_train), (x_test, y_test) = boston_housing.load_data(test_split=test_split, seed=seed)
        assert (y_train.tolist(), y_test.tolist()) == (train, test)
        assert np.array_equal(x_train, x[train])
        assert np.array_equal(x_test, x[test])


@pytest.mark.parametrize("version", CALIFORNIA)
def test_california_housing_holds_out_the_rows_that_keras_does(server, tmp_path, monkeypatch, version):
    x, y = np.arange(1400.0).reshape(700, 2), np.arange(700.0)
    monkeypatch.setattr(california_housing, "SHA256", server.add("california_housing.npz", npz(tmp_path, x=x, y=y)))
    rows, held_out, train, test = CALIFORNIA[version]
    (x_train, y_train), (x_test, y_test) = california_housing.load_data(version)
    assert (len(x_train), len(x_test)) == (rows, held_out)
    assert (y_train[:6].tolist(), y_test[:6].tolist()) == (train, test)
    assert np.array_equal(x_test, x[y_test.astype(int)])


def test_california_version_is_checked(server):
    with pytest.raises(ValueError, match="'small' or 'large'.*Received: version='medium'"):
        california_housing.load_data(version="medium")
    assert server.asked == []


def test_pickles_are_refused(server, tmp_path, monkeypatch):
    evil = npz(tmp_path, x=np.array([{"a": 1}], dtype=object), y=np.zeros(1))
    monkeypatch.setattr(boston_housing, "SHA256", server.add("boston_housing.npz", evil))
    with pytest.raises(ValueError, match="allow_pickle"):
        boston_housing.load_data()


def test_addresses_and_checksums_are_those_of_keras(monkeypatch):
    monkeypatch.delenv("STEEPEST_DATASETS_URL", raising=False)
    assert _download.origin("a.npz") == "https://storage.googleapis.com/tensorflow/tf-keras-datasets/a.npz"
    assert mnist.SHA256 == "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
    assert california_housing.SHA256 == "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f"
    assert boston_housing.SHA256 == "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"


# get_file


def test_a_wrong_checksum_is_refused_and_nothing_kept(server, tmp_path):
    received = server.add("data.bin", b"something else")
    with pytest.raises(ValueError, match=f"(?s)sha256.*{'0' * 64}.*Received: {received}"):
        _download.get_file("data.bin", server.url("data.bin"), file_hash="0" * 64)
    assert kept(tmp_path) == []


@pytest.mark.parametrize("algorithm", ["auto", "md5"])
def test_md5_is_checked_too(server, algorithm):
    server.add("data.bin", b"some bytes")
    md5 = hashlib.md5(b"some bytes").hexdigest().upper()
    path = _download.get_file("data.bin", server.url("data.bin"), file_hash=md5, hash_algorithm=algorithm)
    assert pathlib.Path(path).read_bytes() == b"some bytes"
    with pytest.raises(ValueError, match="md5"):
        _download.get_file("more.bin", server.url("data.bin"), file_hash="0" * 32, hash_algorithm=algorithm)


def test_a_damaged_copy_is_fetched_again_and_a_good_one_is_not(server, tmp_path, capsys):
    file_hash = server.add("data.bin", b"good")
    copy = tmp_path / "home" / "datasets" / "data.bin"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(b"bad")
    for _ in range(2):
        assert _download.get_file("data.bin", server.url("data.bin"), file_hash=file_hash) == str(copy)
        assert copy.read_bytes() == b"good"
    assert server.asked == ["/data.bin"]
    assert "is not the file that it should be" in capsys.readouterr().out


def test_a_damaged_copy_stays_if_a_better_one_cannot_be_had(server, tmp_path):
    copy = tmp_path / "home" / "datasets" / "data.bin"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(b"mine")
    with pytest.raises(ConnectionError):
        _download.get_file("data.bin", server.url("data.bin"), file_hash="0" * 64)
    assert copy.read_bytes() == b"mine"
    assert kept(tmp_path) == ["data.bin"]


def test_force_download(server):
    server.add("data.bin", b"old")
    path = _download.get_file("data.bin", server.url("data.bin"))
    server.add("data.bin", b"new")
    assert _download.get_file("data.bin", server.url("data.bin")) == path
    assert pathlib.Path(path).read_bytes() == b"old"
    _download.get_file("data.bin", server.url("data.bin"), force_download=True)
    assert pathlib.Path(path).read_bytes() == b"new"


def test_the_name_comes_from_the_address_and_the_folder_from_the_caller(server, tmp_path):
    server.add("some/where%20else/a.csv?version=2", b"1,2")
    path = _download.get_file(
        origin=server.url("some/where%20else/a.csv?version=2"), cache_dir=tmp_path, cache_subdir="sub"
    )
    assert path == str(tmp_path / "sub" / "a.csv")
    path = _download.get_file(
        pathlib.Path("b.csv"), server.url("some/where%20else/a.csv?version=2"), cache_dir=tmp_path
    )
    assert path == str(tmp_path / "datasets" / "b.csv")


def test_unreachable_says_what_was_fetched_and_where_to_put_it(server, tmp_path):
    with pytest.raises(ConnectionError) as missing:
        _download.get_file("gone.bin", server.url("gone.bin"))
    place = str(tmp_path / "home" / "datasets" / "gone.bin")
    for part in ("URL fetch failure on " + server.url("gone.bin"), "404", place, "STEEPEST_DATASETS_URL"):
        assert part in str(missing.value)
    with pytest.raises(ConnectionError, match="http://127.0.0.1:9/mnist.npz"):  # nobody listens on the discard port
        _download.get_file("mnist.npz", "http://127.0.0.1:9/mnist.npz")
    with pytest.raises(ConnectionError, match="no-such-host.invalid"):  # a name that is reserved for not existing
        _download.get_file("mnist.npz", "http://no-such-host.invalid/mnist.npz")
    assert kept(tmp_path) == []


def test_a_transfer_that_breaks_off_is_refused_without_a_checksum_too(server, tmp_path):
    server.add("data.bin", b"0123456789")
    server.cut = 4
    with pytest.raises(ConnectionError, match="6 of 10 bytes"):
        _download.get_file("data.bin", server.url("data.bin"))
    assert kept(tmp_path) == []


def test_an_interrupted_download_leaves_nothing(server, tmp_path, monkeypatch):
    def interrupted(origin, file):
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(_download, "_copy", interrupted)
    with pytest.raises(KeyboardInterrupt):
        _download.get_file("data.bin", server.url("data.bin"))
    assert kept(tmp_path) == []


@pytest.mark.parametrize("name", ["a/b", "../b", "..", "", os.sep + "b"])
def test_names_that_leave_the_cache_folder_are_refused(server, name):
    with pytest.raises(ValueError, match="plain name of a file"):
        _download.get_file(name, server.url("data.bin"))
    assert server.asked == []


def test_bad_arguments(server):
    with pytest.raises(ValueError, match="`origin` must be the URL"):
        _download.get_file("data.bin")
    with pytest.raises(ValueError, match="plain name of a file"):
        _download.get_file(origin=server.url(""))
    with pytest.raises(ValueError, match="'auto', 'sha256' or 'md5'.*Received: hash_algorithm='crc32'"):
        _download.get_file("data.bin", server.url("data.bin"), hash_algorithm="crc32")


def test_a_home_that_cannot_be_made_falls_back_to_the_folder_for_temporary_files(server, tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    server.add("data.bin", b"bytes")
    path = _download.get_file("data.bin", server.url("data.bin"))
    assert path == str(tmp_path / ".keras" / "datasets" / "data.bin")


def test_without_keras_home_it_is_in_the_home_folder(server, tmp_path, monkeypatch):
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    server.add("data.bin", b"bytes")
    path = _download.get_file("data.bin", server.url("data.bin"))
    assert path == str(tmp_path / ".keras" / "datasets" / "data.bin")


def test_the_bytes_are_counted_by_a_progress_bar(server, capsys):
    server.add("data.bin", bytes(250_000))
    _download.get_file("data.bin", server.url("data.bin"))
    assert "250000/250000" in capsys.readouterr().out.splitlines()[-1]


def test_importing_data_sets_loads_neither_the_network_nor_the_checksums():
    code = (
        "import sys, numpy; before = set(sys.modules)\n"
        "from steepest.datasets import boston_housing, california_housing, digits, fashion_mnist, mnist\n"
        "print(sorted({'urllib.request', 'hashlib', 'gzip', 'tempfile', 'http.client'} & (set(sys.modules) - before)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"
