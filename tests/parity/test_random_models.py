"""Random models are drawn as promised, and steepest trains them; `make parity-random` compares them with Keras."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from steepest import keras

from .random_models.model import draw, train

DRAWN = [draw(f"0-{number}.0") for number in range(300)]


def test_a_key_names_one_model() -> None:
    assert [str(draw(drawn.key)) for drawn in DRAWN] == [str(drawn) for drawn in DRAWN]
    assert len({str(drawn) for drawn in DRAWN}) == len(DRAWN)


def test_every_kind_is_met() -> None:
    losses, optimizers = Counter(d.goal.loss.name for d in DRAWN), Counter(d.optimizer.name for d in DRAWN)
    assert len(losses) == 20  # all but Circle, which compares rows with each other
    assert len(optimizers) == 14
    layers = {made.name for drawn in DRAWN for made, _ in drawn.nodes}
    assert {"Dense", "Embedding", "BatchNormalization", "PReLU", "Concatenate", "Multiply"} <= layers
    arguments = {key for drawn in DRAWN for key in drawn.fit}
    assert {"sample_weight", "class_weight", "validation_data", "steps_per_epoch"} <= arguments


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("number", range(0, 300, 10))
def test_steepest_trains_them(number: int) -> None:
    outcome = train(keras, f"0-{number}.0")
    assert "history.loss" in outcome and "predictions" in outcome
    assert np.isfinite(outcome["predictions"]).all()
