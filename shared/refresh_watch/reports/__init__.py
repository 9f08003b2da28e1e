"""What people are told: a report, in zh and en, independent of any channel."""
