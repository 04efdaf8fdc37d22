"""`python -m steepest compare`: the core and the NumPy reference train one network, side by side."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

import numpy as np

from steepest import losses, optimizers
from steepest.reference.losses import one_hot
from steepest.reference.network import Network, fit

# The last layer's activation for each loss; "sparse_..." takes class indices, the others one-hot targets.
LOSSES = {
    "categorical_crossentropy": "softmax",
    "sparse_categorical_crossentropy": "softmax",
    "binary_crossentropy": "sigmoid",
    "mse": "linear",
}


def main(argv: Sequence[str]) -> int:
    """Trains both from the same weights on the handwritten digits and prints what came of it; returns 0.

    The table has the loss of each epoch on both sides and their relative difference; below stand the largest difference
    of any weight, and how long both took for the same steps.
    """
    from steepest import keras
    from steepest.datasets import digits

    options = _options(argv)
    (images, labels), _ = digits.load_data()
    x = images.reshape(len(images), -1) / 16.0
    y = labels[:, None].astype(np.float64)
    if not options.loss.startswith("sparse"):
        y = one_hot(y, 10)

    keras.utils.set_random_seed(options.seed)
    activations = ["relu", LOSSES[options.loss]]
    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(options.units, activation=activations[0], dtype=options.dtype),
            keras.layers.Dense(10, activation=activations[1], dtype=options.dtype),
        ]
    )
    network = Network(model.get_weights(), activations)
    optimizer = optimizers.get(options.optimizer)
    model.compile(optimizer, loss=options.loss)

    begin = time.perf_counter()
    history = model.fit(x, y, options.batch_size, options.epochs, verbose=0, shuffle=False).history["loss"]
    middle = time.perf_counter()
    loss, rule, rate = losses.loss_of(options.loss).spec(), optimizer.training_spec(), optimizer.learning_rate
    assert rule is not None  # the core has the rules of all choices
    expected = fit(network, x, y, loss, rule, rate, options.epochs, options.batch_size)["loss"]
    end = time.perf_counter()

    print(f"64-{options.units}-10 network, {len(x)} digits, {options.loss}, {options.optimizer}")
    print(f"batches of {options.batch_size}; steepest in {options.dtype}, the reference in float64\n")
    print(f"{'epoch':>5}  {'steepest':>14}  {'reference':>14}  {'difference':>10}")
    for epoch, (ours, theirs) in enumerate(zip(history, expected, strict=True), 1):
        print(f"{epoch:>5}  {ours:>14.8f}  {theirs:>14.8f}  {abs(ours - theirs) / abs(theirs):>10.1e}")
    pairs = zip(model.get_weights(), network.weights, strict=True)
    largest = max(float(np.abs(ours - theirs).max()) for ours, theirs in pairs)
    print(f"\nLargest difference of a weight: {largest:.1e}")
    fast, slow = middle - begin, end - middle
    print(f"Time: steepest {fast * 1e3:.1f} ms, reference {slow * 1e3:.1f} ms; ratio {slow / fast:.1f}")
    return 0


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m steepest compare",
        description="Trains the core and its NumPy reference side by side on the handwritten digits.",
    )
    parser.add_argument("--epochs", type=_positive, default=5, help="passes over the digits (default: 5)")
    parser.add_argument("--batch-size", type=_positive, default=32, help="rows a step (default: 32)")
    parser.add_argument("--optimizer", choices=("sgd", "adagrad", "rmsprop", "adam"), default="adam")
    parser.add_argument("--loss", choices=tuple(LOSSES), default="categorical_crossentropy")
    parser.add_argument("--units", type=_positive, default=64, help="width of the hidden layer (default: 64)")
    parser.add_argument("--dtype", choices=("float32", "float64"), default="float32", help="of steepest's side")
    parser.add_argument("--seed", type=int, default=0, help="of the first weights (default: 0)")
    return parser.parse_args(argv)


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"expected an integer of 1 or more, received {text}")
    return value
