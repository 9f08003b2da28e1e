"""What channels answer, and what it means."""
