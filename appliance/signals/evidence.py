"""What the signals may look at. Everything is measured once, cheaply, over the whole source."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from appliance.domain.chat import Chat
    from appliance.domain.source import Chapter
    from appliance.domain.transcript import Transcript

    Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SoundScan:
    """The sound, from one decode at 16 kHz mono. Arrays are float32; the first eight have one value a second.

    `rms_db` level in dBFS (-120 is silence), `peak_db` highest sample, `flux` mean rise of the log spectrum between frames
    of 32 ms, `flatness` spectral flatness 0..1, `centroid_hz`, `voice_share` share of the energy between 300 and 3400 Hz,
    `zero_crossings` a second, `harmonic` share of frames with a clear pitch 0..1. `fine_db` is the level every `fine_hop` seconds.
    """

    rms_db: Floats
    peak_db: Floats
    flux: Floats
    flatness: Floats
    centroid_hz: Floats
    voice_share: Floats
    zero_crossings: Floats
    harmonic: Floats
    fine_db: Floats
    fine_hop: float = 0.02


@dataclass(frozen=True, slots=True)
class PictureScan:
    """The picture, from key frames only. `times` (seconds, float32), and for each: `change` (0..1, mean absolute difference of
    a 64x36 grey frame from the one before), `brightness` 0..1 and `cut_score` 0..1 (how sure it is that a shot ended between).
    """

    times: Floats
    change: Floats
    brightness: Floats
    cut_score: Floats


@dataclass(frozen=True, slots=True)
class Heat:
    """A bucket of what viewers played again: `value` 0..1."""

    start: float
    end: float
    value: float


@dataclass(frozen=True, slots=True)
class Comment:
    """A viewer's comment under the video."""

    text: str
    likes: int = 0


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a judge (a language model) said of a stretch: `score` 0..100, and a quote that was checked against the transcript."""

    start: float
    end: float
    score: float
    title: str = ""
    reasoning: str = ""
    criteria: tuple[str, ...] = ()
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Lack:
    """Why a kind of evidence is not there, and what would bring it."""

    why: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of one source. `lacks` says for a kind that is None why it is not there (keys: the field names)."""

    seconds: float
    sound: SoundScan | None = None
    picture: PictureScan | None = None
    transcript: Transcript | None = None
    chat: Chat | None = None
    heatmap: tuple[Heat, ...] | None = None
    comments: tuple[Comment, ...] | None = None
    chapters: tuple[Chapter, ...] | None = None
    opinions: tuple[Opinion, ...] | None = None
    lacks: dict[str, Lack] = field(default_factory=dict)
