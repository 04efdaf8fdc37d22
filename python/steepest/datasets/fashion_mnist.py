"""Fashion-MNIST: 70,000 pictures of clothes of 28x28, to be used like MNIST and harder."""

from __future__ import annotations

import os

import numpy as np

from steepest.datasets._download import get_file, origin
from steepest.datasets._split import Array, Parts

# Keras checks none of the four; these are the sums of the files that Zalando publishes, and that Keras mirrors.
SHA256 = {
    "train-labels-idx1-ubyte.gz": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    "train-images-idx3-ubyte.gz": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    "t10k-labels-idx1-ubyte.gz": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    "t10k-images-idx3-ubyte.gz": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
}


def load_data() -> Parts:
    """Fashion-MNIST, as `keras.datasets.fashion_mnist.load_data`; fetched on first use (31 MB in four files).

    Returns:
        `(x_train, y_train), (x_test, y_test)`, 60,000 and 10,000 rows.
        x: uint8, (rows, 28, 28), brightness 0 to 255; y: uint8, (rows,), 0 T-shirt/top, 1 Trouser, 2 Pullover,
        3 Dress, 4 Coat, 5 Sandal, 6 Shirt, 7 Sneaker, 8 Bag, 9 Ankle boot.

    Raises:
        ConnectionError: if it is not in the cache and can't be fetched.
        ValueError: if what was fetched is not the file it should be.

    Example:

    >>> from steepest.datasets import fashion_mnist
    >>> (x_train, y_train), (x_test, y_test) = fashion_mnist.load_data()  # doctest: +SKIP
    >>> x_train.shape, x_test.shape  # doctest: +SKIP
    ((60000, 28, 28), (10000, 28, 28))

    Source and licence: H. Xiao, K. Rasul and R. Vollgraf (2017), https://github.com/zalandoresearch/fashion-mnist, MIT.
    """
    y_train, x_train, y_test, x_test = (_fetch(name) for name in SHA256)
    return (x_train, y_train), (x_test, y_test)


def _fetch(name: str) -> Array:
    """A file in IDX format: 2 zeros, the type (8: uint8), the rank, the dimensions (big-endian int32), the values."""
    import gzip

    subdir = os.path.join("datasets", "fashion-mnist")
    with gzip.open(get_file(name, origin(name), file_hash=SHA256[name], cache_subdir=subdir)) as file:
        content = file.read()
    rank = content[3]
    shape = np.frombuffer(content, ">i4", count=rank, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(shape)
