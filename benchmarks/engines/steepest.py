"""steepest by its public interface, as it comes: nothing is tuned."""

from __future__ import annotations

from benchmarks.keras_api import KerasEngine
from benchmarks.worker import serve
from steepest import keras


class Steepest(KerasEngine):
    distributions = ("steepest", "numpy")
    keras = keras


if __name__ == "__main__":
    serve(Steepest)
