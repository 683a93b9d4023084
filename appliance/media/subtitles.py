"""Subtitle files as cues: SRT, WebVTT, SBV, ASS and SSA, told apart by content, in whatever encoding they come.

Rolling captions, where every cue repeats the line before it, are unrolled; marks for italics, colours and speakers go;
times inside a cue stay as word times. What cannot be read is counted and told, never guessed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from appliance import process
from appliance.domain.errors import BadInput
from appliance.domain.source import SubtitleTrack
from appliance.domain.transcript import Cue
from appliance.media.ffmpeg import Ffmpeg

_MOST_BYTES = 64 * 1024 * 1024
_LONGEST_CUE = 60.0
_BLINK = 0.1
_TIME = r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_ARROW = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}")
_SBV = re.compile(rf"^\s*{_TIME},{_TIME}\s*$")
_INNER_TIME = re.compile(rf"<{_TIME}>")
_MARKUP = re.compile(r"<[^>]*>|\{\\[^}]*\}")
_NOT_SPEECH = re.compile(r"^[\s♪♫#*\-–—.]*$")
_NOISES = re.compile(r"[\[(（【][^\])）】]{1,60}[\])）】]")


@dataclass(frozen=True, slots=True)
class Cues:
    """All cues in order of time, and how many were left out and why."""

    cues: tuple[Cue, ...]
    notes: tuple[str, ...] = ()


def read_subtitles(path: Path) -> Cues:
    """The cues of a file. BadInput when it cannot be read or holds no cue."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BadInput(
                f"{path}: too large for a subtitle file ({path.stat().st_size / 1e6:.0f} MB)", "Is it the right file?"
            )
        raw = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}", "Check the path and its permissions.") from error
    read = parse_subtitles(decode(raw))
    if not read.cues:
        raise BadInput(f"{path}: holds no subtitles that can be read", "SRT, WebVTT, SBV, ASS and SSA are understood.")
    return read


def read_embedded(ffmpeg: Ffmpeg, path: Path, track: SubtitleTrack) -> Cues:
    """The cues of a text track inside a video. BadInput when the track cannot be read."""
    ended = process.run(ffmpeg.argv(*ffmpeg.input(path), "-map", f"0:{track.index}", "-f", "srt", "pipe:1"))
    if ended.code != 0:
        last = ended.err.splitlines()[-1:] or ["no reason given"]
        raise BadInput(
            f"{path}: its subtitle track {track.index} cannot be read: {last[0]}", "Give a subtitle file instead."
        )
    return parse_subtitles(ended.out.decode("utf-8", "replace"))


def decode(raw: bytes) -> str:
    """Bytes as text: by byte order mark, else UTF-8, else UTF-16 where every other byte is zero, else Windows-1252."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            return raw.decode(encoding, "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    head = raw[:400]
    if head[1::2].count(0) > len(head) // 4:
        return raw.decode("utf-16-le", "replace")
    if head[::2].count(0) > len(head) // 4:
        return raw.decode("utf-16-be", "replace")
    return raw.decode("cp1252", "replace")


def parse_subtitles(text: str) -> Cues:
    """The cues of a text in any of the formats."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    raw = list(
        _ass(text) if re.search(r"^\[(Script Info|Events)\]", text, re.MULTILINE | re.IGNORECASE) else _timed(text)
    )
    kept, notes = _sane(raw)
    return Cues(tuple(_unrolled(kept)), notes)


def _timed(text: str) -> Iterator[tuple[float, float, str]]:
    """Start, end and raw lines of SRT, WebVTT and SBV: a time line, then text up to an empty line or the next time line."""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        found = _ARROW.match(lines[at]) or _SBV.match(lines[at])
        at += 1
        if not found:
            continue
        while at < len(lines) and lines[at] and not lines[at].strip():
            at += 1  # rolling captions begin with a line that holds only a space
        body = []
        while at < len(lines) and lines[at].strip() and not (_ARROW.match(lines[at]) or _SBV.match(lines[at])):
            body.append(lines[at])
            at += 1
        if at < len(lines) and lines[at].strip() and body and body[-1].strip().isdigit():
            body.pop()  # the number of the next cue where no empty line stands before it
        yield _seconds(found.groups()[:4]), _seconds(found.groups()[4:8]), "\n".join(body)


