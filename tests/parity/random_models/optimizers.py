"""Optimizers that are drawn, with their options and schedules."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np

from .made import Made, maybe


def schedule(draw: Random, rate: float) -> Made:
    def of(name: str, **arguments: Any) -> Made:
        return Made("optimizers.schedules", name, arguments)

    return draw.choice(
        (
            of("ExponentialDecay", initial_learning_rate=rate, decay_steps=8, decay_rate=0.5),
            of("ExponentialDecay", initial_learning_rate=rate, decay_steps=4, decay_rate=0.75, staircase=True),
            of("PiecewiseConstantDecay", boundaries=[3, 9], values=[rate, rate / 2, rate / 8]),
            of("PolynomialDecay", initial_learning_rate=rate, decay_steps=10, end_learning_rate=rate / 16, power=2.0),
            of("PolynomialDecay", initial_learning_rate=rate, decay_steps=5, end_learning_rate=rate / 16, cycle=True),
            of("InverseTimeDecay", initial_learning_rate=rate, decay_steps=4, decay_rate=0.5),
            of("CosineDecay", initial_learning_rate=rate / 4, decay_steps=12, warmup_target=rate, warmup_steps=4),
            of("CosineDecayRestarts", initial_learning_rate=rate, first_decay_steps=6, m_mul=0.75, alpha=0.125),
        )
    )


FLOAT32_ONLY = ("Nadam", "ScheduleFreeAdamW", "Muon")  # on TensorFlow they round constants of their own to float32


def optimizer(draw: Random, dtype: str) -> Made:
    epsilon = maybe(draw, 0.5, "epsilon", lambda: draw.choice((2**-10, 2**-6)))
    betas = {"beta_1": draw.choice((0.5, 0.875)), "beta_2": draw.choice((0.75, 0.9375))}
    amsgrad = maybe(draw, 0.3, "amsgrad", lambda: True)
    momentum = maybe(draw, 0.6, "momentum", lambda: draw.choice((0.5, 0.875)))
    kinds: tuple[tuple[str, float, dict[str, Any]], ...] = (
        ("SGD", 2**-4, momentum | maybe(draw, 0.4, "nesterov", lambda: True)),
        ("SGD", 2**-4, momentum),
        ("RMSprop", 2**-8, {"rho": 0.875, **epsilon, **momentum, **maybe(draw, 0.5, "centered", lambda: True)}),
        ("Adagrad", 2**-4, {"initial_accumulator_value": draw.choice((0.125, 0.5)), **epsilon}),
        ("Adadelta", 1.0, {"rho": 0.875, **epsilon}),
        ("Adam", 2**-6, {**betas, **epsilon, **amsgrad}),
        ("Adam", 2**-6, {} if dtype == "float32" else betas),
        ("AdamW", 2**-6, {**betas, **epsilon, **amsgrad, "weight_decay": 2**-5}),
        ("Adamax", 2**-6, {**betas, **epsilon}),
        ("Nadam", 2**-6, {**betas, **epsilon}),
        (
            "Ftrl",
            2**-4,
            {"l1_regularization_strength": 2**-6, "l2_regularization_strength": 2**-5, "beta": 0.125}
            | {"initial_accumulator_value": 0.125},
        ),
        ("Lion", 2**-9, betas),
        ("Lamb", 2**-7, {**betas, **epsilon}),
        ("Adafactor", 2**-6, {"clip_threshold": 0.75, "beta_2_decay": -0.75, "epsilon_2": 2**-10}),
        ("Muon", 2**-7, {}),
        ("ScheduleFreeAdamW", 2**-6, {**betas, "warmup_steps": draw.choice((0, 3))}),
    )
    name, rate, arguments = draw.choice([kind for kind in kinds if dtype == "float32" or kind[0] not in FLOAT32_ONLY])
    if name != "ScheduleFreeAdamW":
        rate *= draw.choice((0.5, 1.0, 2.0))
    clipping = draw.choice(({}, {}, {"clipnorm": 0.5}, {"clipvalue": 0.125}, {"global_clipnorm": 0.75}))
    shared = clipping | maybe(draw, 0.15, "gradient_accumulation_steps", lambda: draw.choice((2, 3)))
    shared |= maybe(draw, 0.1, "loss_scale_factor", lambda: 8.0)
    if name not in ("AdamW", "Muon"):
        shared |= maybe(draw, 0.15, "weight_decay", lambda: 2**-5)
    if draw.random() < 0.15:
        shared |= {"use_ema": True, "ema_momentum": 0.75}
        shared |= maybe(draw, 0.5, "ema_overwrite_frequency", lambda: draw.choice((2, 5)))
    scheduled = draw.random() < 0.25 and name != "ScheduleFreeAdamW"
    # A schedule of a Python float is float32 to Keras on TensorFlow, whatever floatx is.
    learning_rate = schedule(draw, np.float64(rate) if dtype == "float64" else rate) if scheduled else rate
    return Made("optimizers", name, {"learning_rate": learning_rate, **arguments, **shared})
