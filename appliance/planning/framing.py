"""How every shot of a clip is framed for a canvas: the layout, and the boxes of the picture that are shown.

The rules are those of people who film people: a still camera that cuts rather than one that swims, eyes a little above the
upper third, room on the side they look to, close rather than wide, and the whole picture only when nothing deserves a crop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from appliance.domain.span import Span
from appliance.domain.timeline import Box, Canvas, Key, Layout, Scene, View
from appliance.planning.framing_boxes import FIT_AT_LEAST, Lens, closer, lens, pane, pane_lens
from appliance.planning.framing_camera import Reach, holds, keyed, settled
from appliance.planning.framing_footage import Footage, Look
from appliance.planning.framing_motion import Gist, attention, gist, mover, under
from appliance.planning.framing_page import Page, page
from appliance.planning.framing_people import Person, people, speakers

_CLEAR = 0.3  # how much livelier than the others a mouth must be before the camera cuts to it
_TOO_CLOSE = (
    0.95  # of the crop's height: a head larger than this would lose hair or chin (a tall picture on a wide canvas)
)
_GATHERED = 0.38  # from 0 (spread evenly) to 1 (all inside): what happens is in one place; half as much where faces were not sought
_GATHERED_STILL = 0.6  # the same where nothing moves: then it may as well be a picture to be seen whole
_IN_A_CORNER = 0.3  # of the height: on a page of text, smaller heads do not take the frame
_FIT_MOST = 0.88  # of a tall canvas: a picture over its blur that is any higher leaves slivers of it
_PANE_FULL = 1.3  # a head may take so much of its half before sharing the canvas makes no sense
_TURN = 1.5  # seconds that a speaker stays on screen at least


@dataclass(frozen=True, slots=True)
class FramingOptions:
    """`closest`: how much of the picture's height is cropped away at most (2: half of it is left); `enlarge`: canvas pixels
    per source pixel beyond which no crop goes closer than the full height; `fit`: never crop to a subject; `split`: two people may share.
    """

    closest: float = 2.0
    enlarge: float = 3.0
    fit: bool = False
    split: bool = True


@dataclass(frozen=True, slots=True)
class _Shot:
    """What one shot is framed from."""

    footage: Footage
    canvas: Canvas
    options: FramingOptions
    span: Span
    looks: tuple[Look, ...]


def frame(
    footage: Footage,
    span: Span,
    canvas: Canvas,
    options: FramingOptions | None = None,
    by_hand: Sequence[Scene] = (),
) -> tuple[Scene, ...]:
    """The scenes of `span`, in order and without gaps. Scenes set by hand are kept as they are; the rest is decided around them."""
    options = options or FramingOptions()
    scenes: list[Scene] = []
    for shot in footage.shots:
        inside = shot.clamp(span)
        if inside.seconds <= 0 or not (shot.start < span.end and shot.end > span.start):
            continue
        looks = tuple(look for look in footage.looks if inside.start - 1e-6 <= look.at < inside.end)
        looks = looks or tuple(sorted(footage.looks, key=lambda look: abs(look.at - inside.start))[:1])
        scenes += _framed(_Shot(footage, canvas, options, inside, looks))
    return _around(scenes, [scene for scene in by_hand if scene.by_hand], span)


def _framed(shot: _Shot) -> list[Scene]:
    """The scenes of one shot."""
    persons = people(shot.looks)
    seen, wide = gist(shot.looks), lens(shot.footage, shot.canvas, shot.options)
    shown = page(seen, wide.width, shot.footage.width / shot.footage.height)
    if shown is not None and shown.cut and all(person.middle("head") < _IN_A_CORNER for person in persons):
        return [_read(shot, shown, wide)]
    if shot.options.fit:
        return [_fitted(shot, attention(seen, 1.0).x)]
    if not persons:
        return [_by_motion(shot, seen, shown)]
    if wide.height < 1.0 and max(person.middle("head") for person in persons) > _TOO_CLOSE * wide.height:
        return [_fitted(shot, sum(_extent(persons)) / 2)]
    if len(persons) == 1:
        return [_on(shot, persons[0], shot.span)]
    return [_group(shot, persons)] if _together(persons, wide) else _several(shot, persons)


def _several(shot: _Shot, persons: Sequence[Person]) -> list[Scene]:
    """People too far apart for one crop: the one who speaks, else both on halves of the canvas, else all of the picture."""
    chosen, clear = speakers(persons, len(shot.looks))
    if clear >= _CLEAR:
        return [_on(shot, persons[who], span) for who, span in _turns(shot, chosen)]
    if len(persons) == 2 and shot.options.split:
        split = _split(shot, persons)
        heights = [view.keys[0].box.height for view in split.views]
        if all(one.middle("head") <= _PANE_FULL * high for one, high in zip(persons, heights, strict=True)):
            return [split]
    heads = sorted((person.middle("head") for person in persons), reverse=True)
    if heads[0] > 1.6 * heads[1]:
        return [_on(shot, max(persons, key=lambda person: person.middle("head")), shot.span)]
    return [_fitted(shot, sum(_extent(persons)) / 2)]


def _on(shot: _Shot, person: Person, span: Span) -> Scene:
    """A crop that keeps one person well placed."""
    seen = [number for number in person.seen if span.start - 1e-6 <= shot.looks[number].at < span.end]
    faces = [face for number, face in zip(person.seen, person.faces, strict=True) if number in seen]
    times = [shot.looks[number].at for number in seen]
    if not faces:
        faces, times = list(person.faces), [shot.looks[number].at for number in person.seen]
    view = lens(shot.footage, shot.canvas, shot.options, head=person.middle("head"), eye=person.middle("eye"))
    room = 0.07 * view.width * max(-1.0, min(1.0, 2.5 * person.middle("facing")))
    times[0] = span.start
    reach = Reach(0.13 * view.width, 0.07 * view.height, view.width)
    xs, ys = settled([face.x for face in faces]), settled([face.eyes[1] for face in faces])
    stands = holds(times, xs + room, ys + view.below_eyes, reach, span.end)
    keys = tuple(Key(at, view.box(x, y)) for at, x, y in keyed(stands, reach))
    return Scene(span.start, span.end, Layout.CROP, (View(_needed(keys)),))


def _group(shot: _Shot, persons: Sequence[Person]) -> Scene:
    """A still crop that holds everybody."""
    view = lens(
        shot.footage, shot.canvas, shot.options, head=max(person.middle("head") for person in persons), closest=1.0
    )
    left, right = _extent(persons)
    eye = sum(person.middle("eye") for person in persons) / len(persons)
    return _still(shot, Layout.CROP, (view.box((left + right) / 2, eye + view.below_eyes),))


def _split(shot: _Shot, persons: Sequence[Person]) -> Scene:
    """Two people, one above the other (side by side on a wide canvas), each with the eyes on the third of their own half."""
    border = (persons[0].middle("x") + persons[1].middle("x")) / 2
    boxes = []
    for person in persons:
        room = 2 * abs(person.middle("x") - border)
        view = pane_lens(shot.footage, pane(shot.canvas), shot.options, head=person.middle("head"), widest=room)
        boxes.append(view.box(person.middle("x"), person.middle("eye") + view.below_eyes))
    return _still(shot, Layout.SPLIT, tuple(boxes))


def _fitted(shot: _Shot, x: float) -> Scene:
    """The whole picture, or as much of it around `x` as leaves it 45 % of a tall canvas's height."""
    ratio = shot.footage.width / shot.footage.height
    width = min(1.0, shot.canvas.width / shot.canvas.height / FIT_AT_LEAST / ratio)
    left = min(max(x - width / 2, 0.0), 1.0 - width)
    return _still(shot, Layout.FIT, (Box(left, 0.0, width, 1.0),))


