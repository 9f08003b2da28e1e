"""One minimal package per function, ready for Function Compute: what `refresh-watch build` does."""
