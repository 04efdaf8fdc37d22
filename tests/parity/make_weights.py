"""Makes `golden/weights.npz`: what real Keras gives for each case of `weight_cases.py`.

In an environment with `requirements.txt`, in `tests/`: `python -m parity.make_weights`. It takes a minute.
"""

from __future__ import annotations

from . import golden_file
from .make_golden import real_keras
from .run import run
from .weight_cases import CASES


def main() -> None:
    keras = real_keras("tensorflow")
    outcomes = {case.name: run(keras, case, "float64") for case in CASES}
    golden_file.save("weights", outcomes, {"keras": keras.__version__}, dtype="float64")


if __name__ == "__main__":
    main()