def _read(shot: _Shot, shown: Page, view: Lens) -> Scene:
    """All that is written on a page, however low the picture becomes."""
    left, width = shown.framed(least=view.width / _FIT_MOST)
    return replace(_still(shot, Layout.FIT, (Box(round(left, 5), 0.0, round(width, 5), 1.0),)), whole=True)


def _by_motion(shot: _Shot, seen: Gist | None, shown: Page | None) -> Scene:
    """A crop on where things happen; when they happen everywhere, or nothing does, as much of the picture as fits."""
    view = lens(shot.footage, shot.canvas, shot.options)
    if shown is not None:
        view = closer(shot.footage, shot.canvas, shot.options, shown.right - shown.left, shown.bottom - shown.top)
        y = under(shown.top, (shown.top + shown.bottom) / 2, view.height)
        return _still(shot, Layout.CROP, (view.box(shown.x, y),))
    place = attention(seen, view.width)
    needed = _GATHERED / 2 if seen is None or not (shot.footage.with_faces or seen.as_a_whole) else _GATHERED
    if seen is not None and not seen.stirs:
        needed = _GATHERED_STILL
    even = view.width  # what the window would hold if everything were spread evenly
    if view.width <= 0.98 and place.share < even + needed * (1 - even):
        # Where all moves as one, what matters is in the middle: the sight of a game, the road ahead.
        return _fitted(shot, 0.5 if seen is not None and seen.as_a_whole else place.x)
    moving = mover(seen, view.width)
    if moving is None:
        return _still(shot, Layout.CROP, (view.box(place.x, place.y),))
    view = closer(shot.footage, shot.canvas, shot.options, moving.right - moving.left, moving.bottom - moving.top)
    return _still(
        shot, Layout.CROP, (view.box(place.x, under(moving.top, (moving.top + moving.bottom) / 2, view.height)),)
    )


