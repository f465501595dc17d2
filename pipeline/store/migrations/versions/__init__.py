"""One file a step, in order; forwards only."""
