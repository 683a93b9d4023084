"""Judges and writers behind an OpenAI-compatible endpoint."""

from appliance.llm.endpoint import ping

__all__ = ["ping"]
