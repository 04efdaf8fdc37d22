"""What layers and models are made of: symbolic tensors, their graph, and its lowering to the core's steps."""
