"""What happens around the training: hooks, history, early stopping, learning rates, logs, progress, checkpoints."""

from steepest.callbacks.backup_and_restore import BackupAndRestore
from steepest.callbacks.callback import Callback
from steepest.callbacks.callback_list import CallbackList
from steepest.callbacks.csv_logger import CSVLogger
from steepest.callbacks.early_stopping import EarlyStopping
from steepest.callbacks.history import History
from steepest.callbacks.lambda_callback import LambdaCallback
from steepest.callbacks.learning_rate_scheduler import LearningRateScheduler
from steepest.callbacks.model_checkpoint import ModelCheckpoint
from steepest.callbacks.progbar_logger import ProgbarLogger
from steepest.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from steepest.callbacks.remote_monitor import RemoteMonitor
from steepest.callbacks.swap_ema_weights import SwapEMAWeights
from steepest.callbacks.tensorboard import TensorBoard
from steepest.callbacks.terminate_on_nan import TerminateOnNaN

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "RemoteMonitor",
    "SwapEMAWeights",
    "TensorBoard",
    "TerminateOnNaN",
]
