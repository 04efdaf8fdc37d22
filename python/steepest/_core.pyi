"""Stubs of the C++ core: what the Python layer may ask of it.

One letter per dimension, as in `cpp/README.md`: M rows of a batch, K inputs and N units of a layer, n samples of a
data set. A *rule spec* is a dict that holds the rule's `"name"` and its hyper-parameters; an unknown key is refused by
name.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Spec = Mapping[str, Any]
Array = NDArray[Any]

def rules() -> dict[str, dict[str, Any]]:
    """What the active instruction set implements: {"activations": {name: {"hyper": [hyper-parameter names],
    "needs_input": bool}}, "losses": {name: [...]}, "metrics": {name: [...]} (beside the losses),
    "optimizers": {name: {"hyper": [...], "state": [...]}}, "layers": {name: [keys]}}."""

def show_config() -> dict[str, Any]:
    """{"version", "compiler", "flags", "isas_compiled", "isas_supported", "isa", "num_threads", "max_threads"}."""

def set_isa(name: str) -> None:
    """Networks built from now on use the instruction set `name`; ValueError lists what is possible."""

def get_isa() -> str: ...
def set_num_threads(count: int) -> None:
    """Exactly `count` threads for every step from now on, whatever the work (0: choose by the work), but for what
    callers share and threadpoolctl limits."""

def get_num_threads() -> int: ...
def max_threads() -> int:
    """The threads that all callers may have together: the number that was set, or that of the processors by affinity,
    the control group's quota and OMP_NUM_THREADS, read at most a second ago; no more than threadpoolctl's limit."""

class PhaseSampler:
    """Looks every so many seconds at what the trainings of this process are at, from its making until `stop`."""

    def __init__(self, seconds: float) -> None: ...
    def stop(self) -> dict[str, int]:
        """How often it saw each phase of a step: "gather", "forward", "loss", "metrics", "backward", "update",
        "waiting" (for other threads), or "outside" of all, which is Python."""

def permutation(count: int, seed: int, stream: int) -> NDArray[np.int64]:
    """A uniform permutation of range(count), a function of (seed, stream) alone."""

def matmul(a: Array, b: Array, transpose_a: bool = False, transpose_b: bool = False) -> Array:
    """op(a) @ op(b) for two matrices of one dtype, float32 or float64."""

def activation(spec: Spec, x: Array) -> Array:
    """The activation of `x` (float32 or float64, any rank >= 1; softmax runs over the last axis)."""

def activation_gradient(spec: Spec, x: Array, dy: Array) -> Array:
    """d(loss)/dx of y = activation(x), given dy = d(loss)/dy; shapes and dtypes as `x`."""

def loss_values(spec: Spec, y_true: Array, y_pred: Array) -> Array:
    """The loss of each row: y_true (n, C), y_pred (n, N) -> (n,). C is 1 for the sparse losses, else N."""

def loss_gradient(spec: Spec, y_true: Array, y_pred: Array, row_scale: Array) -> Array:
    """d(sum_i row_scale[i] * loss_i)/d(y_pred): (n, N); `row_scale` is (n,)."""

def metric_values(spec: Spec, y_true: Array, y_pred: Array) -> Array:
    """The metric of each row, shapes as `loss_values`. Every loss is a metric too."""

def optimizer_step(
    spec: Spec, learning_rate: float, step: int, weights: Array, gradients: Array, states: Sequence[Array]
) -> None:
    """One update in place of `weights` and `states` (C-contiguous, same dtype and size). `step` counts from 1."""

class Layer:
    """A layer and its parameters, which the networks that use it share.

    `spec`: {"name": "dense", "units": int, "use_bias": bool, "activation": Spec},
    {"name": "activation", "activation": Spec}, {"name": "dropout", "rate": float, "seed": int} and likewise
    "alpha_dropout", "gaussian_dropout" and, with "stddev", "gaussian_noise", {"name": "prelu"}, {"name": "rescaling",
    "shift": list, "scale": list, "offset": list}, {"name": "repeat", "times": int},
    {"name": "batch_normalization", "momentum": float, "epsilon": float, "scale": bool, "center": bool} and, without a
    momentum, "layer_normalization" and "rms_normalization", without an epsilon "unit_normalization" and "scale",
    {"name": "permute", "sizes": list, "order": list}, {"name": "reshape", "columns": int},
    {"name": "embedding", "rows": int, "units": int}, {"name": "dot"}, {"name": "concatenate"}, {"name": "add"} and
    likewise "subtract", "multiply", "average", "maximum" and "minimum".
    `inputs`: (positions, columns) of each input: a sample is so many rows of so many columns.
    `dtype`: "float32" or "float64".
    `weight_shapes`: how the weights are shown, where they have more axes than the core's own shapes; of equal sizes.
    """

    def __init__(
        self,
        spec: Spec,
        inputs: Sequence[tuple[int, int]],
        dtype: str,
        weight_shapes: Sequence[tuple[int, ...]] = ...,
    ) -> None: ...
    @property
    def dtype(self) -> str: ...
    @property
    def isa(self) -> str: ...
    def output(self, inputs: Sequence[tuple[int, int]]) -> tuple[int, int]:
        """(positions, columns) of what comes out for such inputs."""

    @property
    def weight_shapes(self) -> list[tuple[int, ...]]:
        """Keras's order: kernel (K, N), then bias (N,), of a dense layer."""

    @property
    def trained_weights(self) -> int:
        """So many of the weights are trained; the others, behind them, are moved by passes of training."""

    def get_weights(self) -> list[Array]: ...
    def set_weights(self, weights: Sequence[Array]) -> None: ...

