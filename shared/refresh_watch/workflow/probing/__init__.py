"""What the deployed functions do with a probe: it is harmless, and no report is sent."""
