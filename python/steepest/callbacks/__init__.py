"""What happens around the training: hooks, history, early stopping, progress."""

from steepest.callbacks.callback import Callback
from steepest.callbacks.callback_list import CallbackList
from steepest.callbacks.early_stopping import EarlyStopping
from steepest.callbacks.history import History
from steepest.callbacks.lambda_callback import LambdaCallback
from steepest.callbacks.progbar_logger import ProgbarLogger

__all__ = ["Callback", "CallbackList", "EarlyStopping", "History", "LambdaCallback", "ProgbarLogger"]
