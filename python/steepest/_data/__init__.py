"""From what users have to rows and batches that the core reads."""
