"""What models do with files, as methods."""

from __future__ import annotations

from typing import Any

from steepest.saving import files


class Saveable:
    """A model that is written to files, and takes its weights from them."""

    def save(self, filepath: Any, overwrite: bool = True, zipped: bool | None = None, **kwargs: Any) -> None:
        """Writes the model to a file: see `saving.save_model`."""
        files.save_model(self, filepath, overwrite, zipped, **kwargs)

    def save_weights(self, filepath: Any, overwrite: bool = True, max_shard_size: float | None = None) -> None:
        """Writes the weights to a file: see `saving.save_weights`."""
        files.save_weights(self, filepath, overwrite, max_shard_size)

    def load_weights(self, filepath: Any, skip_mismatch: bool = False, **kwargs: Any) -> None:
        """Reads the weights from a file: see `saving.load_weights`."""
        files.load_weights(self, filepath, skip_mismatch, **kwargs)
