"""Moments as a list, with or without a video behind them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import typer

from appliance import app
from appliance.cli import NOTHING
from appliance.cli.analysing import Analysed, moments_document, moments_table, tell_missing, tell_nothing
from appliance.cli.screen import out, remark
from appliance.domain.curve import Curve
from appliance.domain.errors import BadInput
from appliance.domain.moment import Ranking
from appliance.domain.transcript import Origin
from appliance.domain.wishes import Wishes
from appliance.media.subtitles import read_subtitles
from appliance.pipeline.rank import curves
from appliance.planning.from_cues import transcript
from appliance.ranking import measure, rank
from appliance.signals.evidence import Evidence, Lack
from appliance.sources.chatlog import read_chat
from config.schema import Settings

_NO_VIDEO = Lack("there is no video", "Give one to use its sound and picture.")
_AFTER_LAST = 10.0  # seconds that a stream goes on after the last thing that is known of it


@dataclass(frozen=True, slots=True)
class Found:
    """What is listed and drawn."""

    title: str
    ranking: Ranking
    curves: tuple[Curve, ...]


def of(analysed: Analysed) -> Found:
    """The moments of an analysed video."""
    return Found(analysed.found.title, analysed.ranking, curves(analysed.inputs))


def without_media(chosen: Settings, wishes: Wishes) -> Found:
    """The moments of a chat, a transcript, or both."""
    options = app.video_options(chosen, wishes)
    chat = read_chat(Path(options.fetch.chat), offset=options.chat.offset) if options.fetch.chat else None
    cues = read_subtitles(Path(options.fetch.subtitles)) if options.fetch.subtitles else None
    for note in cues.notes if cues else ():
        remark(note)
    last = max([*(chat.times[-1:] if chat else ()), *((cue.end for cue in cues.cues) if cues else ())], default=0.0)
    if last <= 0:
        raise BadInput("there is nothing in it", "Is it the right file?")
    seconds = last + _AFTER_LAST
    lacks = {
        "sound": _NO_VIDEO,
        "picture": _NO_VIDEO,
        "heatmap": _NO_VIDEO,
        "comments": _NO_VIDEO,
        "chapters": _NO_VIDEO,
    }
    if chat is None:
        lacks["chat"] = Lack("there is no chat file", "Give one with --chat FILE.")
    if cues is None:
        lacks["transcript"] = Lack("there is no transcript", "Give one with --transcript FILE.")
    said = transcript(cues.cues, seconds, level=None, language="", origin=Origin.FILE) if cues else None
    evidence = Evidence(seconds=seconds, chat=chat, transcript=said, lacks=lacks)
    found, missing = measure(evidence, options.rank)
    name = Path(options.fetch.subtitles or options.fetch.chat).stem
    return Found(name, rank(evidence, found, missing, options.rank), found)


def draw(found: Found, path: Path) -> None:
    """Write the plot."""
    from appliance.media.plot import plot
    from appliance.pipeline.make import fonts
    from appliance.planning.drawing import drawing

    plot(drawing(found.curves, found.ranking, found.title), path, fonts().face("Inter", "Bold").path)


def tell(found: Found, *, as_json: bool) -> int:
    """Print the moments; the exit code."""
    if as_json:
        typer.echo(json.dumps(moments_document(found.ranking.seconds, found.ranking), ensure_ascii=False))
    elif found.ranking.moments:
        out().print(moments_table(found.ranking.moments))
        tell_missing(found.ranking)
    if not found.ranking.moments:
        tell_nothing(found.ranking)
        return NOTHING
    return 0
