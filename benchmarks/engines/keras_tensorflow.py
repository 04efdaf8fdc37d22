"""Keras on the TensorFlow backend."""

from __future__ import annotations

import keras

from benchmarks.keras_api import KerasItself
from benchmarks.worker import serve


class KerasOnTensorFlow(KerasItself):
    distributions = ("keras", "tensorflow", "tensorflow-cpu")
    keras = keras


if __name__ == "__main__":
    serve(KerasOnTensorFlow)
