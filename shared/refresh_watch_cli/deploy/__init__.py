"""One command from a checkout to deployed functions: what `refresh-watch deploy` does."""
