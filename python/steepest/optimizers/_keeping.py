"""What an optimizer keeps for its variables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from steepest import initializers
from steepest._data.rows import Array
from steepest._weights.variable import Variable


class Keeping:
    """The variables of an optimizer: those that it moves, and what it keeps for each of them.

    Variables are NumPy arrays or `Variable`s, known by their identity.
    """

    name: str
    use_ema: bool
    gradient_accumulation_steps: int | None
    _iterations: Variable
    _learning_rate: Any

    def __init__(self) -> None:
        self.built = False
        self._core_state: Any = None  # what shows the state of a training in the core
        self._variables: list[Variable] = []  # what the rule and the base keep
        self._trainable_variables: list[Any] = []
        self._averages: list[Any] = []
        self._accumulators: list[Any] = []
        self._excluded: tuple[list[Any], list[str]] = ([], [])

    def build(self, variables: Iterable[Any]) -> None:
        """Makes what is kept for these variables, NumPy arrays or `Variable`s that `apply` will update in place.

        A subclass that keeps something calls `super().build(variables)` and then `add_optimizer_variables`.

        Raises:
            ValueError: if one of them is not a writable float32 or float64 array.
        """
        if self.built:
            return
        variables = list(variables)
        for index, variable in enumerate(variables):
            check_variable(variable, index)
        self._trainable_variables = variables
        if self.use_ema:
            self._averages = self.add_optimizer_variables(variables, "average")
        if self.gradient_accumulation_steps:
            self._accumulators = [self.add_variable_from_reference(v, "gradient_accumulator") for v in variables]
        self.built = True

    @property
    def variables(self) -> list[Variable]:
        """The number of steps, the learning rate if it is a number, and what is kept for the variables.

        After `fit` these are the model's weights. What is assigned here counts from the next step on.
        """
        if self._core_state is not None:
            self._core_state.show(self)
        rate = [self._learning_rate] if isinstance(self._learning_rate, Variable) else []
        return [self._iterations, *rate, *self._variables]

    def __getstate__(self) -> dict[str, Any]:
        if self._core_state is not None:
            self._core_state.show(self)
        return {**self.__dict__, "_core_state": None}  # a copy keeps the state, and belongs to no model

    def add_variable(
        self, shape: Sequence[int], initializer: Any = "zeros", dtype: Any = None, name: str | None = None
    ) -> Variable:
        """A variable of the optimizer's own; `initializer` is one, its name, or an array."""
        if not isinstance(initializer, np.ndarray):
            initializer = initializers.get(initializer)
        variable = Variable(initializer, shape, dtype, trainable=False, name=name)
        variable.path = f"{self.name}/{variable.name}"
        self._variables.append(variable)
        return variable

    def add_variable_from_reference(
        self, reference_variable: Any, name: str | None = None, initializer: Any = "zeros"
    ) -> Variable:
        """A variable of the shape and dtype of another one."""
        owner = getattr(reference_variable, "path", None) or f"variable_{self._get_variable_index(reference_variable)}"
        full_name = f"{owner.replace('/', '_')}_{name or 'var'}"
        return self.add_variable(reference_variable.shape, initializer, reference_variable.dtype, full_name)

    def add_optimizer_variables(self, trainable_variables: Iterable[Any], name: Any, initializer: Any = "zeros") -> Any:
        """A list with a variable for each of `trainable_variables`; a tuple of lists for a list of names.

        None stands for a variable with `overwrite_with_gradient`, for which nothing has to be kept.
        """
        names = [name] if isinstance(name, str) else list(name)
        firsts = list(initializer) if isinstance(initializer, (list, tuple)) else [initializer] * len(names)
        if len(names) != len(firsts):
            raise ValueError(f"Expected an initializer for each name. Received: name={name!r}, {initializer=}")
        kept: tuple[list[Variable | None], ...] = tuple([] for _ in names)
        for variable in trainable_variables:
            for column, own_name, first in zip(kept, names, firsts, strict=True):
                overwritten = getattr(variable, "overwrite_with_gradient", False)
                column.append(None if overwritten else self.add_variable_from_reference(variable, own_name, first))
        return kept[0] if isinstance(name, str) else kept

    def _get_variable_index(self, variable: Any) -> int:
        return next(index for index, known in enumerate(self._trainable_variables) if known is variable)

    def set_weights(self, weights: Sequence[ArrayLike]) -> None:
        """Assigns a value to each of `variables`.

        Raises:
            ValueError: before `build`, for another number of arrays, and for other shapes; then nothing was changed.
        """
        variables, arrays = self.variables, [np.asarray(weight) for weight in weights]
        if not self.built:
            raise ValueError(
                f"Optimizer {self.name!r} has no weights yet: call `optimizer.build(trainable_variables)` before "
                "`set_weights`."
            )
        if len(arrays) != len(variables):
            raise ValueError(f"Optimizer {self.name!r} has {len(variables)} weights. Received: {len(arrays)}")
        for variable, array in zip(variables, arrays, strict=True):
            if variable.shape != array.shape:
                raise ValueError(
                    f"Optimizer variable {variable.path!r} has the shape {variable.shape}. Received: {array.shape}"
                )
        for variable, array in zip(variables, arrays, strict=True):
            variable.assign(array)

    def exclude_from_weight_decay(
        self, var_list: Iterable[Any] | None = None, var_names: Iterable[str] | None = None
    ) -> None:
        """Takes variables out of weight decay.

        Args:
            var_list: the variables.
            var_names: regular expressions: a variable in whose name one of them is found is taken out (`"bias"`).

        Raises:
            ValueError: after `build`.
        """
        if self.built:
            raise ValueError("`exclude_from_weight_decay()` must be called before the optimizer is built.")
        self._excluded = (list(var_list or ()), list(var_names or ()))


def array_of(variable: Any) -> Array:
    """The array that holds a variable's value."""
    array: Array = variable.value if isinstance(variable, Variable) else variable
    return array


def check_variable(variable: Any, index: int) -> None:
    """Refuses what can't be updated in place.

    Raises:
        ValueError: for anything but a writable float32 or float64 array, or a `Variable` of one.
    """
    array = array_of(variable)
    if not isinstance(array, np.ndarray) or array.dtype not in (np.float32, np.float64):
        received = getattr(array, "dtype", type(array).__name__)
        raise ValueError(f"Variables must be NumPy arrays of float32 or float64. Received: {received} (number {index})")
    if not array.flags.writeable:
        raise ValueError(f"Variables are updated in place. Received: a read-only array (number {index})")
