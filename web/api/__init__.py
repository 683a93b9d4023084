"""The HTTP API, one file a noun: each ends in a tuple of endpoints."""
