"""Whether everything that a watch needs is in order, and what to do where it is not: one file a check."""
