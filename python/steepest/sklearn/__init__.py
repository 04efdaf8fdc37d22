"""scikit-learn's neural networks, trained by the core: `from steepest.sklearn import MLPClassifier`.

Parameters, defaults, attributes, warnings, errors and numbers are scikit-learn's. `pip install steepest[sklearn]`
installs what it needs.

>>> from steepest.sklearn import MLPClassifier
>>> X, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], ["no", "yes", "yes", "no"]
>>> MLPClassifier((8,), "tanh", solver="lbfgs", random_state=1).fit(X, y).predict(X)
array(['no', 'yes', 'yes', 'no'], dtype='<U3')
"""

from __future__ import annotations

try:
    import sklearn as _sklearn  # noqa: F401
except ImportError as error:
    raise ImportError(
        "steepest.sklearn needs scikit-learn 1.9 or later: pip install steepest[sklearn]. "
        f"Importing it failed with: {error}"
    ) from error

from steepest import _threadpoolctl as _threadpoolctl
from steepest.sklearn.classifier import MLPClassifier
from steepest.sklearn.keras_classifier import KerasClassifier
from steepest.sklearn.keras_regressor import KerasRegressor
from steepest.sklearn.regressor import MLPRegressor

__all__ = ["KerasClassifier", "KerasRegressor", "MLPClassifier", "MLPRegressor"]
