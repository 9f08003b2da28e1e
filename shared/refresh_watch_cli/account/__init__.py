"""The account's own services: who calls (STS), and its roles and policies (RAM)."""
