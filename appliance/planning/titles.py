"""Titles, descriptions and hashtags from what is said, and from nothing else: no templates, no promises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from appliance.domain.moment import Moment
from appliance.domain.suggestions import Suggestions
from appliance.domain.transcript import Transcript
from appliance.planning.hashtags import hashtags
from appliance.planning.phrases import LONG, Phrase, lines_of, phrases, plain, shortened, shown
from appliance.planning.terms import terms_of

_NEAR = 0.5  # what a phrase at the strongest place is worth more than one at the far end
_LEAST = 0.45  # a phrase that is worth less is a splinter
_ALIKE = 0.6  # sharing this much of their words, two titles are the same
_SENTENCES = 3
_LONG_ENOUGH = 280  # letters; a description that has as many takes no further sentence


@dataclass(frozen=True, slots=True)
class TitleOptions:
    """How many titles and hashtags at most, and how long titles and the description may be, in characters."""

    titles: int = 12
    title_length: int = 90
    description_length: int = 600
    hashtags: int = 8


def suggest(
    moment: Moment, transcript: Transcript | None, video_title: str, options: TitleOptions | None = None
) -> Suggestions:
    """What a clip of the moment could be called. Without any words the video's title and the time are all there is."""
    options = options or TitleOptions()
    said = plain(moment.text or (_said(transcript, moment) if transcript is not None else ""))
    peak = _share(transcript, moment)
    found = sorted(
        (one for one in phrases(said) if one.worth >= _LEAST),
        key=lambda phrase: -(phrase.worth - _NEAR * abs(phrase.place - peak)),
    )
    first = [shortened(moment.title, LONG), *(phrase.text for phrase in phrases(moment.quote)[:1])]
    titles = _different([*first, *(phrase.text for phrase in found)], options)
    if not titles:
        name = plain(video_title)
        titles = _different([f"{name} – {_clock(moment.start)}" if name else _clock(moment.start), name], options)
    every = [] if transcript is None else [sentence.text for sentence in transcript.sentences]
    return Suggestions(
        titles,
        _description(said, peak, options.description_length),
        hashtags(said, every, video_title, options.hashtags),
    )


def suggest_video(
    transcript: Transcript | None, moments: Sequence[Moment], video_title: str, options: TitleOptions | None = None
) -> Suggestions:
    """What the whole video could be called: its own title, its moments' titles, and what is said best in them."""
    options = options or TitleOptions()
    name = plain(video_title)
    best = [_best(moment) for moment in moments]
    titles = _different([name, *(shortened(moment.title, LONG) for moment in moments), *_in_turn(best)], options)
    lines = [] if transcript is None else [plain(sentence.text) for sentence in transcript.sentences]
    told = sorted(moments[:_SENTENCES], key=lambda moment: moment.start)
    opening = " ".join(lines[:8])
    parts = [_strongest_line(plain(moment.text), _share(transcript, moment)) for moment in told]
    return Suggestions(
        titles,
        _joined([part for part in dict.fromkeys(parts) if part], options.description_length)
        or _description(opening, 0.0, options.description_length),
        hashtags(" ".join(lines) or " ".join(moment.text for moment in moments), lines, name, options.hashtags),
    )


def _best(moment: Moment) -> list[str]:
    found: list[Phrase] = sorted(
        (one for one in phrases(moment.text) if one.worth >= _LEAST), key=lambda phrase: -phrase.worth
    )
    return [phrase.text for phrase in found[:6]]


def _in_turn(lists: Sequence[Sequence[str]]) -> Iterable[str]:
    """The first of every list, then the second of every list."""
    for place in range(max(map(len, lists), default=0)):
        yield from (one[place] for one in lists if place < len(one))


def _different(titles: Iterable[str], options: TitleOptions) -> tuple[str, ...]:
    """The titles in order without those that say what an earlier one says."""
    out: list[str] = []
    words: list[set[str]] = []
    for title in titles:
        line = _short(title, options.title_length)
        own = set(terms_of(line, common=True))
        if not own or any(len(own & other) >= _ALIKE * min(len(own), len(other)) for other in words):
            continue
        out.append(line)
        words.append(own)
        if len(out) >= options.titles:
            break
    return tuple(out)


def _short(title: str, longest: int) -> str:
    line = plain(title)
    return line if len(line) <= longest else shortened(line, min(longest, LONG))


def _description(said: str, peak: float, longest: int) -> str:
    """The sentence that the moment begins with and the strongest ones, in the order in which they are said."""
    lines = [line for line in lines_of(said) if any(sign.isalnum() for sign in line)]
    if not lines:
        return ""
    worth = {place: _line_worth(line, place / max(len(lines) - 1, 1), peak) for place, line in enumerate(lines)}
    picked = [0, *sorted(range(1, len(lines)), key=lambda place: -worth[place])]
    taken: list[int] = []
    length = 0
    for place in picked:
        if len(taken) < _SENTENCES and length + len(lines[place]) <= longest and length < _LONG_ENOUGH:
            taken.append(place)
            length += len(lines[place]) + 1
    return _joined([lines[place] for place in sorted(taken)] or [shortened(lines[0], longest // 2)], longest)


def _line_worth(line: str, place: float, peak: float) -> float:
    best = max((phrase.worth for phrase in phrases(line)), default=0.0)
    return best - _NEAR * abs(place - peak)


def _strongest_line(said: str, peak: float) -> str:
    lines = [line for line in lines_of(said) if len(terms_of(line)) >= 2]
    count = max(len(lines) - 1, 1)
    place = max(range(len(lines)), key=lambda at: _line_worth(lines[at], at / count, peak), default=None)
    return "" if place is None else lines[place]


def _joined(lines: Sequence[str], longest: int) -> str:
    """Sentences as one text that begins with a capital, as many as fit."""
    text = ""
    for line in lines:
        if len(text) + len(line) + 1 > longest:
            break
        # Only the first word of the whole may be in the middle of a thought.
        part = line if text else shown(line) + line[len(line.rstrip(".。")) :]
        text = f"{text} {part}" if text else part
    return text or (shortened(lines[0], longest // 2) if lines else "")


def _share(transcript: Transcript | None, moment: Moment) -> float:
    """Where in the words of the moment its strongest second lies, 0 to 1; the middle where nothing tells."""
    words = transcript.within(moment.span) if transcript is not None else ()
    if not words or moment.peak <= moment.start:
        return 0.5
    return sum(word.start < moment.peak for word in words) / len(words)


def _said(transcript: Transcript, moment: Moment) -> str:
    return " ".join(
        sentence.text
        for sentence in transcript.sentences
        if sentence.end > moment.start and sentence.start < moment.end
    )


def _clock(seconds: float) -> str:
    whole = int(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"
