"""The terminal console: a client of the service, nothing more."""
