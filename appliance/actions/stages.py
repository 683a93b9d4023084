"""Which jobs a video and a clip go through, and how they are begun."""

from __future__ import annotations

from appliance.actions.box import Box
from appliance.domain.clip import Clip
from appliance.domain.job import Job, Lane, NewJob
from appliance.domain.states import ClipState
from appliance.domain.video import Video
from appliance.store import clips, jobs
from appliance.store.change import Change

# The stages of pipeline.stages.VIDEO and CLIP with their lanes. A test holds them together: the service itself never
# imports the pipelines, whose libraries are heavy.
VIDEO: dict[str, Lane] = {"fetch": Lane.NET, "scan": Lane.CPU, "transcribe": Lane.GPU, "rank": Lane.CPU}
CLIP: dict[str, Lane] = {"frame": Lane.CPU, "render": Lane.GPU}


def begin(change: Change, video: Video, box: Box, *, stage: str = "fetch", priority: int = 0) -> Job:
    """The video's next job. There is never more than one that is not over."""
    new = NewJob(stage, VIDEO[stage], video=video.id, unique=f"video:{video.id}", priority=priority)
    return jobs.add(change, new, box.bounds())


def render(change: Change, clip: Clip, box: Box, *, priority: int = 0) -> Job:
    """Make the clip's files."""
    clips.move(change, clip.id, ClipState.RENDERING, trouble=None)
    return begin_clip(change, clip, box, stage="frame", priority=priority)


def begin_clip(change: Change, clip: Clip, box: Box, *, stage: str, priority: int = 0) -> Job:
    """The clip's next job."""
    unique = f"clip:{clip.id}"
    new = NewJob(stage, CLIP[stage], video=clip.video, clip=clip.id, unique=unique, priority=priority)
    return jobs.add(change, new, box.bounds())


def under_way(video: Video) -> Job | None:
    """The job that takes the video on, or will; None when there is none."""
    return jobs.active(f"video:{video.id}")
