"""The message of a report, in zh and en, independent of any channel."""
