"""The picture at a glance: key frames only, tiny and grey."""

from __future__ import annotations

import contextlib
from array import array
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from appliance.domain.errors import BadInput
from appliance.domain.progress import OnProgress, unwatched
from appliance.domain.source import Source
from appliance.media.mp4_sketch import key_frames
from appliance.media.mp4_tables import read_tables
from appliance.media.probe import open_media
from appliance.signals.evidence import PictureScan

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame

WIDTH, HEIGHT = 64, 36
_BINS = 32
_CLOSEST = 0.45  # seconds: codecs of key frames only give as many as there are
_SPARSE_SECONDS = 12.0  # key frames further apart than this say too little ...
_DENSE_AT_MOST = 1800.0  # ... and in a file up to this long, more frames are looked at

Grey = NDArray[np.uint8]
Skip = Literal["NONKEY", "NONREF"]


def scan_picture(path: Path, source: Source, on_progress: OnProgress = unwatched) -> PictureScan:
    """Change, brightness and shot ends from the key frames, at their real times.

    A short file with hardly any key frames is read by its reference frames instead. BadInput where there is no picture.
    """
    if source.picture is None:
        raise BadInput(f"{path} has no picture", "Signals that look at the picture are left out.")
    scan = _scan(path, source, "NONKEY", on_progress)
    if len(scan.times) * _SPARSE_SECONDS < source.seconds <= _DENSE_AT_MOST:
        scan = _scan(path, source, "NONREF", on_progress)
    on_progress(1.0, "looking")
    return scan


def _scan(path: Path, source: Source, skip: Skip, on_progress: OnProgress) -> PictureScan:
    times, change, brightness, cuts = array("f"), array("f"), array("f"), array("f")
    before: Grey | None = None
    for time, grey in _frames(path, source, skip):
        times.append(time)
        brightness.append(float(grey.mean()) / 255)
        change.append(0.0 if before is None else _difference(before, grey))
        cuts.append(0.0 if before is None else cut_score(before, grey))
        before = grey
        on_progress(min(1.0, time / max(source.seconds, 1.0)), "looking")
    return PictureScan(*(np.frombuffer(column, np.float32).copy() for column in (times, change, brightness, cuts)))


def cut_score(before: Grey, after: Grey) -> float:
    """How sure it is, 0 to 1, that a shot ended between two grey pictures: what moved within a shot keeps its tones
    or its places, a new shot keeps neither (the geometric mean of both losses).
    """
    first, second = before.astype(np.float32), after.astype(np.float32)
    first, second = first - first.mean(), second - second.mean()
    spread = float(np.sqrt((first * first).sum() * (second * second).sum()))
    likeness = float((first * second).sum()) / spread if spread > 1 else 0.0
    tones = [np.bincount(grey.ravel() >> 3, minlength=_BINS) / grey.size for grey in (before, after)]
    moved = float(np.abs(np.cumsum(tones[0] - tones[1])).sum()) / 4  # grey levels in steps of 8: 4 steps count in full
    return float(np.sqrt((1 - max(likeness, 0.0)) * min(moved, 1.0)))


def _difference(before: Grey, after: Grey) -> float:
    return float(np.abs(before.astype(np.int16) - after).mean()) / 255


def _frames(path: Path, source: Source, skip: Skip) -> Iterator[tuple[float, Grey]]:
    """Times in seconds and pictures (36, 64); what cannot be decoded is passed over."""
    from av.error import FFmpegError

    assert source.picture is not None
    with _opened(path, source.picture.index, skip) as container:
        stream = next(stream for stream in container.streams.video if stream.index == source.picture.index)
        stream.codec_context.skip_frame = skip
        stream.thread_type = "AUTO"
        last = -1.0
        waiting: deque[float] = deque()  # times of the key frames inside the decoder
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                if skip == "NONKEY" and packet.pts is not None and packet.time_base is not None:
                    time = float(packet.pts * packet.time_base) - source.start_time
                    if not packet.is_keyframe or 0 <= time - last < _CLOSEST:
                        continue
                    last = time
                    waiting.append(time)
                frames = packet.decode()
            except FFmpegError:
                continue
            for frame in frames:
                # A decoder that is given key frames only guesses their times; they come out in the order they went in.
                own = frame.time - source.start_time
                yield max(0.0, waiting.popleft() if waiting else own), _grey(frame)


def _opened(path: Path, index: int, skip: Skip) -> InputContainer:
    """The file; of an MP4 only the key frames where nothing else is wanted, which spares memory and reading."""
    from av.error import FFmpegError

    tables = read_tables(path) if skip == "NONKEY" else None
    if tables is not None and index < len(tables.tracks) and tables.tracks[index].samples:
        with contextlib.suppress(FFmpegError):
            return open_media(path, sketch=key_frames(tables, index, _CLOSEST))
    return open_media(path)


def _grey(frame: VideoFrame) -> Grey:
    small = frame.reformat(WIDTH, HEIGHT, "gray", interpolation="FAST_BILINEAR")
    plane = small.planes[0]
    rows: Grey = np.frombuffer(memoryview(plane), np.uint8).reshape(HEIGHT, plane.line_size)[:, :WIDTH].copy()
    return rows
