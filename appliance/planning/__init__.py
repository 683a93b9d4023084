"""Decisions about a clip: framing, captions, cuts, titles. Pure."""
