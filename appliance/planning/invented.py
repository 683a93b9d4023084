"""Text that a speech model made up: over silence, over and over again, or as the credits it saw in training."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from appliance.domain.span import Span
from appliance.planning.words import Level

_TOO_REGULAR = 2.4  # text that packs better than this repeats itself (the bound that Whisper's authors use)
_UNSURE = -1.0
_SILENT_SHARE = 0.85
_TIMES = 3
_WITHIN = 6
# What models say over music and silence in many languages: thanks for watching, subtitles by, see you next time.
_CREDITS = re.compile(
    r"^(?:thanks? (?:you )?(?:so much )?for watching|subtitles? by .*|subscribe.*|amara\.org.*|you"
    r"|sous-titr\w* .*|untertitel\w* .*|gracias por ver.*|продолжение следует.*|субтитры .*"
    r"|字幕.*|ご視聴ありがとうございました|시청해주셔서 감사합니다)\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """What has to be judged: a piece of text, where it stands, and how sure the model was."""

    text: str
    span: Span
    compression: float
    log_probability: float
    no_speech: float


def invented(said: Sequence[Said], level: Level | None) -> tuple[str, ...]:
    """For each piece why it is taken for invented, or an empty string when it is kept."""
    silence = _silence(level)
    reasons: list[str] = []
    recent: deque[str] = deque(maxlen=_WITHIN)
    for piece in said:
        bare = re.sub(r"\W+", " ", piece.text).strip().lower()
        reasons.append(_reason(piece, bare, recent, level, silence))
        recent.append(bare)
    return tuple(reasons)


def _reason(piece: Said, bare: str, recent: Iterable[str], level: Level | None, silence: float) -> str:
    if not bare:
        return "no words in it"
    if level is not None and _share_below(level, piece.span, silence) > _SILENT_SHARE:
        return "said over silence"
    if _CREDITS.match(piece.text.strip()) and (piece.no_speech > 0.3 or piece.log_probability < -0.5):
        return "said over no speech"
    if piece.compression > _TOO_REGULAR and (piece.log_probability < -0.3 or _loops(bare)):
        return "repeats itself"
    if piece.no_speech > 0.8 and piece.log_probability < _UNSURE:
        return "most likely no speech"
    if len(bare) > 12 and sum(before == bare for before in recent) >= _TIMES - 1:
        return "said again and again"
    return ""


def _loops(bare: str) -> bool:
    """Whether a few words make up the whole of a long text."""
    words = bare.split()
    return len(words) >= 8 and len(set(words)) <= len(words) / 4


def _silence(level: Level | None) -> float:
    """The level below which nothing is said, in dBFS: well under what is usual, and never above -50."""
    if level is None or not len(level.db):
        return -120.0
    return min(float(np.percentile(level.db, 75)) - 35, -50.0)


def _share_below(level: Level, span: Span, bound: float) -> float:
    piece = level.db[int(span.start / level.hop) : int(np.ceil(span.end / level.hop))]
    return float((piece < bound).mean()) if len(piece) else 0.0
