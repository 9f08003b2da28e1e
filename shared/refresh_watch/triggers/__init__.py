"""Any trigger's event to watch requests, one file a kind of event."""
