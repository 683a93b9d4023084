"""Subtitles into a transcript: every cue's words get times, and words become sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from appliance.domain.span import Span
from appliance.domain.transcript import Cue, Noise, Origin, Transcript, Word
from appliance.domain.writing import unspaced
from appliance.planning.scripts import breakable, clusters
from appliance.planning.sentences import sentences
from appliance.planning.words import Level, spread

_TRUSTED = 0.25  # a cue's own edge is kept when sound begins or ends this near to it
_LONGEST_WORD = 1.6


def transcript(
    cues: Sequence[Cue], seconds: float, *, level: Level | None, language: str, origin: Origin, detail: str = ""
) -> Transcript:
    """The transcript of a whole source of that length; `level` is its sound where there is any."""
    words = numbered(word for cue in cues if cue.start < seconds for word in _words(cue, seconds, level))
    return Transcript(
        language=language,
        origin=origin,
        sentences=sentences(words),
        covered=(Span(0.0, seconds),),
        detail=detail,
        noises=tuple(
            Noise(cue.start, min(cue.end, seconds), cue.noise) for cue in cues if cue.noise and cue.start < seconds
        ),
    )


def numbered(words: Iterable[Word]) -> Iterator[Word]:
    """The words in order, each with an id of its own that comes from its time, so that it stays when others join."""
    taken = -1
    for word in words:
        taken = max(taken + 1, round(word.start * 1000))
        yield Word(taken, word.text, word.start, word.end, word.probability, word.exact)


def _words(cue: Cue, seconds: float, level: Level | None) -> Iterator[Word]:
    end = min(cue.end, seconds)
    if cue.words:
        yield from _given(cue, end)
        return
    texts = list(_split(cue.text))
    placed = spread(texts, Span(cue.start, end), level)
    for number, (text, span) in enumerate(zip(texts, placed, strict=True)):
        start, stop = span.start, span.end
        if number == 0 and start - cue.start < _TRUSTED:
            start = cue.start
        if number == len(texts) - 1 and end - stop < _TRUSTED:
            stop = end
        yield Word(0, text, start, stop, exact=False)


def _split(text: str) -> Iterator[str]:
    """The words of a line; where a script writes no spaces, the smallest pieces that a line may be broken at."""
    for token in text.split():
        piece = ""
        for cluster in clusters(token):
            if piece and (unspaced(piece[-1]) or unspaced(cluster[0])) and breakable(piece, cluster):
                yield piece
                piece = ""
            piece += cluster
        yield piece


def _given(cue: Cue, end: float) -> Iterator[Word]:
    """Words whose starts the file names; each lasts to the next, but no longer than a word can."""
    starts = [start for _, start in cue.words] + [max(end, cue.words[-1][1] + 0.05)]
    for (text, _), (start, following) in zip(cue.words, pairwise(starts), strict=True):
        yield Word(0, text, start, min(max(following, start + 0.02), start + _LONGEST_WORD))
