"""The pure core: (watch, observation, now) to (watch, effects); when to look next; how fast to ask."""
