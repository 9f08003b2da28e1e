"""The `refresh-watch` command. Never deployed."""
