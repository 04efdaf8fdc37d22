"""Every rule of the core has its Python name and its reference formula, and the other way round."""

from __future__ import annotations

import warnings

import pytest

from steepest import _core, activations, losses, metrics, optimizers, reference
from steepest._names import registry

RULES = _core.rules()
WHOLE = {"Dice", "Tversky"}  # of a whole batch, unless told otherwise
NOT_OF_THE_CORE = {"Loss", "FunctionLoss", "Circle"}


def spec_variants(kind: str) -> dict[str, dict[str, object]]:
    """The specs that the public classes of a kind give the core, by the rule's name."""
    if kind == "activations":
        made = [getattr(activations, name) for name in activations.__all__]
        specs = [thing.spec for thing in made if getattr(thing, "spec", None)]
        specs += [activations.relu_spec(max_value=2.0), activations.gelu.spec_of(approximate=True)]
        specs.append(activations.threshold.spec_of(1.0, 2.0))
    elif kind == "optimizers":
        specs = [
            optimizer.spec()
            for optimizer in (
                optimizers.SGD(),
                optimizers.SGD(momentum=0.9),
                optimizers.SGD(momentum=0.9, nesterov=True),
                optimizers.Adagrad(),
                *(optimizers.RMSprop(momentum=m, centered=c) for m in (0.0, 0.9) for c in (False, True)),
                *(optimizers.Adam(amsgrad=amsgrad) for amsgrad in (False, True)),
                *(optimizers.Adadelta(), optimizers.Adamax(), optimizers.Nadam(), optimizers.Lion()),
                *(optimizers.Ftrl(), optimizers.ScheduleFreeAdamW()),
            )
        ]
    else:
        module = losses if kind == "losses" else metrics
        classes = [name for name in module.__all__ if name[0].isupper() and name not in NOT_OF_THE_CORE]
        if kind == "metrics":
            classes = [name for name in classes if getattr(module, name).rule]
        specs = [getattr(module, name)(**({"axis": -1} if name in WHOLE else {})).spec() for name in classes]
        if kind == "losses":
            specs.append(losses.BinaryFocalCrossentropy(apply_class_balancing=True).spec())
        else:  # a loss as a metric has the loss's rule
            specs = [spec for spec in specs if spec["name"] not in RULES["losses"]]
    return {str(spec["name"]): dict(spec) for spec in specs}


def reference_names(kind: str) -> set[str]:
    return set(getattr(reference, kind.upper())) - (set(reference.LOSSES) if kind == "metrics" else set())


@pytest.mark.parametrize("kind", ["activations", "losses", "metrics", "optimizers"])
def test_every_rule_has_its_three_places(kind: str) -> None:
    core, python, formulas = set(RULES[kind]), set(spec_variants(kind)), reference_names(kind)
    places = {
        "the core (cpp/kernels)": core,
        f"steepest.{kind}": python,
        f"steepest.reference.{kind.upper()}": formulas,
    }
    forgotten = [
        f"the rule {name!r} of {kind} is missing in {place}"
        for place, names in places.items()
        for name in sorted(core | python | formulas)
        if name not in names
    ]
    assert not forgotten, "; ".join(forgotten)


@pytest.mark.parametrize("kind", ["activations", "losses", "metrics", "optimizers"])
def test_specs_name_the_hyper_parameters_of_the_core(kind: str) -> None:
    for name, spec in spec_variants(kind).items():
        hyper = RULES[kind][name]["hyper"] if kind in ("activations", "optimizers") else RULES[kind][name]
        given = set(spec) - {"name", "reduction", "initial_accumulator_value"}
        assert given == set(hyper), f"steepest.{kind} gives {name!r} {sorted(given)}, the core takes {sorted(hyper)}"


def test_states_of_optimizers_have_the_names_of_the_reference() -> None:
    for name, (_, states) in reference.OPTIMIZERS.items():
        assert tuple(RULES["optimizers"][name]["state"]) == states, name


def test_lookup_and_its_suggestion() -> None:
    table = {"adam": 1, "sgd": 2}
    assert registry.lookup("sgd", table, "optimizer") == 2
    with pytest.raises(
        ValueError, match=r"Unknown optimizer: 'adm'\. Did you mean 'adam'\? Expected one of: adam, sgd"
    ):
        registry.lookup("adm", table, "optimizer")
    assert registry.suggest("Adm", table) == " Did you mean 'adam'?"
    assert registry.suggest("unlike", table) == ""


def test_unknown_keywords_are_refused_by_name() -> None:
    registry.refuse_unknown({"epochs": 1}, ["epochs"], "fit()")
    message = r"fit\(\) got an unexpected keyword argument 'epoch'\. Did you mean 'epochs'\?"
    with pytest.raises(TypeError, match=message):
        registry.refuse_unknown({"epoch": 1}, ["epochs"], "fit()")


def test_automatic_names_count_as_in_keras() -> None:
    registry.clear_names()
    assert [registry.auto_name("dense") for _ in range(3)] == ["dense", "dense_1", "dense_2"]
    assert registry.auto_name("dropout") == "dropout"
    registry.clear_names()
    assert registry.auto_name("dense") == "dense"


# The right column was printed by Keras 3's own function.
@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("MeanSquaredError", "mean_squared_error"),
        ("RMSprop", "rm_sprop"),
        ("SGD", "sgd"),
        ("Adam", "adam"),
        ("ReLU", "re_lu"),
    ],
)
def test_snake_case_is_that_of_keras(name: str, snake: str) -> None:
    assert registry.snake_case(name) == snake


def test_descriptions_restore_objects_and_bad_ones_are_refused() -> None:
    for module, thing in (
        (optimizers, optimizers.SGD(0.5, momentum=0.25)),
        (losses, losses.BinaryCrossentropy(from_logits=True, reduction="sum")),
        (metrics, metrics.BinaryAccuracy(threshold=0.25)),
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            restored = module.deserialize(module.serialize(thing))
        assert type(restored) is type(thing)
        assert restored.get_config() == thing.get_config()
        with pytest.raises(ValueError, match="Unknown"):
            module.deserialize({"class_name": "Nope", "config": {}})
    with pytest.raises(ValueError, match="class_name"):
        losses.deserialize({"config": {}})
