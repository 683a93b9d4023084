"""What the clips and the video could be called, for the JSON document and the text file beside each clip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from appliance.cli.analysing import Analysed
from appliance.domain.moment import Moment
from appliance.domain.suggestions import Suggestions
from appliance.pipeline.transcribe import spoken
from appliance.planning.titles import suggest, suggest_video


def for_clips(analysed: Analysed, moments: Sequence[Moment]) -> tuple[Suggestions, ...]:
    """Titles, description and hashtags of every clip, from what is said in it."""
    words = spoken(analysed.inputs).transcript
    return tuple(suggest(moment, words, analysed.found.title) for moment in moments)


def for_video(analysed: Analysed) -> Suggestions:
    """The same for the whole video."""
    return suggest_video(spoken(analysed.inputs).transcript, analysed.ranking.moments, analysed.found.title)


def document(suggestions: Suggestions) -> dict[str, Any]:
    """As the commands print it."""
    plain = msgspec.to_builtins(suggestions)
    assert isinstance(plain, dict)
    return plain


def page(suggestions: Suggestions) -> str:
    """As a text to copy from: description and hashtags first, then the titles to choose from."""
    parts = [suggestions.description, " ".join(suggestions.hashtags), "\n".join(suggestions.titles)]
    return "\n\n".join(part for part in parts if part) + "\n"
