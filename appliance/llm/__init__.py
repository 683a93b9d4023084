"""Judges and writers behind an OpenAI-compatible endpoint."""

from appliance.llm.base import Judgement, JudgeOptions, Line, Memory, Shown
from appliance.llm.endpoint import ping

__all__ = ["JudgeOptions", "Judgement", "Line", "Memory", "Shown", "ping"]
