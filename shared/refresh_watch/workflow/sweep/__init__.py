"""The sweep: what failed in the account and nobody watched (workflow/sweep.py)."""
