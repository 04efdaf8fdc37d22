"""Where Keras keeps what prepares sequences; the functions are in `steepest.utils`."""

from steepest.preprocessing import sequence

__all__ = ["sequence"]
