"""What the clips and the video could be called, for the JSON document and the text file beside each clip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from appliance import app
from appliance.cli.analysing import Analysed, Job
from appliance.cli.screen import bars, clock, remark
from appliance.domain.moment import Moment
from appliance.domain.suggestions import Suggestions
from appliance.pipeline.rank import remembered, shown
from appliance.pipeline.transcribe import spoken
from appliance.planning.titles import suggest, suggest_video

_MOST_TITLES = 12


def for_clips(job: Job, analysed: Analysed, moments: Sequence[Moment]) -> tuple[Suggestions, ...]:
    """Titles, description and hashtags of every clip, from what is said in it; a language model's first, where one writes."""
    words = spoken(analysed.inputs).transcript
    own = [suggest(moment, words, analysed.found.title) for moment in moments]
    return _written(job, analysed, moments, own) if job.use_llm else tuple(own)


def _written(
    job: Job, analysed: Analysed, moments: Sequence[Moment], own: Sequence[Suggestions]
) -> tuple[Suggestions, ...]:
    """The same with what the language model wrote in front; where it wrote nothing, why is told and the own words serve."""
    from appliance.llm.writer import write

    words = spoken(analysed.inputs).transcript
    options = app.video_options(job.settings, job.wishes).judge
    clips = {(clip.start, clip.end): clip for clip in shown(words, moments)}
    with bars() as bar:
        memory = remembered(analysed.inputs, job.context)
        answer = write(list(clips.values()), options, job.context.api_key, memory, bar("titles"))
    for note in answer.notes:
        remark(note)
    found = dict(zip(clips, answer.suggestions, strict=True))
    merged: list[Suggestions] = []
    for moment, mine in zip(moments, own, strict=True):
        theirs = found.get((moment.start, moment.end), "nothing is said in it")
        if isinstance(theirs, str):
            remark(f"titles of “{moment.title or clock(moment.start)}” are from its own words: {theirs}")
            merged.append(mine)
        else:
            merged.append(_merged(theirs, mine))
    return tuple(merged)


def _merged(first: Suggestions, then: Suggestions) -> Suggestions:
    titles = tuple(dict.fromkeys((*first.titles, *then.titles)))[:_MOST_TITLES]
    return Suggestions(titles, first.description or then.description, first.hashtags or then.hashtags)


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
