"""Handwritten digits, 1,797 images of 8x8: real data small enough to be part of the package."""

from __future__ import annotations

import os

import numpy as np

from steepest.datasets._split import Parts, check_test_split, split


def load_data(test_split: float = 0.2, seed: int = 113) -> Parts:
    """Handwritten digits from the UCI Machine Learning Repository; nothing is fetched, they come with the package.

    Args:
        test_split: the fraction that is held out for testing, at least 0 and below 1.
        seed: which rows those are; the same seed holds out the same rows everywhere.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: 1,437 images to learn from and 360 held out.
        x: uint8, (rows, 8, 8), brightness 0 (paper) to 16 (ink); y: uint8, (rows,), the digit 0 to 9.

    Raises:
        ValueError: if `test_split` is not in [0, 1).

    Example:

    >>> from steepest.datasets import digits
    >>> (x_train, y_train), (x_test, y_test) = digits.load_data()
    >>> x_train.shape, y_train.shape, x_test.shape, y_test.shape
    ((1437, 8, 8), (1437,), (360, 8, 8), (360,))
    >>> int(x_train.max()), y_train[:10]
    (16, array([1, 0, 9, 1, 1, 2, 3, 0, 0, 1], dtype=uint8))

    Source and licence: E. Alpaydin and C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine
    Learning Repository, https://doi.org/10.24432/C50P49, the part named `optdigits.tes`, under CC BY 4.0
    (https://creativecommons.org/licenses/by/4.0/); `digits.LICENSE.md` beside the data tells what was changed.
    The 13 people who wrote them are in both parts of this split.
    """
    check_test_split(test_split)
    with np.load(os.path.join(os.path.dirname(__file__), "digits.npz"), allow_pickle=False) as file:
        return split(file["x"], file["y"], test_split, seed)
