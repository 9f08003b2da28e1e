"""What `doctor --probe` measures on a real account: one file a group of facts."""
