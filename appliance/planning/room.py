"""How much room work takes on the disk, and when the disk will be full."""

from __future__ import annotations

from collections.abc import Sequence

_DAY = 86_400.0
# Bytes a second of video that a stage may leave behind, rather too many: 1080p from a platform is about 6 Mbit/s, a
# finished clip up to 14 Mbit/s, an analysis a few kilobytes.
_BYTES_A_SECOND = {
    "fetch": 900_000.0,
    "take": 900_000.0,
    "scan": 3_000.0,
    "transcribe": 3_000.0,
    "rank": 2_000.0,
    "frame": 5_000.0,
}
_CLIP_BYTES_A_SECOND = 1_800_000.0
_UNKNOWN_SECONDS = 3600.0


def needed_bytes(kind: str, seconds: float | None) -> int:
    """What a job of that kind may take for a video (or, for render, a clip) of that many seconds; an hour when unknown."""
    length = _UNKNOWN_SECONDS if seconds is None else seconds
    rate = _CLIP_BYTES_A_SECOND if kind == "render" else _BYTES_A_SECOND.get(kind, 0.0)
    return int(rate * length)


def days_left(samples: Sequence[tuple[float, int]], free_bytes: int) -> float | None:
    """In how many days the disk is full at the pace of these (seconds of the epoch, bytes used); None when it does not fill.

    The pace is the least-squares slope, so that one big download is no trend.
    """
    if len(samples) < 2:
        return None
    at = [when / _DAY for when, _ in samples]
    used = [float(size) for _, size in samples]
    middle, mean = sum(at) / len(at), sum(used) / len(used)
    spread = sum((when - middle) ** 2 for when in at)
    if spread == 0:
        return None
    pace = sum((when - middle) * (size - mean) for when, size in zip(at, used, strict=True)) / spread
    return free_bytes / pace if pace > 0 else None
