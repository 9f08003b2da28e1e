"""A look: which questions cover a watch's open items in the fewest calls, and what the answers show of them."""
