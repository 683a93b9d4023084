"""What finished stages leave in their folders: the names of the files, which stages write and the faces read."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.domain.curve import Missing
from appliance.domain.transcript import Transcript

TRANSCRIPT = "transcript.json"
MOMENTS = "moments.json"
CURVES = "curves.npz"
CURVE_HOP = 1.0  # seconds between two values of a curve
CLIP, COVER, SRT, VTT, TIMELINE = "clip.mp4", "clip.jpg", "clip.srt", "clip.vtt", "timeline.json"
CONVERTED = "converted"  # below the data folder: recordings as MP4, a folder for each job


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was said, or why that is not known."""

    transcript: Transcript | None = None
    missing: Missing | None = None
