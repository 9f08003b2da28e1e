"""`refresh-watch list`: the query of the four documents."""
