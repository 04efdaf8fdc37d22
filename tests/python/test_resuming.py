"""A training that is broken off anywhere and started again ends with the bits of one that never was."""

from __future__ import annotations

import itertools
import os

import numpy as np
import pytest

from steepest import Model, Sequential, callbacks, config, layers, losses, metrics, models, optimizers, utils
from steepest.callbacks import BackupAndRestore, Callback, EarlyStopping, ModelCheckpoint, ReduceLROnPlateau

X = np.sin(np.arange(66, dtype="float32")).reshape(22, 3)
Y = np.cos(np.arange(44, dtype="float32")).reshape(22, 2)
STEPS = 6  # of an epoch: 22 rows in batches of 4
EPOCHS = 4


def stack(optimizer="adam", loss="mse", watched=("mae",), **arguments):
    model = Sequential(
        [
            layers.Input((3,)),
            layers.Dense(5, activation="tanh"),
            layers.BatchNormalization(),
            layers.Dropout(0.3),
            layers.Dense(2),
        ]
    )
    model.compile(optimizer, loss, metrics=list(watched), **arguments)
    return model


def graph():
    x = layers.Input((3,))
    noisy = layers.GaussianNoise(0.2)(layers.Dense(3)(x))
    model = Model(x, [layers.Dense(2, name="a")(noisy), layers.Dense(2, name="b")(layers.add([x, noisy]))])
    model.compile(optimizers.SGD(optimizers.schedules.ExponentialDecay(0.1, 3, 0.9), momentum=0.9), ["mse", "mae"])
    return model


class OwnDataset(utils.PyDataset):
    def __len__(self):
        return STEPS

    def __getitem__(self, index):
        return X[4 * index : 4 * index + 4], Y[4 * index : 4 * index + 4]


def generated():
    """Batches without end, of NumPy's global random numbers."""
    while True:
        rows = np.random.randint(0, len(X), 4)
        yield X[rows], Y[rows]


CASES = {
    "sequential": (stack, lambda: dict(x=X, y=Y, batch_size=4)),
    "outputs and a schedule": (graph, lambda: dict(x=X, y=[Y, Y], batch_size=4)),
    "averages": (lambda: stack(optimizers.AdamW(use_ema=True)), lambda: dict(x=X, y=Y, batch_size=4)),
    "accumulation": (
        lambda: stack(optimizers.Adam(gradient_accumulation_steps=4)),
        lambda: dict(x=X, y=Y, batch_size=4),
    ),
    "in NumPy": (lambda: stack(optimizers.Lamb()), lambda: dict(x=X, y=Y, batch_size=4)),
    "metrics in Python": (
        lambda: stack(watched=["mae", metrics.R2Score(), metrics.R2Score(class_aggregation=None, name="each")]),
        lambda: dict(x=X, y=Y, batch_size=4),
    ),
    "shuffled within batches": (stack, lambda: dict(x=X, y=Y, batch_size=4, shuffle="batch")),
    "epochs that are no pass": (stack, lambda: dict(x=X, y=Y, batch_size=4, steps_per_epoch=3)),
    "several steps at a time": (lambda: stack(steps_per_execution=2), lambda: dict(x=X, y=Y, batch_size=4)),
    "loss in Python": (lambda: stack(loss=losses.Dice()), lambda: dict(x=X, y=Y, batch_size=4)),
    "data set": (stack, lambda: dict(x=OwnDataset())),
    "generator": (stack, lambda: dict(x=generated(), steps_per_epoch=STEPS)),
}


class Killed(Exception):
    pass


class Killer(Callback):
    """Ends the training after so many steps, the validation's hooks and the ends of epochs counted as well."""

    comes_last = True

    def __init__(self, after):
        super().__init__()
        self.after = after

    def _count(self):
        self.after -= 1
        if self.after < 0:
            raise Killed

    def on_train_batch_end(self, batch, logs=None):
        self._count()

    def on_epoch_end(self, epoch, logs=None):
        self._count()


def run(case, seed, folder, save_freq, after=10**9, others=list):
    make, data = CASES[case]
    utils.set_random_seed(seed)
    model = make()
    model.fit(
        **data(),
        epochs=EPOCHS,
        verbose=0,
        callbacks=[BackupAndRestore(folder, save_freq), *others(), Killer(after)],
    )
    return model


def same_bits(a, b):
    weights = [one.get_weights() + [variable.numpy() for variable in one.optimizer.variables] for one in (a, b)]
    histories = [one.history.history for one in (a, b)]
    assert list(histories[0]) == list(histories[1])
    return all(map(np.array_equal, *weights)) and all(map(np.array_equal, *(one.values() for one in histories)))


