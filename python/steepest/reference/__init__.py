"""The readable specification: every activation, loss, metric and update rule of the core in plain float64 NumPy.

Each function is as short as its formula; none is fast. The tests hold the core against them, and they can be read and
compared with: `python -m steepest compare` trains a network with the core and with `reference.fit`, side by side.

The dicts ACTIVATIONS, LOSSES (function, gradient), METRICS (function) and OPTIMIZERS (rule, names of its state) go by
the core's names; the functions themselves are here, too.

>>> import numpy as np
>>> sigmoid(np.array([0.0])), sigmoid_gradient(np.array([0.0]), np.array([1.0]))
(array([0.5]), array([0.25]))
"""

from steepest.reference.activations import *  # noqa: F403
from steepest.reference.element_losses import *  # noqa: F403
from steepest.reference.losses import *  # noqa: F403
from steepest.reference.metrics import *  # noqa: F403
from steepest.reference.network import Network, fit  # noqa: F401
from steepest.reference.optimizers import *  # noqa: F403
from steepest.reference.piecewise_activations import *  # noqa: F403
from steepest.reference.row_losses import *  # noqa: F403
from steepest.reference.smooth_activations import *  # noqa: F403
from steepest.reference.tables import ACTIVATIONS, LOSSES, METRICS  # noqa: F401
