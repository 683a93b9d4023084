"""Judges and writers behind an OpenAI-compatible endpoint."""
