"""One HTTP POST, to an address that may be connected to, with nothing secret in what comes back."""
