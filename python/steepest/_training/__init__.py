"""An epoch: what is asked of each output, calls of the core, and what comes out of them."""
