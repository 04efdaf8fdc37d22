"""Makes `golden/descriptions.json`: how real Keras describes the models of `description_cases.py`.

In an environment with `requirements.txt`, in `tests/`: `python -m parity.make_descriptions`. Where steepest is
installed too, Keras is given the descriptions that steepest writes, and has to give the same outputs for them.
"""

from __future__ import annotations

import json

import numpy as np

from . import golden_file
from .description_cases import MODELS, outputs, record
from .make_golden import real_keras


def main() -> None:
    keras = real_keras("jax")
    found = record(keras)
    (golden_file.FOLDER / "descriptions.json").write_text(json.dumps(found, indent=1) + "\n")
    try:
        from steepest import keras as ours
    except ImportError:
        return
    for name, make in MODELS.items():
        restored = keras.models.model_from_json(make(ours).to_json())
        if found[name]["outputs"] is not None:
            for one, other in zip(outputs(keras, restored), found[name]["outputs"], strict=True):
                np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6, err_msg=name)


if __name__ == "__main__":
    main()
