"""Which moments become clips: all that were found, some of them by their numbers, or stretches named by hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from appliance.cli.analysing import Analysed
from appliance.cli.screen import clock
from appliance.domain.errors import BadInput
from appliance.domain.moment import Moment, Ranking, Reason
from appliance.domain.span import Span
from appliance.domain.transcript import join
from appliance.pipeline.transcribe import spoken
from appliance.ranking import headline

_TIME = r"(?:(\d+):)?(?:(\d+):)?(\d+(?:\.\d+)?)"
_STRETCH = re.compile(rf"^\s*{_TIME}\s*(?:-|–|to)\s*{_TIME}\s*$")
_SHORTEST = 0.5


def chosen(analysed: Analysed, at: Sequence[str], pick: str) -> Analysed:
    """The video with only the wanted moments. BadInput for a time or number that is none."""
    if at and pick:
        raise BadInput("--at and --pick exclude each other", "Name stretches, or numbers of the ranking.")
    if at:
        moments = tuple(_by_hand(stretch(text, analysed.source.seconds), analysed) for text in at)
        return replace(analysed, ranking=Ranking(analysed.source.seconds, moments, analysed.ranking.missing))
    if pick:
        found = analysed.ranking.moments
        moments = tuple(found[number - 1] for number in numbers(pick, len(found)))
        return replace(analysed, ranking=replace(analysed.ranking, moments=moments))
    return analysed


def stretch(text: str, seconds: float) -> Span:
    """`1:02-1:35.5`, `62 to 95` or `1:00:02-1:00:30` as seconds inside a video of that length."""
    found = _STRETCH.match(text)
    if not found:
        raise BadInput(f"--at {text}: that is no stretch", "Write it as FROM-TO, such as 1:02-1:35.")
    start, end = _seconds(found.groups()[:3]), _seconds(found.groups()[3:])
    if end - start < _SHORTEST:
        raise BadInput(f"--at {text}: it ends before it has begun", "Write it as FROM-TO, such as 1:02-1:35.")
    if start >= seconds:
        raise BadInput(f"--at {text}: the video is only {clock(seconds)} long", "Name a stretch inside it.")
    return Span(start, min(end, seconds))


def numbers(text: str, count: int) -> list[int]:
    """`1,3-5` as numbers of the ranking, in the order given."""
    picked: list[int] = []
    for part in text.split(","):
        found = re.match(r"^\s*(\d+)(?:\s*-\s*(\d+))?\s*$", part)
        if not found:
            raise BadInput(f"--pick {text}: {part.strip() or 'nothing'} is no number", "Write it like 1,3-5.")
        first = int(found.group(1))
        last = int(found.group(2) or first)
        if not 1 <= first <= last <= count:
            raise BadInput(f"--pick {text}: the ranking has {count} moments", "`--dry-run` lists them.")
        picked += range(first, last + 1)
    return list(dict.fromkeys(picked))


def _by_hand(span: Span, analysed: Analysed) -> Moment:
    said = spoken(analysed.inputs).transcript
    text = join([word.text for word in said.within(span)]) if said else ""
    reason = Reason("hand", 0.0, "chosen by hand")
    return Moment(span.start, span.end, 100.0, headline(text) if text else "", (reason,), span.start, text)


def _seconds(parts: Sequence[str | None]) -> float:
    """Hours and minutes may be left out: with one colon the first number is minutes."""
    first, second, last = parts
    if second is None:
        return (int(first) * 60 if first else 0) + float(last or 0)
    return int(first or 0) * 3600 + int(second) * 60 + float(last or 0)
