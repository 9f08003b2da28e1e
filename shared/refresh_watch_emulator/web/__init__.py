"""HTTP for everything here that listens on a socket: one server, one form of request and of response."""
