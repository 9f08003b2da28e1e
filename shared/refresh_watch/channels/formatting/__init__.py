"""Forms of a message that several channels share."""
