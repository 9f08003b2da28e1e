"""The embedded engine, the stand-in products, the chat wall. Never deployed."""
