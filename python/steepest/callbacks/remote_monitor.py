"""The history to a server."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from steepest.callbacks.callback import Callback, Logs


class RemoteMonitor(Callback):
    """Sends the epoch's number, the loss and the metrics to a server after each epoch, by HTTP POST.

    An epoch that can't be delivered is a warning, and the training goes on.

    Args:
        root: the address of the server.
        path: where on it.
        field: the name of the form's only field, which holds the values as JSON.
        headers: more headers of the request.
        send_as_json: whether to send the values as JSON by themselves, of the type `application/json`, and no form.

    Source: Keras, which needs the package `requests` for it.

    >>> RemoteMonitor("http://localhost:9000").path
    '/publish/epoch/end/'
    """

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: Mapping[str, str] | None = None,
        send_as_json: bool = False,
    ):
        super().__init__()
        self.root = root
        self.path = path
        self.field = field
        self.headers = headers
        self.send_as_json = send_as_json

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        import json
        import urllib.parse
        import urllib.request

        values = {"epoch": epoch, **{name: _plain(value) for name, value in (logs or {}).items()}}
        text = json.dumps(values)
        kind = "application/json"
        if not self.send_as_json:
            text, kind = urllib.parse.urlencode({self.field: text}), "application/x-www-form-urlencoded"
        headers = {"Content-Type": kind, **(self.headers or {})}
        request = urllib.request.Request(self.root + self.path, text.encode(), headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=10):
                pass
        except OSError as error:  # URLError and HTTPError are
            warnings.warn(f"Could not reach RemoteMonitor root server at {self.root}: {error}", stacklevel=2)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, (np.ndarray, np.generic)) else value
