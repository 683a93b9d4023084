"""The words of a timeline as subtitle files, in the time of the finished clip."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appliance.domain.timeline import CaptionWord, Timeline
from appliance.domain.transcript import join

_LONGEST_LINE = 42  # characters; two lines of this length are what players show well
_PAUSE = 0.9
_LONGEST_SECONDS = 6.0


def srt(timeline: Timeline) -> str:
    """The subtitles as SubRip."""
    return "".join(
        f"{number}\n{_stamp(start, ',')} --> {_stamp(end, ',')}\n{text}\n\n"
        for number, (start, end, text) in enumerate(_cues(timeline), 1)
    )


def vtt(timeline: Timeline) -> str:
    """The subtitles as WebVTT."""
    cues = "".join(
        f"{_stamp(start, '.')} --> {_stamp(end, '.')}\n{_escaped(text)}\n\n" for start, end, text in _cues(timeline)
    )
    return f"WEBVTT\n\n{cues}"


def _cues(timeline: Timeline) -> Iterator[tuple[float, float, str]]:
    """Start, end and text of every cue: sentences, parted where they are long."""
    if timeline.captions is None:
        return
    placed = [
        (begin, begin + word.end - word.start, word)
        for word in timeline.captions.words
        if not word.hidden and (begin := timeline.place(timeline.captions.source, word.start)) is not None
    ]
    group: list[tuple[float, float, CaptionWord]] = []
    for number, word in enumerate(placed):
        group.append(word)
        if number + 1 == len(placed) or _ends(group, placed[number + 1]):
            end = min(max(group[-1][1], group[0][0] + 0.4), timeline.seconds)
            if number + 1 < len(placed):
                end = min(end, placed[number + 1][0])
            yield group[0][0], end, _text([word for _, _, word in group])
            group = []


def _ends(group: Sequence[tuple[float, float, CaptionWord]], following: tuple[float, float, CaptionWord]) -> bool:
    begin, end, last = group[0][0], group[-1][1], group[-1][2]
    length = len(join([word.text for _, _, word in group]))
    return (
        last.sentence_end
        or following[0] - end > _PAUSE
        or following[1] - begin > _LONGEST_SECONDS
        or length + len(following[2].text) >= 2 * _LONGEST_LINE
    )


def _text(words: Sequence[CaptionWord]) -> str:
    """One line, or two of about the same length."""
    texts = [" ".join(word.text.split()) for word in words]
    whole = join(texts)
    if len(whole) <= _LONGEST_LINE or len(texts) < 2:
        return whole
    best = min(range(1, len(texts)), key=lambda at: abs(len(join(texts[:at])) - len(join(texts[at:]))))
    return f"{join(texts[:best])}\n{join(texts[best:])}"


def _stamp(seconds: float, point: str) -> str:
    whole = max(0, round(seconds * 1000))
    return f"{whole // 3_600_000:02}:{whole // 60_000 % 60:02}:{whole // 1000 % 60:02}{point}{whole % 1000:03}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