def _still(shot: _Shot, layout: Layout, boxes: Sequence[Box]) -> Scene:
    views = tuple(View((Key(shot.span.start, box),)) for box in boxes)
    return Scene(shot.span.start, shot.span.end, layout, views)


def _together(persons: Sequence[Person], view: Lens) -> bool:
    """Whether one crop holds all faces with some air beside them."""
    left, right = _extent(persons)
    return right - left <= view.width * 0.94


def _extent(persons: Sequence[Person]) -> tuple[float, float]:
    left = min(person.middle("x") - 0.85 * person.middle("width") for person in persons)
    return left, max(person.middle("x") + 0.85 * person.middle("width") for person in persons)


def _turns(shot: _Shot, chosen: Sequence[int]) -> list[tuple[int, Span]]:
    """Who is shown from when to when; turns too short to follow go to the one before."""
    turns: list[tuple[int, float]] = []
    for who, numbers in groupby(range(len(chosen)), key=lambda number: chosen[number]):
        at = shot.looks[next(numbers)].at if turns else shot.span.start
        if turns and turns[-1][0] == who:
            continue
        if turns and at - turns[-1][1] < _TURN and len(turns) > 1:
            turns.pop()
        if not turns or turns[-1][0] != who:
            turns.append((who, at))
    if len(turns) > 1 and shot.span.end - turns[-1][1] < _TURN:
        turns.pop()
    ends = [at for _, at in turns[1:]] + [shot.span.end]
    return [(who, Span(start, end)) for (who, start), end in zip(turns, ends, strict=True)]


def _needed(keys: tuple[Key, ...]) -> tuple[Key, ...]:
    """One key when nothing moves."""
    return keys if any(key.box != keys[0].box for key in keys) else keys[:1]


def _around(scenes: Sequence[Scene], by_hand: Sequence[Scene], span: Span) -> tuple[Scene, ...]:
    """Decided scenes with those set by hand in their places."""
    kept = list(scenes)
    for fixed in by_hand:
        inside = Span(fixed.start, max(fixed.start, fixed.end)).clamp(span)
        if inside.seconds <= 0:
            continue
        parts: list[Scene] = []
        for scene in kept:
            if scene.start < inside.start:
                parts.append(replace(scene, end=min(scene.end, inside.start)))
            if scene.end > inside.end:
                parts.append(_from(scene, max(scene.start, inside.end)))
            if scene.end <= inside.start:
                parts[-1] = scene
        kept = sorted(
            [*(part for part in parts if part.end > part.start), replace(fixed, start=inside.start, end=inside.end)],
            key=lambda scene: scene.start,
        )
    return tuple(kept)


def _from(scene: Scene, start: float) -> Scene:
    """The scene from a later time on, its views standing where they then are."""
    return replace(scene, start=start, views=tuple(View(_later(view.keys, start)) for view in scene.views))


def _later(keys: tuple[Key, ...], start: float) -> tuple[Key, ...]:
    before = [key for key in keys if key.at <= start]
    after = [key for key in keys if key.at > start]
    if not before:
        return keys
    here = before[-1]
    if after and after[0].at > here.at:
        way = (start - here.at) / (after[0].at - here.at)
        x = here.box.x + (after[0].box.x - here.box.x) * way
        y = here.box.y + (after[0].box.y - here.box.y) * way
        here = Key(start, replace(here.box, x=x, y=y))
    return (replace(here, at=start), *after)
