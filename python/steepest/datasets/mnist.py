"""MNIST: 70,000 handwritten digits of 28x28."""

from __future__ import annotations

import numpy as np

from steepest.datasets._download import get_file, origin
from steepest.datasets._split import Parts

SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"


def load_data(path: str = "mnist.npz") -> Parts:
    """MNIST, as `keras.datasets.mnist.load_data`; fetched on first use (11 MB).

    Args:
        path: the name of the file in the cache folder.

    Returns:
        `(x_train, y_train), (x_test, y_test)`, 60,000 and 10,000 rows.
        x: uint8, (rows, 28, 28), brightness 0 (paper) to 255 (ink); y: uint8, (rows,), the digit 0 to 9.

    Raises:
        ConnectionError: if it is not in the cache and can't be fetched.
        ValueError: if what was fetched is not the file it should be.

    Example:

    >>> from steepest.datasets import mnist
    >>> (x_train, y_train), (x_test, y_test) = mnist.load_data()  # doctest: +SKIP
    >>> x_train.shape, x_test.shape  # doctest: +SKIP
    ((60000, 28, 28), (10000, 28, 28))

    Source and licence: Y. LeCun and C. Cortes, http://yann.lecun.com/exdb/mnist/, derived from NIST's
    databases, CC BY-SA 3.0.
    """
    with np.load(get_file(path, origin("mnist.npz"), file_hash=SHA256), allow_pickle=False) as file:
        return (file["x_train"], file["y_train"]), (file["x_test"], file["y_test"])