@pytest.mark.parametrize("save_freq", ["epoch", 4])
@pytest.mark.parametrize("case", CASES)
def test_resumed_trainings_end_with_the_same_bits(case, save_freq, tmp_path) -> None:
    whole = run(case, 1, tmp_path / "whole", save_freq)
    assert not os.path.exists(tmp_path / "whole")
    hooks = {"epochs that are no pass": 3, "several steps at a time": 3}.get(case, STEPS)
    first = hooks + 1 if save_freq == "epoch" else 4  # something is saved by then
    for after in range(first, EPOCHS * (hooks + 1) - 1, 7):
        folder = tmp_path / str(after)
        with pytest.raises(Killed):
            run(case, 1, folder, save_freq, after)
        assert same_bits(run(case, 2 if case != "generator" else 1, folder, save_freq), whole)


@pytest.mark.parametrize("threads", [2, 3, 8])
def test_a_hook_sees_the_whole_step_of_all_threads(threads, tmp_path) -> None:
    """A checkpoint shows the optimizer's state, which then goes back to the core: it must not be half a step's."""
    alone = run("sequential", 1, tmp_path / "alone", 1)
    config.set_num_threads(threads)
    try:
        assert same_bits(run("sequential", 1, tmp_path / "together", 1), alone)
    finally:
        config.set_num_threads(0)


def test_a_training_may_be_killed_again_and_again(tmp_path) -> None:
    whole = run("sequential", 1, tmp_path / "whole", 1)
    for seed in itertools.count(1):
        try:
            resumed = run("sequential", seed, tmp_path / "backup", 1, after=2)
            break
        except Killed:
            assert seed < 30
    assert seed > 8 and same_bits(resumed, whole)


class Counter(Callback):
    """A callback of a user's own: its attributes are its state."""

    def __init__(self):
        super().__init__()
        self.epochs, self.seen = 0, []

    def on_epoch_end(self, epoch, logs=None):
        self.epochs += 1
        self.seen.append(logs["loss"])


def test_the_other_callbacks_go_on_as_well(tmp_path) -> None:
    def others():
        return [
            EarlyStopping("loss", min_delta=0.02, patience=1, restore_best_weights=True),
            ReduceLROnPlateau("loss", min_delta=1.0, patience=1),
            Counter(),
        ]

    runs = [others(), others(), others()]
    whole = run("sequential", 1, tmp_path / "whole", "epoch", others=lambda: runs[0])
    with pytest.raises(Killed):
        run("sequential", 1, tmp_path / "backup", "epoch", 2 * STEPS + 3, lambda: runs[1])
    resumed = run("sequential", 5, tmp_path / "backup", "epoch", others=lambda: runs[2])
    assert same_bits(resumed, whole)
    for ours, theirs in zip(runs[0], runs[2], strict=True):
        states = [callback.get_state() for callback in (ours, theirs)]
        best = [state.pop("best_weights", None) or [] for state in states]
        assert states[0] == states[1] and all(map(np.array_equal, *best))


def test_a_training_that_had_stopped_stays_stopped(tmp_path) -> None:
    def others():
        return [EarlyStopping("loss", min_delta=100.0, patience=1)]

    whole = run("sequential", 1, tmp_path / "whole", "epoch", others=others)
    stopped = len(whole.history.epoch)
    assert stopped < EPOCHS
    with pytest.raises(Killed):
        run("sequential", 1, tmp_path / "backup", "epoch", stopped * (STEPS + 1) - 1, others)
    assert same_bits(run("sequential", 2, tmp_path / "backup", "epoch", others=others), whole)


def test_a_checkpoint_is_a_model_too(tmp_path) -> None:
    with pytest.raises(Killed):
        run("sequential", 1, tmp_path, 1, after=8)
    model = models.load_model(tmp_path / "latest.npz")
    assert model.optimizer.iterations == 8 and model.compiled


def test_a_damaged_checkpoint_is_refused_or_the_one_before_it_taken(tmp_path) -> None:
    def double(folder, after=10**9):
        utils.set_random_seed(1)
        model = stack()
        backup = BackupAndRestore(folder, 1, double_checkpoint=True)
        model.fit(X, Y, batch_size=4, epochs=EPOCHS, verbose=0, callbacks=[backup, Killer(after)])
        return model

    whole = double(tmp_path / "whole")
    with pytest.raises(Killed):
        double(tmp_path / "backup", 9)
    latest = tmp_path / "backup" / "latest.npz"
    latest.write_bytes(latest.read_bytes()[:-100])
    with pytest.warns(UserWarning, match="the one before it is"):
        assert same_bits(double(tmp_path / "backup"), whole)
    with pytest.raises(Killed):
        run("sequential", 1, tmp_path / "single", 1, 9)
    latest = tmp_path / "single" / "latest.npz"
    latest.write_bytes(b"")
    with pytest.raises(ValueError, match=r"latest.npz: damaged"):
        run("sequential", 1, tmp_path / "single", 1)


