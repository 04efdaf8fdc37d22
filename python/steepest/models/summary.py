"""The table of `model.summary()`, as Keras draws it, in plain characters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple


class Column(NamedTuple):
    """A column's head, the share of the line at which it ends, and whether its text stands at the right."""

    head: str
    end: float
    right: bool


_COLUMNS: tuple[Column, ...] = (
    Column("Layer (type)", 0.45, False),
    Column("Output Shape", 0.80, False),
    Column("Param #", 1.0, True),
)


_CONNECTED: tuple[Column, ...] = (
    *(column._replace(end=end) for column, end in zip(_COLUMNS, (0.3, 0.56, 0.74), strict=True)),
    Column("Connected to", 1.0, False),
)


def summary(
    model: Any,
    weights: int,
    line_length: int | None,
    positions: Sequence[float] | None,
    connections: Sequence[str] | None = None,
) -> str:
    """The whole text for a model with this number of weights; the other arguments are those of `layers_table`."""
    table = layers_table(model._layers, line_length, positions, connections)
    states = None if model._compiled is None else model._compiled.optimizer_size
    text = parameters(weights, model.weight_rules().size, states, 8 if model.dtype == "float64" else 4)
    return f'Model: "{model.name}"\n{table}\n{text}'


def layers_table(
    layers: Sequence[Any],
    line_length: int | None,
    positions: Sequence[float] | None,
    connections: Sequence[str] | None = None,
) -> str:
    """The layers, one a row: name and class, output shape, number of parameters, and what it is connected to.

    Args:
        layers: of the model.
        connections: of each layer; None for a stack of layers, where they go without saying.
        line_length: characters of a line; by default 108, 88 without connections, or what the terminal has.
        positions: where each column ends, as shares of a line.

    Raises:
        ValueError: if a column would have no room.
    """
    if line_length is None:
        import shutil

        line_length = min(88 if connections is None else 108, shutil.get_terminal_size().columns - 4)
    columns = _COLUMNS if connections is None else _CONNECTED
    if positions is not None:
        columns = tuple(column._replace(end=end) for column, end in zip(columns, positions, strict=True))
    widths = _widths(columns, line_length)
    rows = [
        [
            f"{layer.name} ({type(layer).__name__})",
            _output_shape(layer),
            f"{layer.count_params():,}" if layer.built else "0 (unbuilt)",
            *([] if connections is None else [connections[number]]),
        ]
        for number, layer in enumerate(layers)
    ]
    cells = [[_wrapped(text, width) for text, width in zip(row, widths, strict=True)] for row in rows]
    head = [_wrapped(column.head, width) for column, width in zip(columns, widths, strict=True)]
    height = max(map(len, head))
    head = [
        [""] * (height - len(lines)) + lines for lines in head
    ]  # heads stand on the ground, cells hang from the top
    lines = [_rule("┏━┳┓", widths), *_lines(head, columns, widths, "┃"), _rule("┡━╇┩", widths)]
    for number, row in enumerate(cells):
        if number:
            lines.append(_rule("├─┼┤", widths))
        lines += _lines(row, columns, widths, "│")
    return "\n".join([*lines, _rule("└─┴┘", widths)])


def _output_shape(layer: Any) -> str:
    """The shapes of what the layer's calls put out; of a layer in a stack, that of its only output."""
    if layer._nodes:
        return ", ".join(dict.fromkeys(str(tensor.shape) for node in layer._nodes for tensor in node.outputs))
    return str(layer.compute_output_shape(layer._input_shape)) if layer.built else "?"


def parameters(weights: int, trainable: int, states: int | None, itemsize: int) -> str:
    """The numbers of parameters below the table, each with the memory that it takes.

    Args:
        weights: number of weights.
        trainable: how many of them training changes.
        states: how many numbers the optimizer keeps for weights; None before the training.
        itemsize: bytes of a weight.
    """
    # an optimizer has two numbers besides its state, of 4 bytes each: its iterations and its learning rate
    optimizer, memory = (0, 0) if states is None else (states + 2, states * itemsize + 8)
    lines = [
        f" Total params: {weights + optimizer:,} ({_readable(weights * itemsize + memory)})",
        f" Trainable params: {trainable:,} ({_readable(trainable * itemsize)})",
        f" Non-trainable params: {weights - trainable:,} ({_readable((weights - trainable) * itemsize)})",
    ]
    if states is not None:
        lines.append(f" Optimizer params: {optimizer:,} ({_readable(memory)})")
    return "\n".join(lines)


def _widths(columns: Sequence[Column], line_length: int) -> list[int]:
    """The characters of each column's text: the columns share what frame and spaces take, largest remainder first."""
    ends = [0, *(int(column.end * line_length) for column in columns)]
    widths = [end - begin for begin, end in zip(ends, ends[1:], strict=False)]
    excess = sum(widths) + 3 * len(widths) + 1 - line_length
    for i in range(len(widths)):
        share = round(excess / (len(widths) - i))
        widths[i] -= share
        excess -= share
    if min(widths) < 1:
        raise ValueError(f"Not enough room for a summary. Received: line_length={line_length}")
    return widths


def _wrapped(text: str, width: int) -> list[str]:
    """The words of a text in lines of this width; a word that is too long is cut."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return [line if len(line) <= width else line[: width - 1] + "…" for line in lines]


def _lines(cells: Sequence[Sequence[str]], columns: Sequence[Column], widths: Sequence[int], side: str) -> list[str]:
    lines = []
    for i in range(max(map(len, cells))):
        texts = [cell[i] if i < len(cell) else "" for cell in cells]
        aligned = [
            text.rjust(width) if column.right else text.ljust(width)
            for text, column, width in zip(texts, columns, widths, strict=True)
        ]
        lines.append(f"{side} " + f" {side} ".join(aligned) + f" {side}")
    return lines


def _rule(characters: str, widths: Sequence[int]) -> str:
    left, line, cross, right = tuple(characters)
    return left + cross.join(line * (width + 2) for width in widths) + right


def _readable(size: float) -> str:
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} PB"