class Network:
    """Layers that are used in an order.

    Buffers are numbered: the inputs, then what each step puts out.

    `layers`: of one dtype and instruction set. `inputs`: how many numbers a sample has in each input. `steps`: (number
    of a layer, buffers that it takes, and whether it computes as in training, None for as the pass does). `outputs`:
    buffers. `activities`: (buffer, l1, l2): what is added to the losses, sum l1 |y| + l2 y^2 over the numbers of a
    batch, divided by its samples.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        inputs: Sequence[int],
        steps: Sequence[tuple[int, Sequence[int], bool | None]],
        outputs: Sequence[int],
        activities: Sequence[tuple[int, float, float]] = ...,
    ) -> None: ...
    @property
    def dtype(self) -> str: ...
    @property
    def isa(self) -> str: ...
    @property
    def outputs(self) -> list[tuple[int, int]]:
        """(positions, columns) of each output."""

    @property
    def weight_shapes(self) -> list[tuple[int, ...]]:
        """Of all layers, one after the other."""

    def get_weights(self) -> list[Array]: ...
    def set_weights(self, weights: Sequence[Array]) -> None: ...
    def predict(self, x: Sequence[Array], batch_size: int = 0) -> list[Array]:
        """Each output (n, positions * columns) in inference mode for n rows of any real dtype and layout. The result
        does not depend on batch_size (0: chosen by the core). Safe from many threads at once; waits while another
        thread trains."""

    def predict_array(self, x: object) -> Array | None:
        """`predict([x])[0]`, the shortest way to a few rows: one input (n, numbers of a sample) with n >= 1 and one
        output. None where that can't be had at once: `predict` waits, computes more, and says what is wrong with x."""

    def pass_in_training(self, x: Sequence[Array], step: int, frozen: Sequence[int] = ()) -> list[Array]:
        """The same for one batch, as the step of this number computes it in training; moves the weights that are moved
        by passes of training, but for those of the layers of these numbers."""

class Data:
    """A view of rows: nothing is copied, the arrays are kept alive.

    `x`: for each input n rows of any shape whose other dimensions multiply to its numbers, any native real dtype (bool,
    integers, float16, float32, float64) and layout. `y`: for each output a list of arrays (n, C), one for each position
    of the output, likewise; empty where it has no loss. `sample_weight`: for each output a list of arrays (n,): none,
    one, or one for each position.
    """

    def __init__(
        self, x: Sequence[Array], y: Sequence[Sequence[Array]], sample_weight: Sequence[Sequence[Array]]
    ) -> None: ...
    def __len__(self) -> int: ...

Observe = Callable[[int, int, list[Array], list[Array | None]], float]
"""`observe(first, M, predictions, gradients)`: the predictions (M, positions * columns) of each observed output for the
rows that the plan has from `first` on. Writes the gradients of the losses that it computes, where there are such
arrays, and returns these losses, as they count in the sum."""

