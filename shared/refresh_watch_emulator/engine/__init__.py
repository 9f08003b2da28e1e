"""The embedded Function Compute: its HTTP API, its queue and its Python runtimes on one machine. Never deployed."""
