"""scikit-learn's MLPClassifier and MLPRegressor, without their L2 penalty and without stopping early."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from sklearn.neural_network import MLPClassifier, MLPRegressor
from threadpoolctl import threadpool_limits

from benchmarks.worker import Engine, Settings, serve
from benchmarks.workloads import HYPER_PARAMETERS, Floats, Workload


class GivenWeights:
    """Starts a multi-layer perceptron from weights that it is given."""

    def start_from(self, weights: list[Floats]) -> None:
        self.remaining = [weight.copy() for weight in weights]

    def _init_coef(self, fan_in: int, fan_out: int, dtype: Any) -> tuple[Floats, Floats]:
        kernel, bias = self.remaining.pop(0), self.remaining.pop(0)
        return kernel.astype(dtype, copy=False), bias.astype(dtype, copy=False)


class Classifier(GivenWeights, MLPClassifier):
    pass


class Regressor(GivenWeights, MLPRegressor):
    pass


class ScikitLearn(Engine):
    distributions = ("scikit-learn", "numpy")

    def __init__(self, workload: Workload, x: Floats, y: Floats, weights: list[Floats]) -> None:
        if workload.loss == "categorical":
            y = y.argmax(axis=1)
        elif workload.outputs == 1:
            y = y[:, 0]
        super().__init__(workload, x, y, weights)

    @staticmethod
    def unsupported(workload: Workload) -> str | None:
        if workload.optimizer not in ("sgd", "momentum", "adam"):
            return f"has no {workload.optimizer}"
        return None

    @staticmethod
    def variants(workload: Workload) -> list[Settings]:
        return [{"threads": "all"}, {"threads": 1}]

    def build(self, settings: Settings) -> None:
        warnings.filterwarnings("ignore", message="Stochastic Optimizer: Maximum iterations")
        case = self.workload
        # Its squared error is half of Keras's: the rate doubles to take the same steps. Adam does not see the factor.
        half = 2.0 if case.loss == "mse" and case.optimizer != "adam" else 1.0
        kind = Regressor if case.loss == "mse" else Classifier
        self.threads = None if settings["threads"] == "all" else settings["threads"]
        self.model = kind(
            hidden_layer_sizes=case.hidden,
            activation="relu",
            solver="adam" if case.optimizer == "adam" else "sgd",
            alpha=0.0,
            batch_size=case.batch_size,
            learning_rate_init=case.learning_rate * half,
            tol=0.0,
            n_iter_no_change=1_000_000_000,
            warm_start=True,
            random_state=0,
            momentum=HYPER_PARAMETERS[case.optimizer].get("momentum", 0.0),
            nesterovs_momentum=False,
            **(HYPER_PARAMETERS["adam"] if case.optimizer == "adam" else {}),
        )
        self.model.start_from(self.weights)

    def train(self, epochs: int, shuffle: bool) -> list[float]:
        self.model.set_params(max_iter=epochs, shuffle=shuffle)
        with threadpool_limits(self.threads):
            self.model.fit(self.x, self.y)
        scale = 2.0 if self.workload.loss == "mse" else 1.0
        return [scale * float(loss) for loss in self.model.loss_curve_[-epochs:]]

    def predictors(self) -> dict[str, Callable[[Floats], Any]]:
        probabilities = self.workload.loss != "mse"
        return {"predict(x)": self.model.predict_proba if probabilities else self.model.predict}


if __name__ == "__main__":
    serve(ScikitLearn)
