"""One delivery: how a post ended, whether to retry, and when."""
