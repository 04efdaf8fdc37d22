"""The engines by name: what to install for each, how it is imported, what it is called.

The engine `name` is the module `benchmarks.engines.name`, run in a process of its own in the environment
`.venv-bench-name`. To add an engine, add its file and a line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class EngineInfo:
    """`requirements` go to pip (empty: the checkout itself); `distribution` is the one whose version and wheel are
    reported; `statement` is what is timed as its import; `environment` is set before anything is imported."""

    label: str
    distribution: str
    requirements: tuple[str, ...]
    statement: str
    environment: Mapping[str, str] = field(default_factory=dict)


ENGINES: Mapping[str, EngineInfo] = {
    "steepest": EngineInfo("steepest", "steepest", (), "from steepest import keras; keras.Sequential"),
    "numpy": EngineInfo("NumPy", "numpy", ("numpy>=1.26", "threadpoolctl"), ""),
    "sklearn": EngineInfo(
        "scikit-learn", "scikit-learn", ("scikit-learn>=1.5",), "from sklearn.neural_network import MLPClassifier"
    ),
    "torch": EngineInfo("PyTorch", "torch", ("torch==2.13.0", "numpy"), "import torch"),
    "jax": EngineInfo("JAX", "jax", ("jax[cpu]>=0.5",), "import jax, jax.numpy", {"JAX_PLATFORMS": "cpu"}),
    "keras_jax": EngineInfo(
        "Keras (JAX)",
        "keras",
        ("keras>=3.10", "jax[cpu]>=0.5"),
        "import keras",
        {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
    ),
    "keras_tensorflow": EngineInfo(
        "Keras (TensorFlow)",
        "keras",
        (
            "keras>=3.10",
            "tensorflow-cpu>=2.18; sys_platform != 'darwin' and platform_machine in 'x86_64 AMD64'",
            "tensorflow>=2.18; sys_platform == 'darwin' or platform_machine not in 'x86_64 AMD64'",
        ),
        "import keras",
        {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""},
    ),
}
