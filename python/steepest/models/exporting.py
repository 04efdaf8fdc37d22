"""Models for those who run them without this library: as files, and in Keras."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from typing import Any

from steepest._names.registry import refuse_unknown, suggest

# {format, and suffix: (module, its function that makes bytes of a model, the keywords of that)}
_FORMATS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "c": ("c_file", "c_file", ()),
    "onnx": ("onnx_file", "onnx_file", ("opset_version",)),
}


class Exportable:
    """A model that can be written down as it predicts."""

    def export(
        self,
        filepath: str | os.PathLike[str],
        format: str | None = None,
        verbose: bool | None = None,
        input_signature: None = None,
        **kwargs: Any,
    ) -> None:
        """Writes the model as it predicts, for those who run it without this library.

        A `.c` file is C99 with the weights and a function `predict`, for any compiler: it allocates nothing, and needs
        nothing but `<math.h>`. A `.onnx` file is for ONNX Runtime and its like; the number of rows is free.

        Args:
            filepath: the file; one that is there is replaced when the new one is whole.
            format: `"c"` or `"onnx"`; by default what the suffix of `filepath` says.
            verbose: whether to print where the file is; True by default.
            input_signature: None: the model knows its inputs.
            kwargs: for ONNX, `opset_version`: of its operators, 17 or more, 17 by default.

        Raises:
            ValueError: for another format, an `input_signature`, a model that isn't built, and a layer that the format
                can't express, by its name. The file is then as it was.
            TypeError: for an unknown keyword.
            ImportError: for ONNX without the package `onnx`: `pip install steepest[onnx]`.

        >>> import tempfile
        >>> from steepest import layers, Sequential
        >>> model = Sequential([layers.Input((4,)), layers.Dense(1)])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     model.export(f"{folder}/model.c", verbose=False)
        """
        from steepest.saving.atomic import replacing

        path = os.fspath(filepath)
        suffixes = ", ".join(f".{name}" for name in _FORMATS)
        chosen = os.path.splitext(path)[1].lower().removeprefix(".") if format is None else format
        if chosen not in _FORMATS:
            raise ValueError(
                f"Unrecognized format: {chosen!r}.{suggest(chosen, _FORMATS)} Expected a file that ends in one of "
                f"{suffixes}, or one of these as `format`. Received: filepath={path!r}, format={format!r}"
            )
        if input_signature is not None:
            raise ValueError(f"`input_signature` is not supported: expected None. Received: {input_signature=}")
        module, function, keywords = _FORMATS[chosen]
        refuse_unknown(kwargs, keywords, f"export() as {chosen!r}")
        content = getattr(importlib.import_module(f"steepest.exchange.{module}"), function)(self, **kwargs)
        with replacing(path) as file:
            file.write(content)
        if verbose in (None, True):
            print(f"Saved artifact at {path!r}.")

    def to_keras(self, custom_objects: Mapping[str, Any] | None = None) -> Any:
        """The same model in Keras 3, on its backend: with the weights, compiled as this one, its optimizer as it is.

        The two models share nothing: training one leaves the other as it is. `models.from_keras` is the way back.

        Args:
            custom_objects: {name: class or function of Keras's kind} for names that are not registered there.

        Raises:
            ImportError: without Keras 3.
            ValueError: for a part without a description.
        """
        from steepest.exchange.live_keras import to_keras

        return to_keras(self, custom_objects)
