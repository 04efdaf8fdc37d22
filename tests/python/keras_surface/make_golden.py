"""Writes `golden.json`: what real Keras answers to the cases. Needs Keras 3 with JAX.

KERAS_BACKEND=jax python tests/python/keras_surface/make_golden.py  # writes the file
KERAS_BACKEND=jax python tests/python/keras_surface/make_golden.py --check  # exits with 1 if answers changed
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ["COLUMNS"] = "80"
sys.path.insert(0, str(Path(__file__).parent.parent))

import keras
from keras_surface.cases import CASES

if __name__ == "__main__":
    golden = {"keras": keras.__version__, **{name: case(keras) for name, case in CASES.items()}}
    path = Path(__file__).with_name("golden.json")
    if "--check" in sys.argv:
        known = json.loads(path.read_text(encoding="utf-8"))
        changed = [name for name, answer in json.loads(json.dumps(golden)).items() if answer != known.get(name)]
        sys.exit(f"Keras answers otherwise to: {', '.join(changed)}" if changed else 0)
    lines = [f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in golden.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"Wrote {path} with Keras {keras.__version__}")
