"""What the layers that multiply by a kernel and add a bias have in common."""

from __future__ import annotations

from typing import Any

from steepest import activations, constraints, initializers, regularizers
from steepest._graph.plan import Plan, Value
from steepest.layers.activation import lower_activation
from steepest.layers.layer import Array, Layer, Shape


class Affine(Layer):
    """The kernel, the bias and the activation of a layer: what they are made by, and held to.

    Args:
        activation: name or function of `steepest.activations`; None for none.
        kernel_initializer, bias_initializer: name or instance of `steepest.initializers`; None for Keras's defaults.
        kernel_regularizer, bias_regularizer: name or instance of `steepest.regularizers`; None for no penalty.
        kernel_constraint, bias_constraint: name or instance of `steepest.constraints`; None for no constraint.
        kwargs: of `Layer`.
    """

    def __init__(
        self,
        activation: Any,
        kernel_initializer: Any,
        bias_initializer: Any,
        kernel_regularizer: Any,
        bias_regularizer: Any,
        kernel_constraint: Any,
        bias_constraint: Any,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.activation = activations.get(activation)
        self.kernel_initializer = initializers.get(kernel_initializer) or initializers.GlorotUniform()
        self.bias_initializer = initializers.get(bias_initializer) or initializers.Zeros()
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)

    def _has_bias(self) -> bool:
        raise NotImplementedError

    @property
    def weight_names(self) -> tuple[str, ...]:  # type: ignore[override]
        return ("kernel", "bias") if self._has_bias() else ("kernel",)

    def _activates_apart(self, rule: dict[str, Any]) -> bool:
        """Whether the activation is a step of its own: z is then the output of one step, y that of the next."""
        return activations.needs_input(rule)

    def _dense_spec(self, units: int) -> dict[str, Any]:
        rule = activations.layer_rule(self.activation, self.name)
        if self._activates_apart(rule):
            rule = {"name": "linear"}
        return {"name": "dense", "units": units, "use_bias": self._has_bias(), "activation": rule}

    def lower(self, plan: Plan, inputs: Value, input_shape: Shape) -> Value:
        columns = self.core_columns(input_shape)
        assert self._core is not None and columns is not None  # it is built
        outputs = plan.step(self._core, plan.rows(inputs, columns))
        rule = activations.layer_rule(self.activation, self.name)
        if not self._activates_apart(rule):
            return outputs
        return lower_activation(rule, plan, outputs, self.compute_output_shape(input_shape))

    @property
    def kernel(self) -> Array:
        """A read-only copy of the kernel.

        Raises:
            AttributeError: before the layer is built.
        """
        if not self.built:
            raise AttributeError("You must build the layer before accessing `kernel`.")
        return self.weights[0]

    def _rules_config(self) -> dict[str, Any]:
        """The arguments that say how the weights are made and held."""
        return {
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
        }
