"""What a long video is made of, as its container tells it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PictureTrack:
    """The picture. `width` and `height` are as shown: rotated, with square pixels; `coded_width` and `coded_height` as stored.

    `rotation` is how far the shown picture is turned counter-clockwise from the stored one (0, 90, 180, 270). `fps` is the
    average where `variable` frames have no even distance.
    """

    index: int
    codec: str
    width: int
    height: int
    coded_width: int
    coded_height: int
    fps: float
    rotation: int = 0
    sample_aspect: float = 1.0
    pixel_format: str = "yuv420p"
    bits: int = 8
    hdr: bool = False
    attached: bool = False
    variable: bool = False
    interlaced: bool = False
    matrix: str = ""  # how colours are coded: bt601, bt709, bt2020; empty where the file does not say


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """One track of sound."""

    index: int
    codec: str
    channels: int
    sample_rate: int
    language: str = ""
    title: str = ""
    default: bool = False


@dataclass(frozen=True, slots=True)
class SubtitleTrack:
    """One track of subtitles; `is_text` tells them from drawn ones."""

    index: int
    codec: str
    language: str = ""
    title: str = ""
    is_text: bool = True


@dataclass(frozen=True, slots=True)
class Chapter:
    """A named stretch of the video, in seconds."""

    start: float
    end: float
    title: str


@dataclass(frozen=True, slots=True)
class Source:
    """A media file's own facts. Times count from its first picture or sound: `seconds` is the length from there.

    `start_time` is what the container's clock shows at that zero (MPEG-TS rarely starts at 0).
    """

    container: str
    seconds: float
    start_time: float
    size_bytes: int
    picture: PictureTrack | None
    sounds: tuple[SoundTrack, ...] = ()
    subtitles: tuple[SubtitleTrack, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    title: str = ""
    warnings: tuple[str, ...] = field(default=())

    def sound(self, wanted: int | None = None) -> SoundTrack | None:
        """The sound track in use: number `wanted` (counted from 0), else the default one, else the first."""
        if wanted is not None:
            return self.sounds[wanted] if 0 <= wanted < len(self.sounds) else None
        return next((track for track in self.sounds if track.default), self.sounds[0] if self.sounds else None)
