"""Models for other programs, and from them: C, ONNX, and models of Keras that are alive in this process."""