def test_a_checkpoint_of_something_else_is_refused(tmp_path) -> None:
    with pytest.raises(Killed):
        run("sequential", 1, tmp_path, "epoch", after=STEPS + 2)
    with pytest.raises(ValueError, match="begun on other data, or in other batches.*'batch_size': 4.*'batch_size': 5"):
        stack().fit(X, Y, batch_size=5, epochs=EPOCHS, verbose=0, callbacks=BackupAndRestore(tmp_path))
    other = Sequential([layers.Dense(2)])
    other.compile("adam", "mse")
    with pytest.raises(ValueError, match="latest.npz: layer 'dense.*' has 2 weights"):
        other.fit(X, Y, batch_size=4, epochs=EPOCHS, verbose=0, callbacks=BackupAndRestore(tmp_path))


def test_files_of_others_in_the_folder_stay(tmp_path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    run("sequential", 1, tmp_path, "epoch")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    model = stack()
    backup = BackupAndRestore(tmp_path, delete_checkpoint=False)
    model.fit(X, Y, epochs=1, verbose=0, callbacks=[backup])
    assert (tmp_path / "latest.npz").exists()


def fitted(checkpoint, epochs=3):
    utils.set_random_seed(3)
    model = stack()
    model.fit(X, Y, batch_size=4, epochs=epochs, verbose=0, validation_data=(X, Y), callbacks=checkpoint)
    return model


def test_model_checkpoint_fills_in_names_and_makes_folders(tmp_path) -> None:
    history = fitted(ModelCheckpoint(tmp_path / "new" / "{epoch:02d}-{val_loss:.3f}.npz")).history.history
    names = [f"{epoch:02d}-{loss:.3f}.npz" for epoch, loss in enumerate(history["val_loss"], 1)]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == names
    fitted(ModelCheckpoint(tmp_path / "by" / "{epoch}-{batch}.npz", save_freq=4))
    assert sorted(path.name for path in (tmp_path / "by").iterdir()) == ["1-4.npz", "2-2.npz", "2-6.npz", "3-4.npz"]
    with pytest.raises(KeyError, match="val_acc"):
        fitted(ModelCheckpoint(str(tmp_path / "{val_acc}.npz")))


class Losses(Callback):
    """Makes the validation loss what a test wants."""

    def __init__(self, values):
        super().__init__()
        self.values = values

    def on_epoch_end(self, epoch, logs=None):
        logs["val_loss"] = self.values[epoch]


@pytest.mark.parametrize(
    ("mode", "threshold", "saved"), [("auto", None, [1, 3]), ("max", None, [1, 2]), ("min", 0.7, [3])]
)
def test_model_checkpoint_saves_the_best_only(mode, threshold, saved, tmp_path, capsys) -> None:
    checkpoint = ModelCheckpoint(
        str(tmp_path / "{epoch}.weights.npz"),
        verbose=1,
        save_best_only=True,
        save_weights_only=True,
        mode=mode,
        initial_value_threshold=threshold,
    )
    model = fitted([Losses([0.8, 0.9, 0.5]), checkpoint])
    assert sorted(int(path.name[0]) for path in tmp_path.iterdir()) == saved
    printed = capsys.readouterr().out
    improved = printed.count("val_loss improved from")
    assert improved == printed.count("finished saving") == 3 - printed.count("did not improve") == len(saved)
    other = stack()
    other.load_weights(tmp_path / f"{saved[-1]}.weights.npz")
    if saved[-1] == 3:
        assert all(map(np.array_equal, other.get_weights(), model.get_weights()))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ModelCheckpoint("m.txt"), r"must end in .keras or .npz"),
        (lambda: ModelCheckpoint("m.keras", save_weights_only=True), r"must end in .weights.h5"),
        (lambda: ModelCheckpoint("m.keras", save_freq=0), "save_freq=0"),
        (lambda: ModelCheckpoint("m.keras", save_freq="batch"), "save_freq='batch'"),
        (lambda: BackupAndRestore(""), "Empty `backup_dir`"),
        (lambda: BackupAndRestore("b", save_freq=2.5), "save_freq=2.5"),
    ],
)
def test_wrong_arguments_are_refused(make, message) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_a_backup_is_made_behind_all_other_callbacks() -> None:
    backup, counter = BackupAndRestore("b"), Counter()
    called = callbacks.CallbackList([backup, counter], add_history=True)
    assert called.callbacks[-1] is backup and called.callbacks[0] is counter
