"""What the deployed functions do with a probe: harmless, and told to nobody."""
