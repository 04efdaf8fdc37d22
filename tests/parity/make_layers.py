"""Makes `golden/layers.npz` and `layers.json`: what real Keras gives for each case of `layer_cases.py`.

In an environment with `requirements.txt`, in `tests/`: `python -m parity.make_layers`. It takes a minute.
"""

from __future__ import annotations

import json
import os

from . import golden_file
from .layer_cases import CASES, name_of, run, surface


def main() -> None:
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras
    import tensorflow

    outcomes = {name_of(case): run(keras, case, "float64") for case in CASES}
    versions = {"keras": keras.__version__, "tensorflow": tensorflow.__version__}
    golden_file.save("layers", outcomes, versions, dtype="float64")
    (golden_file.FOLDER / "layers.json").write_text(json.dumps(surface(keras), indent=1) + "\n")


if __name__ == "__main__":
    main()
