"""Stand-ins for the CDN, DCDN and VOD APIs: the official SDKs talk to them unchanged. Never deployed."""
