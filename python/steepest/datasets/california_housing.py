"""California housing: 20,640 districts of the census of 1990, the value of a house by eight numbers."""

from __future__ import annotations

import numpy as np

from steepest.datasets._download import get_file, origin
from steepest.datasets._split import Parts, check_test_split, split

SHA256 = "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f"


def load_data(
    version: str = "large", path: str = "california_housing.npz", test_split: float = 0.2, seed: int = 113
) -> Parts:
    """California housing, as `keras.datasets.california_housing.load_data`; fetched on first use (0.7 MB).

    Args:
        version: "large" (20,640 rows) or "small" (the first 600).
        path: the name of the file in the cache folder.
        test_split: the fraction that is held out for testing, at least 0 and below 1.
        seed: which rows those are; the same as in Keras.

    Returns:
        `(x_train, y_train), (x_test, y_test)`. x: (rows, 8), median income, house age, rooms, bedrooms, population,
        household members, latitude and longitude of a district; y: (rows,), the median value of a house in dollars.

    Raises:
        ConnectionError: if it is not in the cache and can't be fetched.
        ValueError: if what was fetched is not the file it should be, or for a bad `version` or `test_split`.

    Example:

    >>> from steepest.datasets import california_housing
    >>> (x_train, y_train), (x_test, y_test) = california_housing.load_data()  # doctest: +SKIP
    >>> x_train.shape, x_test.shape  # doctest: +SKIP
    ((16512, 8), (4128, 8))

    Source: R. K. Pace and R. Barry (1997), Sparse Spatial Autoregressions, Statistics & Probability Letters 33.
    """
    check_test_split(test_split)
    if version not in ("small", "large"):
        raise ValueError(f"`version` must be 'small' or 'large'. Received: version={version!r}")
    with np.load(get_file(path, origin("california_housing.npz"), file_hash=SHA256), allow_pickle=False) as file:
        rows = 600 if version == "small" else None
        return split(file["x"][:rows], file["y"][:rows], test_split, seed)
