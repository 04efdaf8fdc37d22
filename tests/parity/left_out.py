"""What of Keras steepest leaves out, and why: `coverage.py` puts it in docs/keras.md.

{reason: "module: pattern pattern ..."}, patterns as in `fnmatch`; a module's last part with a star is a family of
modules. A name that is neither here nor in steepest is listed there as not there yet.
"""

from __future__ import annotations

LEFT_OUT: dict[str, list[str]] = {
    "Convolutions, pooling and what surrounds them": [
        "layers: *Conv* *Pool* Cropping* UpSampling* ZeroPadding* SpatialDropout*",
        "applications*: *",
        "initializers: STFT* stft",
    ],
    "Recurrence: layers over time steps": ["layers: *LSTM* *GRU* *RNN* Bidirectional TimeDistributed"],
    "Attention and language models": ["layers: *Attention ReversibleEmbedding", "config: *flash_attention*"],
    "Images": [
        "layers: Random* RandAugment AugMix AutoContrast CenterCrop Contrast* CutMix MixUp Equalization Solarization "
        "Resizing MaxNumBoundingBoxes Pipeline",
        "datasets.cifar*: *",
        "preprocessing: image*",
        "preprocessing.image*: *",
        "utils: image* img* *_img array_to_img",
        "utils.bounding_boxes*: *",
        "visualization*: *",
        "config: *image_data_format",
        "backend: *image_data_format",
        "ops.image*: *",
    ],
    "Audio and text": [
        "layers: MelSpectrogram STFTSpectrogram TextVectorization",
        "preprocessing: text*",
        "utils: audio* text*",
        "datasets.imdb: *",
        "datasets.reuters: *",
    ],
    "A pipeline of TensorFlow's data sets: `Normalization`, `StringLookup` and the others do its parts": [
        "utils: FeatureSpace",
    ],
    "TensorFlow's saved models: `Model.export` writes ONNX and C": ["export: ExportArchive"],
    "Other frameworks' models, or their devices": [
        "layers: FlaxLayer JaxLayer TFSMLayer TorchModuleWrapper",
        "callbacks: OrbaxCheckpoint",
        "keras: device name_scope remat RematScope StatelessScope SymbolicScope",
        "config: backend set_backend is_nnx_enabled",
        "backend: backend result_type is_float_dtype is_int_dtype",
        "Model: *stateless* jax_state_sync *_state_tree",
        "Sequential: *stateless* jax_state_sync *_state_tree",
        "Layer: stateless_call",
        "Metric: stateless*",
        "Optimizer: stateless_apply",
        "Variable: aggregation synchronization",
    ],
    "How Keras traces, splits and stores its own layers": [
        "Model: *_function rematerialized_call symbolic_call call_signature_parameters supports_jit autocast "
        "operations *_own_variables *_build_config build_from_config input_spec compute_output_spec",
        "Sequential: *_function rematerialized_call symbolic_call call_signature_parameters supports_jit autocast "
        "*_own_variables *_build_config build_from_config input_spec compute_output_spec",
        "Layer: rematerialized_call symbolic_call call_signature_parameters supports_jit autocast *_own_variables "
        "*_build_config build_from_config input_spec compute_output_spec",
        "Optimizer: *_own_variables",
        "Loss: fn",
        "keras: Function Operation InputSpec",
        "layers: InputSpec Wrapper",
        "backend: get_uid",
    ],
    "Any Python function, whose gradient only tracing could give": ["layers: Lambda"],
    "Several machines": ["distribution*: *"],
    "Numbers of 4 and 8 bits": [
        "quantizers*: *",
        "keras: Quantizer",
        "dtype_policies: AWQ* GPTQ* Int4* Quantized*",
        "Model: *quanti*",
        "Sequential: *quanti*",
        "Layer: *quanti*",
    ],
    "Names of Keras 1 and 2 for old files": [
        "legacy*: *",
        "optimizers.legacy: *",
        "utils.legacy: *",
        "mixed_precision: Policy",
        "Model: add_metric compute_loss_and_updates",
        "Sequential: add_metric compute_loss_and_updates",
        "Layer: add_metric",
    ],
    "Operations on tensors that are traced: NumPy does this to arrays": [
        "ops*: *",
        "tree*: *",
        "random: beta binomial categorical dropout gamma normal randint shuffle truncated_normal uniform",
    ],
    "Teaching a small network by a large one": ["distillation*: *"],
}
