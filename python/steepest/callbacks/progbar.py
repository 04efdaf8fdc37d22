"""The progress bar: one line that is drawn anew in its place, or printed once at the end."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable
from typing import Any

import numpy as np

_BOLD, _GREEN, _WHITE, _PLAIN = "\x1b[1m", "\x1b[32m", "\x1b[37m", "\x1b[0m"


class Progbar:
    """`12/60 ━━━━━━━━━━━━━━━━━━━━ 3s 65ms/step - loss: 0.1234`, as Keras prints it.

    Args:
        target: the number of steps; None if that isn't known.
        width: the length of the bar in characters.
        verbose: 0 prints nothing; 1 draws the bar anew with every update; 2 prints a line without bar at the end. Where
            the output is neither a terminal nor a notebook, 1 prints the bar once, at the end.
        interval: the least time between two drawings, in seconds.
        stateful_metrics: names of values that are shown as they are; means over the steps are shown of the others.
        stateless_metrics: instead: names of values of which means are shown.
        unit_name: what a step is called.

    Raises:
        ValueError: if both, `stateful_metrics` and `stateless_metrics`, are given.

    >>> bar = Progbar(3, verbose=0)
    >>> bar.update(1, [("loss", 0.5)])
    """

    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        stateless_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
    ):
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ValueError(
                "Only one of `stateful_metrics` and `stateless_metrics` can be given. "
                f"Received: {stateful_metrics=}, {stateless_metrics=}"
            )
        self.target = target
        self.width = width
        self.verbose = verbose
        self.interval = interval
        self.unit_name = unit_name
        self.stateful_metrics = frozenset(stateful_metrics or ())
        self.stateless_metrics = None if stateless_metrics is None else frozenset(stateless_metrics)
        self._in_place = updates_in_place()
        self._seen = 0
        self._values: dict[str, tuple[Any, int]] = {}  # a sum, and of how many steps
        self._start = time.perf_counter()
        self._after_first: float | None = None
        self._drawn_at = -float("inf")
        self._drawn_width = 0

    def add(self, n: int, values: Iterable[tuple[str, Any]] = ()) -> None:
        """`update` by `n` more steps."""
        self.update(self._seen + n, values)

    def update(
        self, current: int, values: Iterable[tuple[str, Any]] | None = None, finalize: bool | None = None
    ) -> None:
        """Shows that `current` steps are done.

        Args:
            current: steps done so far.
            values: (name, value of the last steps).
            finalize: whether this is the last update; by default, whether `current` has reached the target.
        """
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        self._collect(current, values or (), finalize)
        now = time.perf_counter()
        duration = self._step_duration(current, now)
        if self.verbose == 1:
            if finalize or (self._in_place and now - self._drawn_at >= self.interval):
                self._draw(current, now - self._start, duration, finalize)
                self._drawn_at = now
        elif self.verbose == 2 and finalize and self.target:
            write(f"{self._count(current)} - {now - self._start:.0f}s - {self._per_step(duration)}{self._shown()}\n")

    def _collect(self, current: int, values: Iterable[tuple[str, Any]], finalize: bool) -> None:
        steps = max(current - self._seen, 1)
        for name, value in values:
            if self.stateless_metrics is None:
                averaged = name not in self.stateful_metrics
            else:
                averaged = name in self.stateless_metrics
            if not averaged or finalize:
                self._values[name] = (value, 1)
            else:
                total, count = self._values.get(name, (0.0, 0))
                self._values[name] = (total + value * steps, count + steps)
        self._seen = current

    def _step_duration(self, current: int, now: float) -> float:
        """Seconds a step; without the first one, which is no typical one, if it was seen by itself."""
        if not current:
            return 0.0
        if self._after_first is not None and current > 1:
            return (now - self._after_first) / (current - 1)
        if current == 1:
            self._after_first = now
        return (now - self._start) / current

    def _draw(self, current: int, elapsed: float, duration: float, finalize: bool) -> None:
        if self.target:
            full = int(self.width * current / self.target)
            parts = [
                (_BOLD, self._count(current)),
                ("", " "),
                (_GREEN, "━" * full),
                (_WHITE, "━" * (self.width - full)),
            ]
            clock = f"{elapsed:.0f}s" if finalize else _clock(int(duration * (self.target - current)))
        else:
            parts = [("", f"{current:7d}/Unknown")]
            clock = f"{elapsed:.0f}s"
        parts += [("", " "), (_BOLD, clock), ("", f" {self._per_step(duration)}{self._shown()}")]
        line = "".join(text for _, text in parts)
        width = len(line)
        if self._in_place:
            padding = " " * (self._drawn_width - width)  # over what was longer
            line = (
                "\r" + "".join(f"{style}{text}{_PLAIN}" if style and text else text for style, text in parts) + padding
            )
        self._drawn_width = width
        write(line + "\n" if finalize else line)

    def _count(self, current: int) -> str:
        return f"{current:{len(str(self.target))}d}/{self.target}"

    def _per_step(self, seconds: float) -> str:
        if seconds >= 1 or seconds == 0:
            return f"{seconds:.0f}s/{self.unit_name}"
        if seconds >= 1e-3:
            return f"{seconds * 1e3:.0f}ms/{self.unit_name}"
        return f"{seconds * 1e6:.0f}us/{self.unit_name}"

    def _shown(self) -> str:
        parts = []
        for name, (total, count) in self._values.items():
            mean = float(np.mean(total)) / count if not isinstance(total, float) else total / count
            parts.append(f" - {name}: {mean:.4f}" if abs(mean) > 1e-3 else f" - {name}: {mean:.4e}")
        return "".join(parts)


def updates_in_place() -> bool:
    """Whether what is printed can be drawn over: on a terminal and in a notebook, but not in a file or a pipe."""
    isatty = getattr(sys.stdout, "isatty", None)
    return bool(isatty and isatty()) or "ipykernel" in sys.modules or "PYCHARM_HOSTED" in os.environ


def write(text: str) -> None:
    """Prints `text` at once, in the characters that the output has."""
    out = sys.stdout
    if out is None:  # a windowed program on Windows
        return
    try:
        out.write(text)
    except UnicodeEncodeError:
        encoding = out.encoding or "ascii"
        out.write(text.replace("━", "=").encode(encoding, "replace").decode(encoding))
    out.flush()


def _clock(seconds: int) -> str:
    if seconds > 3600:
        return f"{seconds // 3600}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
    if seconds > 60:
        return f"{seconds // 60}:{seconds % 60:02d}"
    return f"{seconds}s"
