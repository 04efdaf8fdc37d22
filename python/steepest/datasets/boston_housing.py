"""Boston housing: 506 suburbs in the seventies, the value of a house by thirteen numbers."""

from __future__ import annotations

import numpy as np

from steepest.datasets._download import get_file, origin
from steepest.datasets._split import Parts, check_test_split, split

SHA256 = "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"


def load_data(path: str = "boston_housing.npz", test_split: float = 0.2, seed: int = 113) -> Parts:
    """Boston housing, as `keras.datasets.boston_housing.load_data`; fetched on first use (57 kB).

    It is here for the tutorials that use it. One of its columns, "B", is built on the assumption that segregation by
    race sets the price of houses; take `california_housing` where you have the choice.

    Args:
        path: the name of the file in the cache folder.
        test_split: the fraction that is held out for testing, at least 0 and below 1.
        seed: which rows those are; the same as in Keras.

    Returns:
        `(x_train, y_train), (x_test, y_test)`, 404 and 102 rows.
        x: (rows, 13), numbers of a suburb; y: (rows,), the median value of a house in thousands of dollars.

    Raises:
        ConnectionError: if it is not in the cache and can't be fetched.
        ValueError: if what was fetched is not the file it should be, or for a bad `test_split`.

    Example:

    >>> from steepest.datasets import boston_housing
    >>> (x_train, y_train), (x_test, y_test) = boston_housing.load_data()  # doctest: +SKIP
    >>> x_train.shape, x_test.shape  # doctest: +SKIP
    ((404, 13), (102, 13))

    Source: D. Harrison and D. L. Rubinfeld (1978), Hedonic Housing Prices and the Demand for Clean Air, Journal of
    Environmental Economics and Management 5; kept by StatLib at Carnegie Mellon University.
    """
    check_test_split(test_split)
    with np.load(get_file(path, origin("boston_housing.npz"), file_hash=SHA256), allow_pickle=False) as file:
        return split(file["x"], file["y"], test_split, seed)
