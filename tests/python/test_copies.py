"""Clones, pickles and copies of layers and models, beyond what Keras's record holds them to."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from steepest import Model, Sequential, layers, models

X = np.sin(np.arange(24, dtype="float32")).reshape(8, 3)
Y = np.cos(np.arange(16, dtype="float32")).reshape(8, 2)

COPIES = {"pickle": lambda thing: pickle.loads(pickle.dumps(thing)), "deepcopy": copy.deepcopy, "copy": copy.copy}


def stack():
    return Sequential([layers.Input((3,)), layers.Dense(4, activation="tanh", name="a"), layers.Dense(2, name="b")])


def graph():
    x = layers.Input((3,), name="x")
    shared = layers.Dense(3, name="shared")
    return Model(x, layers.Dense(2, name="top")(layers.add([shared(x), shared(shared(x))])), name="graph")


MAKE = {"sequential": stack, "functional": graph}


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)
def test_copies_are_equal_and_apart(make, copied) -> None:
    model = make()
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(X, Y, epochs=3, verbose=0)
    twin = copied(model)
    assert type(twin) is type(model) and twin.name == model.name
    assert np.array_equal(twin(X), model(X))
    assert type(twin.optimizer) is type(model.optimizer) and int(twin.optimizer.iterations) == 3
    assert twin.evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)
    losses = [one.fit(X, Y, epochs=2, shuffle=False, verbose=0).history["loss"] for one in (model, twin)]
    assert losses[0] == losses[1]  # the copy goes on from the optimizer's state
    before = model.get_weights()
    twin.set_weights([weight + 1 for weight in before])
    assert all(map(np.array_equal, model.get_weights(), before))


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
def test_layers_are_copied_with_their_weights(copied) -> None:
    layer = layers.Dense(2, activation="relu", name="one")
    assert not copied(layer).built
    layer(X)
    twin = copied(layer)
    assert twin.name == "one" and np.array_equal(twin(X), layer(X))


def test_a_pickle_of_a_model_that_is_not_compiled_is_neither() -> None:
    assert not pickle.loads(pickle.dumps(stack())).compiled


@pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)
def test_clones_have_new_layers_and_are_compiled_alike(make) -> None:
    model = make()
    model.compile("adam", "mse", metrics=["mae"])
    clone = models.clone_model(model)
    assert [layer.name for layer in clone.layers] == [layer.name for layer in model.layers]
    assert not {id(layer) for layer in clone.layers} & {id(layer) for layer in model.layers}
    assert clone.optimizer is not model.optimizer
    assert clone.get_compile_config() == model.get_compile_config()
    clone.set_weights(model.get_weights())
    assert np.array_equal(clone(X), model(X))


def test_clone_function_makes_each_layer_once() -> None:
    seen = []

    def cloned(layer):
        seen.append(layer.name)
        return layers.Dense(layer.units, activation="relu", name=layer.name) if layer.name == "shared" else layer

    model = models.clone_model(graph(), clone_function=cloned)
    assert sorted(seen) == sorted(["shared", "top", model.layers[2].name])
    assert model.get_layer("shared").activation.__name__ == "relu"


def test_call_function_may_add_layers() -> None:
    def called(layer, *args):
        outputs = layer(*args)
        return layers.Dropout(0.5)(outputs) if isinstance(layer, layers.Dense) else outputs

    model = models.clone_model(graph(), call_function=called)
    assert sum(isinstance(layer, layers.Dropout) for layer in model.layers) == 4


def test_input_tensors_are_those_of_the_clone() -> None:
    tensor = layers.Input((3,), name="mine")
    assert models.clone_model(graph(), input_tensors=tensor).input is tensor
    assert models.clone_model(stack(), input_tensors=[tensor]).input_shape == (None, 3)


@pytest.mark.parametrize("recursive", [False, True])
def test_models_within_a_model_are_cloned_layer_by_layer_if_asked(recursive) -> None:
    outer = Sequential([layers.Input((3,)), graph()])
    seen = []

    def cloned(layer):
        seen.append(type(layer).__name__)
        return type(layer).from_config(layer.get_config())

    models.clone_model(outer, clone_function=cloned, recursive=recursive)
    assert seen == (["Dense", "Add", "Dense"] if recursive else ["Functional"])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: models.clone_model(3), "Expected a Sequential or a functional model"),
        (lambda: models.clone_model(layers.Dense(2)), "Expected a Sequential or a functional model"),
        (lambda: models.clone_model(stack(), call_function=print), "call_function"),
        (lambda: models.clone_model(stack(), input_tensors=X), "must be KerasTensors"),
        (lambda: models.clone_model(stack(), input_tensors=[layers.Input((3,))] * 2), "one tensor"),
        (lambda: models.clone_model(graph(), input_tensors=[layers.Input((3,))]), "structure"),
        (lambda: models.clone_model(stack(), clone=print), "Unexpected keyword"),
    ],
)
def test_what_cannot_be_cloned_is_refused(call, message) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def _changed(change):
    config = graph().get_config()
    change(config)
    return config


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (lambda: _changed(lambda c: c["layers"][1]["inbound_nodes"][0]["kwargs"].update(mask=True)), "mask"),
        (lambda: _changed(lambda c: c["layers"][1]["inbound_nodes"][0]["args"].append(3)), "one argument"),
        (lambda: _changed(lambda c: c["layers"].pop(0)), "not described"),
        (
            lambda: _changed(
                lambda c: c["layers"][1]["inbound_nodes"][0]["args"][0]["config"].update(keras_history=["top", 0, 0])
            ),
            "tensors that nothing gives",
        ),
    ],
)
def test_descriptions_that_make_no_graph_are_refused(config, message) -> None:
    with pytest.raises(ValueError, match=message):
        Model.from_config(config())


def test_a_model_that_begins_within_another_has_no_description() -> None:
    hidden = layers.Dense(3, name="hidden")(layers.Input((3,)))
    model = Model(hidden, layers.Dense(2)(hidden))
    with pytest.raises(ValueError, match="begins at the output of a layer"):
        model.get_config()
