"""What a media file is made of: its tracks, its clock, and whether all of it is there."""

from __future__ import annotations

import logging
import math
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.domain.errors import BadInput
from appliance.domain.source import Chapter, PictureTrack, SoundTrack, Source, SubtitleTrack
from appliance.media.ffmpeg import PROTOCOLS
from appliance.media.mp4_sketch import Sketch, first_samples
from appliance.media.mp4_tables import Tables, average_rate, read_tables
from appliance.media.playlists import refuse_playlist, refuse_playlist_format
from appliance.media.ts_clock import clock_jumps, walked_seconds
from appliance.media.wholeness import readable_seconds, seconds_by_tables

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.subtitles.stream import SubtitleStream
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

MICROSECONDS = 1_000_000
_PQ, _HLG = 16, 18  # transfer characteristics of ITU-T H.273
_DRAWN = frozenset({"dvd_subtitle", "dvbsub", "dvb_subtitle", "pgssub", "hdmv_pgs_subtitle", "xsub", "vobsub"})
_PROGRESSIVE = frozenset({0, 1})  # AVFieldOrder: unknown, progressive
_MATRICES = {1: "bt709", 5: "bt601", 6: "bt601", 9: "bt2020", 10: "bt2020"}  # matrix coefficients of H.273
_PATIENCE_PACKETS = 400
_LOOKED_AT = 400  # samples of every track of an MP4
_BUFFER_BYTES = 1 << 17
_SHORTEST = 0.05
_DEFAULT_FPS = 30.0
_SMOOTH = 0.75  # of the wanted rate: fewer frames look jerky


def probe(path: Path) -> Source:
    """The file's facts. BadInput: missing, empty, no media, a playlist, a lone picture, or nothing in it can be read.

    Where a file is cut off or its clock jumps, `seconds` counts what can be read and a warning says so. A picture that only
    accompanies sound (cover art) is no picture track.
    """
    _refuse_no_file(path)
    refuse_playlist(path)
    from av.error import FFmpegError

    # libav writes its own warnings to Python's logging; what matters of them is said here.
    logging.getLogger("libav").setLevel(logging.CRITICAL)
    try:
        tables = read_tables(path)
        sketch = first_samples(tables, _LOOKED_AT) if tables else None
        with open_media(path, sketch=sketch) as container:
            refuse_playlist_format(path, container.format.name)
            return _source(path, container, tables if sketch else None)
    except FFmpegError as error:
        raise BadInput(*_why_unreadable(path)) from error


def open_media(path: Path, *, only_sound: bool = False, sketch: Sketch | None = None) -> InputContainer:
    """The file opened by PyAV, with no protocol but plain files. Raises what PyAV raises.

    With `only_sound` no picture is decoded to learn about its track, which is nine tenths of the cost of opening. A
    `sketch` of the file is opened in its place.
    """
    import av

    options = {"protocol_whitelist": PROTOCOLS, **({"skip_frame": "all"} if only_sound else {})}
    opened: Sketch | str = f"file:{path.absolute()}" if sketch is None else sketch
    container: InputContainer = av.open(
        opened, "r", options=options, metadata_errors="replace", buffer_size=_BUFFER_BYTES
    )
    return container


def clip_fps(picture: PictureTrack | None, at_most: float = _DEFAULT_FPS) -> float:
    """Frames a second of a clip made from it: the source's own, or every second, third ... of its frames where it has more
    than `at_most`, so that movement stays even; `at_most` itself where the source's frames come unevenly.
    """
    if picture is None or picture.variable or picture.fps < 1:
        return at_most
    even = picture.fps / math.ceil(picture.fps / at_most - 0.001)
    return min(even, at_most) if picture.fps <= at_most or even >= _SMOOTH * at_most else at_most


def _refuse_no_file(path: Path) -> None:
    try:
        size = path.stat().st_size
        kind_is_file = path.is_file()
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise BadInput(f"there is no file {path}", "Check the path.") from error
        raise BadInput(f"{path} cannot be read: {error.strerror}", "Check the path and its permissions.") from error
    if not kind_is_file:
        raise BadInput(f"{path} is not a file", "Name one video or sound file.")
    if size == 0:
        raise BadInput(f"{path} is empty (0 bytes)", "Download or copy it again.")