class Trainer:
    """A network with losses, metrics and, to train, an optimizer and its state.

    `heads`: for each output {"loss", "weight", "metrics", "weighted_metrics"}, or None. `loss`: {"name", rule's
    hyper-parameters ..., "reduction": "sum_over_batch_size" | "sum" | "mean_with_sample_weight"}, with "from_logits"
    where the loss has it. A last activation of softmax or sigmoid is fused with its cross entropy. `weight`: of the
    loss in the sum that is minimized. `metrics`, `weighted_metrics`: specs of metrics or losses (no reduction).
    `optimizer`: a spec without learning rate; {"name": "none"} leaves gradients and moves nothing. `observing`: for
    each output "", or "predictions" if the observer sees them, or "loss" if it computes the loss, of an output without
    a head. `undecayed`: numbers, among the weights that are trained, of those without weight decay. `weight_rules`:
    {"frozen": [numbers of layers that keep their weights], "regularizers": {number of a weight: {"name": "l1_l2", "l1",
    "l2"} or {"name": "orthogonal", "factor", "columns"}}, "constraints": {number of a weight: {"name": "non_negative"}
    or {"name": "norm", "least", "most", "rate", "axes"}}}, each where there is one; bit a of "axes" stands for axis a.
    """

    def __init__(
        self,
        network: Network,
        heads: Sequence[Mapping[str, Any] | None],
        optimizer: Spec | None,
        observing: Sequence[str] = ...,
        undecayed: Sequence[int] = ...,
        weight_rules: Mapping[str, Any] = ...,
    ) -> None: ...

    iterations: int
    """Optimizer steps taken so far; may be set."""

    @property
    def threads(self) -> int:
        """How many threads took, or take, the latest steps; 0 before."""

    def train(
        self,
        data: Data,
        rows: NDArray[np.int64] | None,
        batch_size: int,
        learning_rates: NDArray[np.float64],
        begin: int,
        end: int,
        on_progress: Callable[[int], Any] | None = None,
        observe: Observe | None = None,
        each_step: bool = False,
        penalty_scales: NDArray[np.float64] | None = None,
    ) -> None:
        """Steps begin..end-1 of the epoch whose step s takes the rows rows[s*batch_size : (s+1)*batch_size] (None: in
        order; the last batch may be smaller). `learning_rates` holds one value, or one per step of this call.
        `on_progress(steps done)` is called at most 20 times a second; what it raises ends the call after a whole step.
        With `each_step` it is called after each step, and the call ends where it returns False. `observe` is called in
        each step before the way back; if it raises, the step is not taken. `penalty_scales` holds for each step of this
        call what the penalties on weights are multiplied by. KeyboardInterrupt within 100 ms.
        RuntimeError if this network is being trained by another thread."""

    def evaluate(
        self,
        data: Data,
        batch_size: int,
        begin: int,
        end: int,
        on_progress: Callable[[int], Any] | None = None,
        observe: Observe | None = None,
        each_step: bool = False,
    ) -> None:
        """Loss and metrics of steps begin..end-1 in inference mode."""

    def results(self) -> list[float]:
        """[loss, then of each head its loss and metrics]: the means over the samples since `reset_results`, nan before
        the first batch. The first one is the sum over the heads by their weights. A loss is
        sum(batch loss * batch rows) / sum(batch rows), as in Keras."""

    def reset_results(self) -> None: ...
    def get_means(self) -> list[tuple[float, float]]:
        """What `results` follow from, in their order: of each the sum over the samples, and how many there were."""

    def set_means(self, means: Sequence[tuple[float, float]]) -> None:
        """Goes on from there, as if what `get_means` saw had just been computed."""
    def get_state(self) -> list[Array]:
        """What the optimizer keeps, for each weight that is trained the rule's state in its order, its moving average
        and the sum of its gradients where there are any, shaped as the weight."""

    def set_state(self, state: Sequence[Array]) -> None: ...
    def get_weights(self) -> list[Array]:
        """The weights that are trained."""

    def set_weights(self, weights: Sequence[Array]) -> None: ...
    def get_gradients(self) -> list[Array]:
        """Their gradients in the last step, where the optimizer keeps them."""

    def move_averages(self, how: str) -> None:
        """Weights become their moving averages ("to_weights"), averages the weights ("to_averages"), or they "swap"."""
