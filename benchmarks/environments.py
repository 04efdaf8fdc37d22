"""Where the environment of an engine lies. Standard library only: what makes them imports this too."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The checkout."""

WHEELS = "wheels.json"
"""In an environment: the bytes of each wheel that was installed into it, by distribution."""


def folder(engine: str, environments: Path = ROOT) -> Path:
    return environments / f".venv-bench-{engine}"


def interpreter(engine: str, environments: Path = ROOT) -> Path:
    """The Python of the engine's environment, which may not be there."""
    return folder(engine, environments) / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
