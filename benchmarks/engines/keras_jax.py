"""Keras on the JAX backend."""

from __future__ import annotations

import keras

from benchmarks.keras_api import KerasItself
from benchmarks.worker import serve


class KerasOnJAX(KerasItself):
    distributions = ("keras", "jax", "jaxlib")
    keras = keras


if __name__ == "__main__":
    serve(KerasOnJAX)
