"""The sweep: what failed in the account and no watch follows: found, committed, and reported by watches of its own."""
