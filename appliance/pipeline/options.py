"""What a person may choose about a video and about its clips. Each stage takes its own part."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from appliance.domain.moment import Moment
from appliance.domain.style import CaptionStyle
from appliance.domain.timeline import Aspect
from appliance.llm import JudgeOptions
from appliance.ranking import RankOptions
from appliance.sources.base import FetchOptions


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """`sound` is the number of the sound track, counted from 0; None: the default one."""

    sound: int | None = None


class Words(StrEnum):
    """Where the words come from."""

    AUTO = "auto"  # subtitles where there are any, else a model that listens, else none
    ASR = "asr"  # always a model that listens
    FILE = "file"  # the file that was named
    OFF = "off"  # no words at all


@dataclass(frozen=True, slots=True)
class SpeechOptions:
    """How speech is recognised; `model` is a name, a folder, or auto."""

    words: Words = Words.AUTO
    model: str = "auto"
    device: str = "auto"
    compute_type: str = "auto"
    language: str = ""
    batch_size: int = 0
    download: bool = True
    cpu_share: float = 0.25


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """How the chat's clock and words are read."""

    offset: float = 0.0
    emotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VideoOptions:
    """Everything between a link and its moments."""

    fetch: FetchOptions = field(default_factory=FetchOptions)
    scan: ScanOptions = field(default_factory=ScanOptions)
    speech: SpeechOptions = field(default_factory=SpeechOptions)
    chat: ChatOptions = field(default_factory=ChatOptions)
    rank: RankOptions = field(default_factory=RankOptions)
    judge: JudgeOptions = field(default_factory=JudgeOptions)


@dataclass(frozen=True, slots=True)
class LookOptions:
    """How a clip looks and sounds. `face_model` is a file, empty when it is not here."""

    style: CaptionStyle
    aspect: Aspect = Aspect.PORTRAIT
    captions: bool = True
    hook: bool = True
    progress: bool = False
    watermark: str = ""
    logo: str = ""
    logo_corner: str = "top-right"
    follow: bool = True
    emoji: bool = True
    cut_silences: bool = False
    cut_fillers: bool = False
    profanity: str = "off"
    swear_words: tuple[str, ...] = ()
    target_lufs: float = -14.0
    fps: float = 30.0
    cover_title: bool = False
    face_model: str = ""


@dataclass(frozen=True, slots=True)
class RenderChoice:
    """Which encoder makes the file."""

    encoder: str = "auto"
    encode_args: tuple[str, ...] = ()
    thumbnail_args: tuple[str, ...] = ()
    nvenc_preset: str = "p5"


@dataclass(frozen=True, slots=True)
class ClipOptions:
    """One clip: the moment, how it should look, and how it is encoded."""

    moment: Moment
    look: LookOptions
    render: RenderChoice = field(default_factory=RenderChoice)
    sound: int | None = None
