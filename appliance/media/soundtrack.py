"""The sound of a clip as filters: cuts cross-faded on a grid of samples, words covered, level set. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from appliance.domain.source import Source
from appliance.domain.timeline import Cover, Cut, Masked, Timeline
from appliance.media.views import number

RATE = 48_000
_EDGE_IN, _EDGE_OUT = 0.008, 0.02  # seconds: a clip never begins or ends with a click
_MASK_EDGE = 0.004
BLEEP_HERTZ, BLEEP_LEVEL = 1000, 0.125  # the amplitude of ffmpeg's own sine
_SHORTEST_MASK = 0.02
_FORMAT = "aformat=sample_fmts=fltp:channel_layouts=stereo"


@dataclass(frozen=True, slots=True)
class Piece:
    """One cut's sound: `number` counts cuts and inputs, `lead` is how many seconds the input begins before the cut."""

    number: int
    cut: Cut
    lead: float
    stream: int | None  # the sound's stream in the file; None: silence
    first: int  # the sample of the clip at which the cut begins
    last: int


def sound_chains(
    timeline: Timeline, pieces: Sequence[Piece], outlet: str, level: str = "", tapped: Mapping[int, str] | None = None
) -> list[str]:
    """Filter chains that end in label `outlet`: exactly as many samples as the clip is long.

    `level` are further filters for the end (gain and limiter). `tapped` names, for cuts by number, a label at which the
    cut's own sound is given out once more (for an audiogram).
    """
    fades = [fade_samples(timeline, one, other) for one, other in itertools.pairwise(pieces)]
    chains: list[str] = []
    for piece, before, after in zip(pieces, [0, *fades], [*fades, 0], strict=True):
        masks = masks_of(timeline.sound.masked, piece, before)
        chains += _cut_chains(piece, before // 2, after - after // 2, masks, (tapped or {}).get(piece.number))
    label = "a0"
    for piece, fade, earlier in zip(pieces[1:], fades, pieces, strict=False):
        joined = f"j{piece.number}"
        curve = "tri" if goes_on(earlier.cut, piece.cut) else "qsin"  # the same sound adds up, different sounds do not
        if fade:
            chains.append(f"[{label}][a{piece.number}]acrossfade=ns={fade}:c1={curve}:c2={curve}[{joined}]")
        else:
            chains.append(f"[{label}][a{piece.number}]concat=n=2:v=0:a=1[{joined}]")
        label = joined
    total = pieces[-1].last / RATE
    edges = (
        f"afade=t=in:d={_EDGE_IN},afade=t=out:st={number(max(0.0, total - _EDGE_OUT))}:d={_EDGE_OUT}"
        f"{',' + level if level else ''},asetnsamples=n=1024:p=0,{_FORMAT}"
    )
    return [*chains, f"[{label}]{edges}[{outlet}]"]


def stream_of(source: Source, wanted: int | None) -> int | None:
    """The stream that a cut of it sounds from."""
    track = source.sound(wanted) or source.sound()
    return None if track is None else track.index


def fade_samples(timeline: Timeline, one: Piece, other: Piece) -> int:
    """Samples of the cross-fade between two cuts: never more than half of the shorter one."""
    room = min(one.last - one.first, other.last - other.first) // 2
    return max(0, min(round(timeline.sound.fade * RATE), room)) // 2 * 2


def goes_on(one: Cut, other: Cut) -> bool:
    """Whether the second cut begins where the first ends, so that both hold the same sound there."""
    return one.source == other.source and abs(one.end - other.start) < 0.005


def _cut_chains(piece: Piece, before: int, after: int, masks: list[Masked], tap: str | None) -> list[str]:
    """The cut's sound, longer by `before` and `after` samples for the cross-fades."""
    length = piece.last - piece.first + before + after
    end = f"a{piece.number}"
    exact = f"apad=whole_len={length},atrim=end_sample={length},asetpts=N/SR/TB"
    if piece.stream is None:
        head = f"anullsrc=r={RATE}:cl=stereo,{_FORMAT},atrim=end_sample={length}"
    else:
        begin = round(piece.lead * RATE) - before
        late = f",adelay=delays={-begin}S:all=1" if begin < 0 else ""
        head = (
            f"[{piece.number}:{piece.stream}]aresample={RATE}:async=1:first_pts=0,{_FORMAT},"
            f"atrim=start_sample={max(0, begin)},asetpts=PTS-STARTPTS{late},{exact}"
        )
    chains = _covered(head, masks, length, f"{end}m") if masks and piece.stream is not None else []
    if chains:
        head = f"[{end}m]anull"
    if tap:
        return [*chains, f"{head},asplit[{end}][{tap}]"]
    return [*chains, f"{head}[{end}]"]


def masks_of(masked: Sequence[Masked], piece: Piece, before: int) -> list[Masked]:
    """The covered stretches of this cut, in seconds from the first sample of its chain, in order, none overlapping."""
    zero = piece.cut.start - before / 2 / RATE
    found: list[Masked] = []
    for mask in sorted(masked, key=lambda mask: mask.start):
        if mask.source != piece.cut.source or mask.end <= piece.cut.start or mask.start >= piece.cut.end:
            continue
        start = max(mask.start - zero, found[-1].end if found else 0.0)
        end = min(mask.end - zero, (piece.last - piece.first + before) / RATE)
        if end - start >= _SHORTEST_MASK:
            found.append(Masked(mask.source, start, end, mask.cover))
    return found


def _covered(head: str, masks: list[Masked], length: int, end: str) -> list[str]:
    """Cut at the edges of the masks, to the sample; what lies between is muted or replaced by a tone."""
    points: list[int] = []
    for mask in masks:
        points += [round(mask.start * RATE), round(mask.end * RATE)]
    stops = [0, *points, length]
    spans = [(stop, later) for stop, later in itertools.pairwise(stops)]
    labels = [f"{end}{index}" for index in range(len(spans))]
    split = "".join(f"[{label}]" for label in labels)
    chains = [f"{head},asplit={len(spans)}{split}"]
    joined = []
    for index, ((first, last), label) in enumerate(zip(spans, labels, strict=True)):
        if last <= first:
            chains.append(f"[{label}]anullsink")
            continue
        edge = f"afade=t=in:d={_MASK_EDGE},afade=t=out:st={number(max(0.0, (last - first) / RATE - _MASK_EDGE))}:d={_MASK_EDGE}"
        part = f"[{label}]atrim=start_sample={first}:end_sample={last},asetpts=N/SR/TB"
        if index % 2 == 0:
            chains.append(f"{part},{edge}[{label}o]")
        elif masks[index // 2].cover is Cover.MUTE:
            chains.append(f"{part},volume=0[{label}o]")
        else:
            tone = f"sine=f={BLEEP_HERTZ}:r={RATE},pan=stereo|c0=c0|c1=c0,{_FORMAT}"
            chains.append(f"[{label}]anullsink")
            chains.append(f"{tone},atrim=end_sample={last - first},asetpts=N/SR/TB,{edge}[{label}o]")
        joined.append(f"[{label}o]")
    return [*chains, f"{''.join(joined)}concat=n={len(joined)}:v=0:a=1[{end}]"]