def _why_unreadable(path: Path) -> tuple[str, str]:
    with path.open("rb") as file:
        head = file.read(4096)
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"free", b"wide"):
        return (
            f"{path} is cut off: the index of an MP4 (its moov box) is missing or broken",
            "Copy or download it again; if the recording broke off, repair it with the program that recorded it.",
        )
    if _is_text(head):
        return f"{path} is a text file, not a video", "Name a video or sound file; its name alone does not make it one."
    return (
        f"{path} is no video or sound file that can be read",
        "Copy or download it again, or convert it to MP4 with the program that made it.",
    )


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8", "strict" if len(head) < 4096 else "ignore")
    except UnicodeDecodeError:
        return False
    return all(character.isprintable() or character in "\r\n\t\ufeff" for character in text)


def _source(path: Path, container: InputContainer, tables: Tables | None) -> Source:
    shown = [stream for stream in container.streams.video if _decoder(stream) and not _attached(stream)]
    sounds = [stream for stream in container.streams.audio if _decoder(stream)]
    if not shown and not sounds:
        _refuse_nothing(path, container)
    warnings: list[str] = []
    # Before anything is decoded, because decoding moves the reading position.
    start = (container.start_time or 0) / MICROSECONDS
    seconds, warning = _length(path, container, tables, start)
    if seconds < _SHORTEST:
        raise BadInput(
            f"{path} is cut off before its first picture or sound" if warning else f"{path} holds nothing to play",
            "Download or copy it again.",
        )
    warnings += [warning] if warning else []
    picture = _picture(container, shown[0], tables, warnings) if shown else None
    if picture is None and not sounds:
        raise BadInput(f"{path}: its picture cannot be decoded and it has no sound", "Convert it to MP4 (H.264) first.")
    return Source(
        container=container.format.name,
        seconds=seconds,
        start_time=start,
        size_bytes=path.stat().st_size,
        picture=picture,
        sounds=tuple(_sound(stream) for stream in sounds),
        subtitles=tuple(_subtitle(stream) for stream in container.streams.subtitles),
        chapters=_chapters(container, start, seconds),
        title=str(container.metadata.get("title", "")).strip(),
        warnings=tuple(warnings),
    )


def _length(path: Path, container: InputContainer, tables: Tables | None, start: float) -> tuple[float, str]:
    """The seconds that can be read, and a warning where that is not the stated length. The reading position moves."""
    if tables is not None:
        return seconds_by_tables(tables, start, path.stat().st_size)
    if container.format.name == "mpegts" and clock_jumps(path):
        seconds = walked_seconds(container)
        container.seek(round(start * MICROSECONDS), backward=True)
        return seconds, "its clock jumps: times in it are not to be relied on (`clipper convert` gives it an even one)"
    return readable_seconds(container, start)


def _refuse_nothing(path: Path, container: InputContainer) -> None:
    if container.streams.video:
        raise BadInput(f"{path} holds a picture but neither video nor sound", "Name a video or sound file.")
    if container.streams.subtitles:
        raise BadInput(
            f"{path} is a subtitle file, not a video", "Name the video; captions go beside it or to --captions."
        )
    raise BadInput(f"{path} has neither video nor sound in it", "Name a video or sound file.")


def _decoder(stream: VideoStream | AudioStream) -> bool:
    """Whether there is one: a stream of an unknown codec has no context, whatever PyAV's types say."""
    return getattr(stream, "codec_context", None) is not None


def _attached(stream: VideoStream) -> bool:
    """Whether it is cover art or a lone still picture."""
    from av.stream import Disposition

    if stream.disposition & (Disposition.attached_pic | Disposition.still_image | Disposition.timed_thumbnails):
        return True
    container = stream.container.format.name
    return container.endswith("_pipe") or container in ("image2", "ico", "gif" if stream.frames == 1 else "ico")


