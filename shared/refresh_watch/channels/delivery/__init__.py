"""One delivery: what becomes of a post, whether to come back, and when."""
