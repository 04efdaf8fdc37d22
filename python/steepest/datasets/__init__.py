"""Data to learn from: `steepest.datasets.<name>.load_data()` gives `(x_train, y_train), (x_test, y_test)`.

| name                 | rows            | x                       | y                     | where it is          |
|----------------------|-----------------|-------------------------|-----------------------|----------------------|
| `digits`             | 1,437 + 360     | 8x8 images, 0..16       | digit 0..9            | inside the package   |
| `mnist`              | 60,000 + 10,000 | 28x28 images, 0..255    | digit 0..9            | fetched on first use |
| `fashion_mnist`      | 60,000 + 10,000 | 28x28 images, 0..255    | clothes 0..9          | fetched on first use |
| `california_housing` | 16,512 + 4,128  | 8 numbers of a district | median value, dollars | fetched on first use |
| `boston_housing`     | 404 + 102       | 13 numbers of a suburb  | median value, 1000 $  | fetched on first use |

What is fetched are Keras's files, kept in Keras's cache folder (`$KERAS_HOME/datasets`, else `~/.keras/datasets`), so
what Keras has fetched is found, and the other way round. `STEEPEST_DATASETS_URL` names a mirror to fetch from.
"""

from __future__ import annotations

import importlib
from types import ModuleType

__all__ = ["boston_housing", "california_housing", "digits", "fashion_mnist", "mnist"]


def __getattr__(name: str) -> ModuleType:
    # Loaded when first asked for: importing the package costs nothing for who brings their own data.
    if name in __all__:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}. Expected one of: {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted(__all__)
