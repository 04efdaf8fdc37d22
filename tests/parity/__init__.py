"""Parity with real Keras: the same cases run on Keras and on steepest, and the numbers are compared. See README.md."""
