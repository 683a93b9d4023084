"""A box with something in it: videos with what their stages leave, clips with files, channels with a past."""

from __future__ import annotations

from array import array
from pathlib import Path

import numpy as np

from appliance.domain.channel import Channel, ChannelRules, Origin
from appliance.domain.clip import Clip
from appliance.domain.listed import Item
from appliance.domain.located import Located, Platform
from appliance.domain.moment import Moment, Ranking, Reason
from appliance.domain.span import Span
from appliance.domain.states import ClipState, VideoState
from appliance.domain.transcript import Origin as Heard
from appliance.domain.transcript import Sentence, Transcript, Word
from appliance.domain.video import Video
from appliance.domain.wishes import NONE
from appliance.jobs.works import Works
from appliance.store import channels, clips, videos
from appliance.store.artifacts import write_bytes, write_json
from appliance.store.change import change
from appliance.store.made import CLIP, COVER, CURVES, MOMENTS, SRT, TIMELINE, TRANSCRIPT, VTT, Spoken

LINES = ("Hello everybody and welcome.", "Now the GOAL falls at last.", "Thank you and good night.")
MOVIE = bytes(range(256)) * 8000  # two megabytes in which every place can be told from the others


def moment(start: float = 10.0, score: float = 80.0, title: str = "The goal") -> Moment:
    """Thirty seconds worth posting."""
    return Moment(start, start + 30, score, title, (Reason("chat", 1.2, "the chat was loud"),), start + 5)


def ranking() -> Ranking:
    """What RANK leaves."""
    return Ranking(600.0, (moment(), moment(100.0, 60.0, "The second best")))


def analysed(
    box: Works, owner: int, name: str = "talk", channel: int | None = None, state: VideoState = VideoState.READY
) -> Video:
    """A video that went through all stages."""
    folder = Path("videos") / name
    words = tuple(
        Sentence(n * 10.0, n * 10.0 + 4, tuple(Word(n * 10 + i, text, n * 10.0 + i, n * 10.0 + i + 0.5)
                                               for i, text in enumerate(line.split())))
        for n, line in enumerate(LINES)
    )  # fmt: skip
    spoken = Spoken(Transcript("en", Heard.FILE, words, (Span(0.0, 600.0),)))
    write_json(box.data_dir / folder / "transcribe" / TRANSCRIPT, spoken)
    write_json(box.data_dir / folder / "rank" / MOMENTS, ranking())
    loud = array("f", [float("nan"), *(float(n % 60) for n in range(599))])
    np.savez(box.data_dir / folder / "rank" / CURVES, loudness=np.asarray(loud))
    made = {stage: str(folder / stage) for stage in ("fetch", "scan", "transcribe", "rank")}
    located = Located(Platform.DIRECT, f"https://videos.example/{name}.mp4", f"videos.example/{name}.mp4")
    with change(box.now()) as moved:
        video, _ = videos.accept(moved, located, owner, NONE, channel=channel, title=f"Video {name}")
        videos.move(moved, video.id, VideoState.WORKING)
        fields = {"made": made, "seconds": 600.0, "content": name, "progress": 100.0}
        if state is VideoState.WORKING:
            videos.update(moved, video.id, **fields)
        else:
            videos.move(moved, video.id, state, **fields)
    return videos.get(video.id)


def rendered(
    box: Works, video: Video, state: ClipState = ClipState.PENDING, score: float = 80.0, title: str = "The goal",
    movie: bytes = MOVIE, by: str = "",
) -> Clip:  # fmt: skip
    """A clip with its files."""
    with change(box.now()) as made:
        clip = clips.add(made, video.id, video.owner, moment(score=score, title=title), NONE, place=1)
        folder = f"videos/{video.content}/clip-{clip.id}"
        for name, content in (
            (CLIP, movie),
            (COVER, b"\xff\xd8jpeg"),
            (SRT, b"1\n"),
            (VTT, b"WEBVTT\n"),
            (TIMELINE, b"{}"),
        ):
            write_bytes(box.data_dir / folder / name, content)
        clips.move(made, clip.id, ClipState.RENDERING)
        clips.move(made, clip.id, ClipState.PENDING, folder=folder, made={"render": folder})
        if state is not ClipState.PENDING:
            clips.move(made, clip.id, state, decided=made.now, decided_by=by or "somebody")
    return clips.get(clip.id)


def watched(box: Works, owner: int, name: str = "somebody") -> Channel:
    """A channel that has shown two videos."""
    with change(box.now()) as made:
        channel = channels.add(made, owner, name, f"https://www.twitch.tv/{name}", "twitch", rules=ChannelRules(),
                               origin=Origin.MADE)  # fmt: skip
        for n in range(2):
            channels.saw(
                made, channel.id, Item(f"{name}-{n}", f"https://www.twitch.tv/videos/{n}", f"Stream {n}"), "taken"
            )
    return channels.get(channel.id)
