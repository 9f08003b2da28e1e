"""Watches from your own Python: start one on the deployed functions, and wait for how it ends."""
