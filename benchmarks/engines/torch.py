"""PyTorch, eager: a plain training loop over tensors held in memory, shuffled by a permutation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from benchmarks.worker import Engine, Settings, serve
from benchmarks.workloads import HYPER_PARAMETERS, Floats, Workload

LOSSES = {
    "mse": functional.mse_loss,
    "binary": functional.binary_cross_entropy_with_logits,
    "categorical": functional.cross_entropy,
}
ALL_THREADS = torch.get_num_threads()


class PyTorch(Engine):
    distributions = ("torch",)

    def __init__(self, workload: Workload, x: Floats, y: Floats, weights: list[Floats]) -> None:
        super().__init__(workload, x, y, weights)
        self.inputs = torch.from_numpy(x)
        self.targets = torch.from_numpy(y)
        if workload.loss == "categorical":
            self.targets = self.targets.argmax(dim=1)

    @staticmethod
    def variants(workload: Workload) -> list[Settings]:
        updates = ["foreach"] if workload.optimizer == "rmsprop" else ["fused", "foreach"]
        return [{"update": update, "threads": threads} for update in updates for threads in {ALL_THREADS, 1}]

    def build(self, settings: Settings) -> None:
        torch.set_num_threads(settings["threads"])
        torch.set_flush_denormal(True)
        layers: list[nn.Module] = []
        for kernel, bias in zip(self.weights[::2], self.weights[1::2], strict=True):
            linear = nn.Linear(*kernel.shape)
            with torch.no_grad():
                linear.weight.copy_(torch.from_numpy(kernel.T.copy()))
                linear.bias.copy_(torch.from_numpy(bias))
            layers += [linear, nn.ReLU()]
        self.model = nn.Sequential(*layers[:-1])
        self.loss = LOSSES[self.workload.loss]
        self.optimizer = self.make_optimizer({settings["update"]: True})

    def make_optimizer(self, update: dict[str, bool]) -> torch.optim.Optimizer:
        hyper = HYPER_PARAMETERS[self.workload.optimizer]
        parameters, rate = self.model.parameters(), self.workload.learning_rate
        if self.workload.optimizer == "adagrad":
            first = hyper["initial_accumulator_value"]
            return torch.optim.Adagrad(
                parameters, rate, initial_accumulator_value=first, eps=hyper["epsilon"], **update
            )
        if self.workload.optimizer == "rmsprop":
            # Its epsilon stands outside the square root, Keras's inside.
            return torch.optim.RMSprop(parameters, rate, alpha=hyper["rho"], eps=hyper["epsilon"] ** 0.5, **update)
        if self.workload.optimizer == "adam":
            betas = (hyper["beta_1"], hyper["beta_2"])
            return torch.optim.Adam(parameters, rate, betas=betas, eps=hyper["epsilon"], **update)
        return torch.optim.SGD(parameters, rate, momentum=hyper.get("momentum", 0.0), **update)

    def train(self, epochs: int, shuffle: bool) -> list[float]:
        rows, batch = len(self.inputs), self.workload.batch_size
        model, optimizer, loss_of = self.model, self.optimizer, self.loss
        losses = []
        for _ in range(epochs):
            total = torch.zeros(())
            order = torch.randperm(rows) if shuffle and batch < rows else None
            for begin in range(0, rows, batch):
                if order is None:
                    x, y = self.inputs[begin : begin + batch], self.targets[begin : begin + batch]
                else:
                    chosen = order[begin : begin + batch]
                    x, y = self.inputs[chosen], self.targets[chosen]
                loss = loss_of(model(x), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total += loss.detach() * len(x)
            losses.append(total.item() / rows)
        return losses

    def predictors(self) -> dict[str, Callable[[Floats], Any]]:
        return {"model(x)": self.predict}

    @torch.inference_mode()
    def predict(self, x: Floats) -> Any:
        z = self.model(torch.from_numpy(x))
        if self.workload.loss == "binary":
            z = torch.sigmoid(z)
        elif self.workload.loss == "categorical":
            z = torch.softmax(z, dim=1)
        return z.numpy()


if __name__ == "__main__":
    serve(PyTorch)
