"""Weights as variables: which of them train, and by which rules beside the optimizer's."""