def _ass(text: str) -> Iterator[tuple[float, float, str]]:
    """The dialogue lines of ASS and SSA, by the columns that their Format line names."""
    columns = ["Layer", "Start", "End", "Style", "Name", "MarginL", "MarginR", "MarginV", "Effect", "Text"]
    in_events = False
    for line in text.split("\n"):
        name, _, rest = line.partition(":")
        if line.strip().startswith("["):
            in_events = line.strip().lower() == "[events]"
        elif in_events and name.strip().lower() == "format":
            columns = [column.strip() for column in rest.split(",")]
        elif in_events and name.strip().lower() == "dialogue":
            fields = dict(zip(columns, rest.split(",", len(columns) - 1), strict=False))
            start, end = (re.match(_TIME, fields.get(key, "").strip()) for key in ("Start", "End"))
            if start and end and r"\p1" not in fields.get("Text", ""):
                said = fields.get("Text", "").replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ")
                yield _seconds(start.groups()), _seconds(end.groups()), said


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = parts
    return int(hours or 0) * 3600.0 + int(minutes or 0) * 60 + int(seconds or 0) + float(f"0.{fraction or 0}")


def _sane(raw: list[tuple[float, float, str]]) -> tuple[list[tuple[float, float, str]], tuple[str, ...]]:
    """In order of time, without empty cues and without those whose times cannot be; overlaps end where the next begins."""
    kept: list[tuple[float, float, str]] = []
    absurd = 0
    for start, end, text in sorted(raw, key=lambda cue: cue[0]):
        if not text.strip():
            continue
        if end <= start:
            absurd += 1
            continue
        absurd += end - start > _LONGEST_CUE
        if kept and kept[-1][2] == text and start <= kept[-1][1] + 0.05:
            kept[-1] = (kept[-1][0], max(kept[-1][1], end), text)
            continue
        if kept and start < kept[-1][1]:
            kept[-1] = (kept[-1][0], max(start, kept[-1][0] + 0.01), kept[-1][2])
        kept.append((start, min(end, start + _LONGEST_CUE), text))
    return kept, ((f"{absurd} subtitles with impossible times were mended or left out",) if absurd else ())


def _unrolled(raw: list[tuple[float, float, str]]) -> Iterator[Cue]:
    """Cues whose text is only what is new in them."""
    shown: list[str] = []
    for start, end, text in raw:
        lines = [line for line in text.split("\n") if line.strip()]
        plain = [_plain(line) for line in lines]
        # Rolling captions show what was said for a blink more before the next line comes.
        repeated = len(plain) if plain == shown and end - start < _BLINK else _repeated(shown, plain)
        shown = plain
        words = tuple(_inner(lines[repeated:], start))
        fresh = " ".join(plain[repeated:]).strip()
        noise = " ".join(mark.strip("[]()（）【】 ") for mark in _NOISES.findall(fresh))
        spoken = _NOISES.sub(" ", fresh)
        spoken = re.sub(r"\s+", " ", re.sub(r"^\s*(?:>>+|-)\s*", "", spoken)).strip()
        if _NOT_SPEECH.match(spoken):
            spoken = ""
        if spoken or noise:
            yield Cue(start, end, spoken, words if not noise else (), noise)


def _repeated(shown: list[str], now: list[str]) -> int:
    """How many lines at the top of a cue are the last lines of the one before: the roll of automatic captions."""
    for count in range(min(len(shown), len(now)), 0, -1):
        if shown[-count:] == now[:count] and (len(now) > count or len(shown) > count):
            return count
    return 0


def _inner(lines: list[str], start: float) -> Iterator[tuple[str, float]]:
    """Words with the times that stand between them; nothing when there are none."""
    whole = " ".join(lines)
    if not _INNER_TIME.search(whole):
        return
    at = start
    for number, piece in enumerate(re.split(r"(<(?:\d+:)?\d{1,2}:\d{1,2}[.,]\d{1,3}>)", whole)):
        if number % 2:
            found = _INNER_TIME.match(piece)
            assert found
            at = _seconds(found.groups())
        else:
            for word in _plain(piece).split():
                yield word, at


def _plain(line: str) -> str:
    """The line without markup and entities."""
    return re.sub(r"\s+", " ", html.unescape(_MARKUP.sub("", line)).replace("\u200b", "").replace("\ufeff", "")).strip()
