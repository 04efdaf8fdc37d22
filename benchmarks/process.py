"""The driver's side of a worker process: start it, ask it, end it."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

from benchmarks.engines import ENGINES
from benchmarks.environments import ROOT


class EngineError(Exception):
    """An engine failed, died, or gave no answer in time."""


class Process:
    """The worker of one engine, as a context: `python` is its interpreter, `limit` the seconds an answer may take."""

    def __init__(self, engine: str, python: Path, limit: float = 1_800) -> None:
        self.engine, self.limit = engine, limit
        self.errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")
        self.worker = subprocess.Popen(
            [str(python), "-m", f"benchmarks.engines.{engine}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            cwd=ROOT,
            env={**os.environ, **ENGINES[engine].environment},
            encoding="utf-8",
        )

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        """The worker's answer; EngineError if there is none."""
        assert self.worker.stdin and self.worker.stdout
        alarm = threading.Timer(self.limit, self.worker.kill)
        alarm.start()
        try:
            print(json.dumps({"command": command, **arguments}), file=self.worker.stdin, flush=True)
            line = self.worker.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            alarm.cancel()
        if not line:
            self.worker.wait()
            self.errors.seek(0)
            tail = self.errors.read().strip().splitlines()[-3:]
            raise EngineError(f"ended during {command!r}: {' / '.join(tail) or 'it printed nothing'}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise EngineError(f"{command}: {answer['error']}")
        return answer

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.worker.kill()
        self.worker.wait()
        assert self.worker.stdin and self.worker.stdout
        self.worker.stdout.close()
        try:
            self.worker.stdin.close()
        except BrokenPipeError:
            pass
        self.errors.close()