def _picture(
    container: InputContainer, stream: VideoStream, tables: Tables | None, warnings: list[str]
) -> PictureTrack | None:
    frame = _first_frame(container, stream)
    width, height = stream.codec_context.width, stream.codec_context.height
    if frame is None or not width or not height:
        warnings.append(f"its picture ({stream.codec_context.name}) cannot be decoded: only its sound is used")
        return None
    rotation = round(frame.rotation / 90) * 90 % 360
    aspect = _sample_aspect(stream)
    shown_width, shown_height = _square(width, height, aspect)
    if rotation in (90, 270):
        shown_width, shown_height = shown_height, shown_width
    transfer = stream.codec_context.color_trc or frame.color_trc
    fps, variable = _rate(stream, tables)
    return PictureTrack(
        index=stream.index,
        codec=stream.codec_context.codec.canonical_name,
        width=shown_width,
        height=shown_height,
        coded_width=width,
        coded_height=height,
        fps=fps,
        rotation=rotation,
        sample_aspect=float(aspect),
        pixel_format=frame.format.name,
        bits=max((component.bits for component in frame.format.components), default=8),
        hdr=int(transfer) in (_PQ, _HLG),
        variable=variable,
        interlaced=frame.interlaced_frame or stream.codec_context.field_order not in _PROGRESSIVE,
        matrix=_MATRICES.get(int(frame.colorspace), ""),
    )


def _first_frame(container: InputContainer, stream: VideoStream) -> VideoFrame | None:
    """The first picture that can be decoded; a recording may begin in the middle of a group of pictures."""
    from av.error import FFmpegError

    packets = container.demux(stream)
    for _ in range(_PATIENCE_PACKETS):
        try:
            packet = next(packets, None)
            if packet is None:
                return None
            frames = packet.decode()
        except FFmpegError:
            continue
        if frames:
            return frames[0]
    return None


def _sample_aspect(stream: VideoStream) -> Fraction:
    aspect = stream.sample_aspect_ratio or Fraction(1)
    return aspect if Fraction(1, 10) <= aspect <= 10 else Fraction(1)


def _square(width: int, height: int, aspect: Fraction) -> tuple[int, int]:
    """The size with square pixels: the longer way is stretched, so that no line or column is lost."""
    if aspect > 1:
        return max(2, round(width * aspect / 2) * 2), height
    if aspect < 1:
        return width, max(2, round(height / aspect / 2) * 2)
    return width, height


def _rate(stream: VideoStream, tables: Tables | None) -> tuple[float, bool]:
    """Frames a second, and whether their distance varies.

    The base rate is the coarsest grid on which all times of the first frames lie; an even stream's average is that rate or
    a whole part of it (two fields a frame).
    """
    base, average = stream.base_rate, stream.average_rate
    if tables is not None:
        average = average_rate(tables, stream.index) or average
    if not average or not base:
        return float(stream.guessed_rate or _DEFAULT_FPS), False
    times = float(base / average)
    variable = abs(times - round(times)) > 0.01 or round(times) not in (1, 2)
    return float(average), variable


def _sound(stream: AudioStream) -> SoundTrack:
    from av.stream import Disposition

    context = stream.codec_context
    return SoundTrack(
        index=stream.index,
        codec=context.codec.canonical_name,
        channels=int(context.channels),
        sample_rate=int(context.sample_rate or 0),
        language=_language(stream.language),
        title=str(stream.metadata.get("title", "")).strip(),
        default=bool(stream.disposition & Disposition.default),
    )


def _subtitle(stream: SubtitleStream) -> SubtitleTrack:
    name = stream.codec_context.codec.canonical_name
    return SubtitleTrack(
        index=stream.index,
        codec=name,
        language=_language(stream.language),
        title=str(stream.metadata.get("title", "")).strip(),
        is_text=name not in _DRAWN,
    )


def _language(tag: str | None) -> str:
    return tag if tag and tag != "und" else ""


def _chapters(container: InputContainer, start: float, seconds: float) -> tuple[Chapter, ...]:
    chapters = []
    for number, chapter in enumerate(container.chapters(), start=1):
        base = float(chapter["time_base"] or Fraction(1, 1000))
        begin = min(max(chapter["start"] * base - start, 0.0), seconds)
        end = min(max(chapter["end"] * base - start, begin), seconds)
        if end > begin:
            title = str(chapter["metadata"].get("title", "")).strip() or f"Chapter {number}"
            chapters.append(Chapter(begin, end, title))
    return tuple(chapters)
