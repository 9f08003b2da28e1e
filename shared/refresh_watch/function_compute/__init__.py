"""The engine under us: start later and once, read tasks, JSON logs."""
