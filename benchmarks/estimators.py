"""steepest.sklearn beside scikit-learn: scores, times to fit and a sweep, in one process: `make bench-estimators`.

Both fit the same data from the same seeds, one after the other, several times; the least time of each counts. "One
thread" limits the core and the BLAS of NumPy, "as it comes" nothing.
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import sklearn.neural_network
from joblib import Parallel, delayed
from sklearn import datasets
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.preprocessing import scale
from threadpoolctl import threadpool_limits

import steepest.sklearn
from steepest import config

LIBRARIES = {"scikit-learn": sklearn.neural_network, "steepest": steepest.sklearn}
NAMES = ("digits", "breast_cancer", "wine", "iris", "diabetes")
CONFIGURATIONS: list[dict[str, Any]] = [
    {},
    {"activation": "tanh", "hidden_layer_sizes": (50, 25)},
    {"activation": "logistic", "learning_rate_init": 0.01},
    {"activation": "identity", "alpha": 0.1},
    {"solver": "sgd", "learning_rate_init": 0.05},
    {"solver": "sgd", "learning_rate": "adaptive", "learning_rate_init": 0.05, "momentum": 0.5},
    {"solver": "sgd", "learning_rate": "invscaling", "learning_rate_init": 0.5, "nesterovs_momentum": False},
    {"early_stopping": True, "learning_rate_init": 0.01},
    {"batch_size": 16, "hidden_layer_sizes": (20,)},
    {"solver": "lbfgs", "alpha": 1.0},
]


def load(name: str) -> tuple[Any, Any, str]:
    """Scaled rows, targets, and the estimator that they are for."""
    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    return (scale(X), scale(y), "MLPRegressor") if name == "diabetes" else (scale(X), y, "MLPClassifier")


def least(runs: dict[str, Callable[[], Any]], repeats: int) -> list[float]:
    """The least time of each, taken in turns."""
    times = {name: np.inf for name in runs}
    for _ in range(repeats):
        for name, run in runs.items():
            begin = time.perf_counter()
            run()
            times[name] = min(times[name], time.perf_counter() - begin)
    return list(times.values())


def scores() -> None:
    """Mean cross-validated scores over ten configurations, and how far apart the two are at most."""
    print("| data | scikit-learn | steepest | largest difference | standard error |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name in NAMES:
        X, y, kind = load(name)
        found = np.array(
            [
                [cross_val_score(getattr(library, kind)(random_state=0, **chosen), X, y) for chosen in CONFIGURATIONS]
                for library in LIBRARIES.values()
            ]
        )
        means, errors = found.mean(axis=2), found.std(axis=2) / np.sqrt(found.shape[2])
        apart = np.abs(means[0] - means[1]).max()
        print(
            f"| {name} | {means[0].mean():.4f} | {means[1].mean():.4f} | {apart:.4f} | {errors.mean():.4f} |",
            flush=True,
        )


def times(repeats: int) -> None:
    """Times to fit with one thread and as they come; of the large table two epochs, in float32."""
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((200_000, 8))
    large = rows, rows[:, 0] * rows[:, 1] > rows[:, 2]
    shape = {"hidden_layer_sizes": (128, 32), "batch_size": 70, "max_iter": 2}
    cases = [(name, *load(name), {"solver": solver}) for name in NAMES for solver in ("adam", "sgd", "lbfgs")]
    cases += [
        (f"200,000 x 8, {dtype}", large[0].astype(dtype), large[1], "MLPClassifier", shape) for dtype in ("f4", "f8")
    ]
    print("| data | solver | threads | scikit-learn | steepest | ratio |\n| --- | --- | --- | ---: | ---: | ---: |")
    for name, X, y, kind, parameters in cases:
        for threads in (1, None):
            config.set_num_threads(threads or 0)
            fits = {
                key: partial(getattr(library, kind)(random_state=0, **parameters).fit, X, y)
                for key, library in LIBRARIES.items()
            }
            with threadpool_limits(threads):
                theirs, ours = least(fits, repeats if len(X) < 10_000 else 2)
            shown = "one" if threads else "as it comes"
            solver = parameters.get("solver", "adam")
            print(
                f"| {name} | {solver} | {shown} | {1e3 * theirs:.1f} ms | {1e3 * ours:.1f} ms | {theirs / ours:.1f}x |",
                flush=True,
            )
    config.set_num_threads(0)


def sweep(fits: int) -> None:
    """Fits of a thousand rows: one after the other, over threads, and scikit-learn's over processes."""
    X, y = datasets.make_classification(1000, 20, n_informative=10, random_state=0)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

    def run(library: Any, count: int, **pool: Any) -> float:
        model = library.MLPClassifier((32,), max_iter=20)
        alphas = np.geomspace(1e-6, 1, count)
        tasks = [delayed(clone(model).set_params(alpha=alpha, random_state=0).fit)(X, y) for alpha in alphas]
        begin = time.perf_counter()
        Parallel(**pool)(tasks)
        return (time.perf_counter() - begin) / count

    run(sklearn.neural_network, 2 * cores, n_jobs=cores)  # starts the processes
    alone = run(steepest.sklearn, fits, n_jobs=1)
    ours = run(steepest.sklearn, fits, n_jobs=cores, backend="threading")
    theirs = run(sklearn.neural_network, fits // 10, n_jobs=cores)
    print(
        f"{fits} fits: {1e3 * alone:.2f} ms each one by one, {1e3 * ours:.2f} ms over {cores} threads "
        f"({alone / ours / cores:.2f} of perfect scaling); scikit-learn over {cores} processes {1e3 * theirs:.2f} ms "
        f"({theirs / ours:.1f}x)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=["scores", "times", "sweep"], choices=["scores", "times", "sweep"])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--fits", type=int, default=1000)
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")  # of trainings that don't converge in their epochs
    os.environ["PYTHONWARNINGS"] = "ignore"  # in the processes
    for part in chosen.parts:
        {"scores": scores, "times": partial(times, chosen.repeats), "sweep": partial(sweep, chosen.fits)}[part]()


if __name__ == "__main__":
    main()
