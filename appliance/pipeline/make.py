"""A timeline becomes files: the clip in one encode, the cover picture, the subtitles, and the timeline itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from appliance.domain.errors import NeedsPerson
from appliance.domain.progress import part
from appliance.domain.timeline import Timeline
from appliance.domain.verdict import Made
from appliance.media import ass
from appliance.media.encoders import Encoder, Wish, choose_encoder
from appliance.media.ffmpeg import Ffmpeg, find_ffmpeg
from appliance.media.fonts import FontShelf, shelve
from appliance.media.render import RenderOptions, render
from appliance.media.thumbnail import FindFace, ThumbnailOptions, thumbnail
from appliance.pipeline.options import LookOptions, RenderChoice
from appliance.pipeline.stage import Context
from appliance.planning.subtitles import srt, vtt
from appliance.store.artifacts import write_bytes, write_json
from appliance.store.made import CLIP, COVER, SRT, TIMELINE, VTT
from config import presets

_ENCODED = 0.92  # of the time, roughly
_COVER_FONT = "Montserrat ExtraBold"


def make(
    timeline: Timeline,
    paths: Mapping[str, Path],
    folder: Path,
    look: LookOptions,
    choice: RenderChoice,
    context: Context,
) -> Made:
    """Write everything that belongs to one clip into `folder`."""
    ffmpeg = find_ffmpeg(context.ffmpeg or None, context.ffmpeg_args)
    script = ass.draw(timeline, look.style, fonts())
    options = RenderOptions(
        ffmpeg=ffmpeg,
        encoder=encoder(ffmpeg, choice),
        ass=script if needs_script(timeline) else None,
        fonts_dir=fonts().lay_out(script, folder / "fonts"),
    )
    done = render(timeline, paths, folder / CLIP, options, part(context.tell, 0.0, _ENCODED))
    context.tell(_ENCODED, "choosing a cover picture")
    still = ThumbnailOptions(
        ffmpeg,
        title=timeline.title if look.cover_title else "",
        font=fonts().face(_COVER_FONT).path,
        find_face=face_of(look.face_model),
        thumbnail_args=choice.thumbnail_args,
    )
    thumbnail(timeline, paths, folder / COVER, still)
    files = [CLIP, COVER, TIMELINE]
    if timeline.captions is not None:
        write_bytes(folder / SRT, srt(timeline).encode())
        write_bytes(folder / VTT, vtt(timeline).encode())
        files += [SRT, VTT]
    write_json(folder / TIMELINE, timeline)
    return Made(tuple(files), done.notes)


def needs_script(timeline: Timeline) -> bool:
    """Whether anything is written over the picture."""
    return timeline.captions is not None or bool(timeline.overlays)


def face_of(model: str) -> FindFace | None:
    """What finds the main face of a picture; None while the model is not here or cannot be read (FRAME says so)."""
    from appliance.media.main_face import main_face

    try:
        return main_face(Path(model)) if model else None
    except NeedsPerson:
        return None


@lru_cache(maxsize=1)
def fonts() -> FontShelf:
    """The fonts that ship with the program."""
    return shelve(presets.FOLDER / "fonts")


_proved: dict[str, str] = {}


def encoder(ffmpeg: Ffmpeg, choice: RenderChoice) -> Encoder:
    """The encoder, proved once in this process."""
    return choose_encoder(ffmpeg, Wish(choice.encoder, choice.encode_args, choice.nvenc_preset), _proved)
