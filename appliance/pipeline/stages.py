"""The pipelines, each on one line."""

from __future__ import annotations

from appliance.pipeline.fetch import FETCH
from appliance.pipeline.frame import FRAME
from appliance.pipeline.options import ClipOptions, VideoOptions
from appliance.pipeline.rank import RANK
from appliance.pipeline.render import RENDER
from appliance.pipeline.scan import SCAN
from appliance.pipeline.stage import Stage
from appliance.pipeline.transcribe import TRANSCRIBE

VIDEO: tuple[Stage[VideoOptions], ...] = (FETCH, SCAN, TRANSCRIBE, RANK)
CLIP: tuple[Stage[ClipOptions], ...] = (FRAME, RENDER)
