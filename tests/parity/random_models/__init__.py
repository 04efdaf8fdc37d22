"""Models drawn at random, trained by real Keras and by steepest: see the README of the parity tests."""
