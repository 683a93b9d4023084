"""RENDER: a moment's timeline into the clip, its cover picture and its subtitles."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from appliance.domain.timeline import Cover, Timeline
from appliance.domain.verdict import Made
from appliance.media.probe import clip_fps
from appliance.pipeline.fetch import fetched
from appliance.pipeline.frame import FRAME, footage
from appliance.pipeline.options import ClipOptions, LookOptions
from appliance.pipeline.scan import SCAN, scanned_sound, scanned_source
from appliance.pipeline.stage import Context, Inputs, Lane, Stage
from appliance.pipeline.transcribe import said, spoken
from appliance.planning.compose import ComposeOptions, Material, canvas_of, compose
from appliance.planning.flashes import without_flashes
from appliance.planning.framing import FramingOptions, frame
from appliance.planning.profanity import swear_words
from appliance.planning.tighten import TightenOptions
from appliance.planning.title_place import title_place
from appliance.planning.words import Level
from appliance.store.artifacts import key_of


def _run(inputs: Inputs, folder: Path, options: ClipOptions, context: Context) -> Made:
    # Renderer, fonts and encoders are loaded only where a clip is made: ranking again does without them.
    from appliance.pipeline.make import make

    timeline = _timeline(inputs, options)
    return make(timeline, {"a": Path(fetched(inputs).media)}, folder, options.look, options.render, context)


def _timeline(inputs: Inputs, options: ClipOptions) -> Timeline:
    """The moment as a timeline: framed by what was seen, in words that were heard."""
    source, sound = scanned_source(inputs), scanned_sound(inputs)
    material = Material(
        path=fetched(inputs).media,
        content=fetched(inputs).content,
        seconds=source.seconds,
        fps=clip_fps(source.picture, options.look.fps),
        transcript=spoken(inputs).transcript,
        level=Level(sound.fine_db, sound.fine_hop) if sound is not None else None,
        scenes=(),
        sound=options.sound,
    )
    wanted, moment, seen = _wanted(options.look), options.moment, footage(inputs)
    if seen is None:
        return compose(moment, material, wanted)
    words = material.transcript.within(moment.span) if material.transcript else ()
    span = without_flashes(moment.span, seen.cuts, words)
    canvas = canvas_of(wanted, material)
    scenes = frame(seen, span, canvas, FramingOptions(fit=not options.look.follow))
    framed = replace(material, scenes=scenes, title_centre=title_place(seen, scenes, span, canvas))
    return compose(replace(moment, start=span.start, end=span.end), framed, wanted)


def _wanted(look: LookOptions) -> ComposeOptions:
    tighter = TightenOptions(silences=look.cut_silences, fillers=look.cut_fillers)
    return ComposeOptions(
        aspect=look.aspect,
        fps=look.fps,
        style=look.style.name,
        captions=look.captions,
        emoji=look.emoji,
        hook=look.hook,
        progress=look.progress,
        watermark=look.watermark,
        logo=look.logo,
        logo_corner=look.logo_corner,
        tighten=tighter if look.cut_silences or look.cut_fillers else None,
        cover=None if look.profanity == "off" else Cover(look.profanity),
        swears=swear_words(look.swear_words),
        target_lufs=look.target_lufs,
    )


RENDER: Stage[ClipOptions] = Stage(
    "render",
    Lane.GPU,
    _run,
    place=lambda inputs: f"videos/{fetched(inputs).content}",
    identity=lambda inputs, options: (
        key_of(options.moment, replace(options.look, face_model=""), options.render, options.sound),
        inputs.made[SCAN.name].name,
        said(inputs),
        inputs.made[FRAME.name].name,
    ),
)
