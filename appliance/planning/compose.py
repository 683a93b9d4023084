"""A moment becomes a timeline: which stretches are shown, how they are framed, which words are drawn, what is unheard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from appliance.domain.moment import Moment
from appliance.domain.span import Span
from appliance.domain.timeline import (
    Aspect,
    Canvas,
    Captions,
    CaptionWord,
    Cover,
    Cut,
    Masked,
    Overlay,
    OverlayKind,
    Scene,
    Sound,
    SourceFile,
    Timeline,
    View,
)
from appliance.domain.transcript import Transcript, Word
from appliance.planning import profanity
from appliance.planning.emphasis import EmphasisOptions, emphasised
from appliance.planning.sentences import ends_sentence
from appliance.planning.tighten import TightenOptions, tighten
from appliance.planning.words import Level

HOOK_SECONDS = 3.4
_SOURCE = "a"
_LEAST_FOR_HOOK = 8.0
_EMOJI_SECONDS = 12.0


@dataclass(frozen=True, slots=True)
class ComposeOptions:
    """What a look decides about a timeline."""

    aspect: Aspect = Aspect.PORTRAIT
    fps: float = 30.0
    style: str = "clean"
    captions: bool = True
    emoji: bool = True
    hook: bool = True
    progress: bool = False
    watermark: str = ""
    logo: str = ""
    logo_corner: str = "top-right"
    tighten: TightenOptions | None = None
    cover: Cover | None = None
    swears: profanity.SwearWords | None = None
    target_lufs: float | None = -14.0


@dataclass(frozen=True, slots=True)
class Material:
    """What a clip is made from: the file, how long it is, its words, its level, and how the moment is framed.

    `title_centre` is where a title covers no face (0: its own place).
    """

    path: str
    content: str
    seconds: float
    fps: float
    transcript: Transcript | None
    level: Level | None
    scenes: tuple[Scene, ...]
    sound: int | None = None
    title_centre: float = 0.0


def compose(moment: Moment, material: Material, options: ComposeOptions) -> Timeline:
    """The timeline of one clip."""
    span = moment.span.clamp(Span(0.0, material.seconds))
    words = material.transcript.within(span) if material.transcript else ()
    kept = tighten(span, words, material.level, options.tighten) if options.tighten else (span,)
    swears = options.swears if options.cover else None
    return Timeline(
        title=moment.title,
        canvas=canvas_of(options, material),
        sources=(SourceFile(_SOURCE, material.path, material.content, material.sound),),
        cuts=tuple(Cut(_SOURCE, part.start, part.end, _within(material.scenes, part)) for part in kept),
        captions=_captions(words, material, options, swears),
        overlays=tuple(_overlays(moment, span, material, options)),
        sound=Sound(
            target_lufs=options.target_lufs,
            masked=_masked(words, swears, options.cover),
        ),
    )


def canvas_of(options: ComposeOptions, material: Material) -> Canvas:
    """The finished picture: the wanted shape, at the wanted pace or the source's own where that is slower."""
    width, height = options.aspect.size
    return Canvas(width, height, round(min(options.fps, material.fps or options.fps), 3))


def _masked(words: Sequence[Word], swears: profanity.SwearWords | None, cover: Cover | None) -> tuple[Masked, ...]:
    if swears is None or cover is None:
        return ()
    return tuple(Masked(_SOURCE, place.start, place.end, cover) for place in profanity.heard(words, swears))


def _captions(
    words: Sequence[Word], material: Material, options: ComposeOptions, swears: profanity.SwearWords | None
) -> Captions | None:
    if not options.captions or not words or material.transcript is None:
        return None
    ends = {sentence.words[-1].id for sentence in material.transcript.sentences}
    drawn = [
        CaptionWord(
            id=word.id,
            text=profanity.masked(word.text) if swears and swears.holds(word.text) else word.text,
            start=word.start,
            end=word.end,
            sentence_end=word.id in ends or ends_sentence(word.text),
        )
        for word in words
    ]
    wanted = EmphasisOptions(emoji_seconds=_EMOJI_SECONDS if options.emoji else None)
    return Captions(
        style=options.style,
        source=_SOURCE,
        words=emphasised(drawn, wanted),
        language=material.transcript.language,
    )


def _overlays(moment: Moment, span: Span, material: Material, options: ComposeOptions) -> Iterator[Overlay]:
    if options.hook and moment.title and span.seconds >= _LEAST_FOR_HOOK:
        yield Overlay(OverlayKind.TITLE, moment.title, end=HOOK_SECONDS, centre=material.title_centre)
    if options.progress:
        yield Overlay(OverlayKind.PROGRESS)
    if options.watermark:
        yield Overlay(OverlayKind.WATERMARK, text=options.watermark, corner="bottom-left", opacity=0.55)
    if options.logo:
        yield Overlay(OverlayKind.LOGO, path=options.logo, corner=options.logo_corner)


def _within(scenes: Sequence[Scene], part: Span) -> tuple[Scene, ...]:
    """The scenes as far as they lie in a cut, without gaps, each at least a frame long; a camera keeps its place at a cut."""
    inside = [
        replace(scene, start=max(scene.start, part.start), end=min(scene.end, part.end), views=_moved(scene, part))
        for scene in scenes
        if min(scene.end, part.end) - max(scene.start, part.start) > 0.02
    ]
    if not inside:
        return ()
    inside[0] = replace(inside[0], start=part.start)
    inside[-1] = replace(inside[-1], end=part.end)
    return tuple(
        replace(scene, end=inside[number + 1].start) if number + 1 < len(inside) else scene
        for number, scene in enumerate(inside)
    )


def _moved(scene: Scene, part: Span) -> tuple[View, ...]:
    """The views with only the keys that still matter: those inside, the last before and the first after."""
    views = []
    for view in scene.views:
        before = [key for key in view.keys if key.at <= part.start][-1:]
        after = [key for key in view.keys if key.at >= part.end][:1]
        views.append(View((*before, *(key for key in view.keys if part.start < key.at < part.end), *after)))
    return tuple(views)
