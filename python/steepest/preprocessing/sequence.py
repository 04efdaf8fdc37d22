"""`pad_sequences` under its old path."""

from steepest.utils.sequences import pad_sequences

__all__ = ["pad_sequences"]
