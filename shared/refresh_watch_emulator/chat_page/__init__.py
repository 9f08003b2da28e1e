"""What a chat shows of a payload, as a local HTML page: by the vendors' own syntax, apart from the channels that make
the payloads, so that a mistake is not made twice. Never deployed."""
