"""RANK: all that is known of a video into its moments. Milliseconds, but for a language model's answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from appliance.domain.chat import Chat
from appliance.domain.curve import Curve
from appliance.domain.errors import BadInput
from appliance.domain.moment import Moment, Ranking
from appliance.domain.progress import part
from appliance.domain.source import Chapter, Source
from appliance.domain.transcript import Transcript
from appliance.domain.verdict import Made
from appliance.llm import Line, Memory, Shown
from appliance.pipeline.fetch import fetched, stamp
from appliance.pipeline.options import VideoOptions
from appliance.pipeline.scan import SCAN, scanned_picture, scanned_sound, scanned_source
from appliance.pipeline.stage import Context, Inputs, Lane, Stage
from appliance.pipeline.transcribe import said, spoken
from appliance.ranking import candidates, measure, rank
from appliance.signals.evidence import Evidence, Lack
from appliance.sources.chatlog import read_chat
from appliance.sources.infojson import Info, read_info
from appliance.store.artifacts import read_json, write_bytes, write_json
from appliance.store.made import CURVE_HOP, CURVES, MOMENTS


def ranking(inputs: Inputs) -> Ranking:
    """The moments, best first."""
    return read_json(inputs.made[RANK.name] / MOMENTS, Ranking)


def curves(inputs: Inputs) -> tuple[Curve, ...]:
    """The signals' curves."""
    with np.load(inputs.made[RANK.name] / CURVES) as arrays:
        return tuple(_curve(name, arrays[name]) for name in arrays.files)


def _run(inputs: Inputs, folder: Path, options: VideoOptions, context: Context) -> Made:
    notes: list[str] = []
    context.tell(0.0, "gathering")
    evidence = gather(inputs, options, notes)
    context.tell(0.3, "weighing")
    found, missing = measure(evidence, options.rank)
    if options.judge.base_url:
        evidence = _judged(evidence, found, inputs, options, context, notes)
        found, missing = measure(evidence, options.rank)
    ranked = rank(evidence, found, missing, options.rank)
    write_json(folder / MOMENTS, ranked)
    columns: dict[str, Any] = {curve.signal: np.asarray(curve.values) for curve in found}
    np.savez(folder / CURVES, **columns)
    # A language model that was silent today may answer tomorrow.
    lasting = not options.judge.base_url or evidence.opinions is not None
    return Made((MOMENTS, CURVES), tuple(notes), lasting)


def _judged(
    evidence: Evidence,
    found: Sequence[Curve],
    inputs: Inputs,
    options: VideoOptions,
    context: Context,
    notes: list[str],
) -> Evidence:
    """The evidence with a language model's opinions on the best candidates, or with the reason why there are none."""
    from appliance.llm.judge import judge

    judgement = judge(
        shown(evidence.transcript, candidates(evidence, found, options.rank)),
        options.judge,
        context.api_key,
        remembered(inputs, context),
        part(context.tell, 0.3, 0.9),
    )
    notes.extend(judgement.notes)
    if judgement.missing is not None:
        lack = Lack(judgement.missing.why, judgement.missing.hint)
        return replace(evidence, lacks={**evidence.lacks, "opinions": lack})
    notes.append(f"a language model compared {len(judgement.opinions)} candidates ({judgement.tokens} tokens)")
    return replace(evidence, opinions=judgement.opinions)


def shown(transcript: Transcript | None, moments: Sequence[Moment]) -> list[Shown]:
    """The moments that have words, with their sentences, as a language model is shown them."""
    sentences = transcript.sentences if transcript is not None else ()
    out = []
    for moment in moments:
        inside = [s for s in sentences if s.start < moment.end - 0.1 and s.end > moment.start + 0.1]
        if inside:
            lines = tuple(Line(sentence.start, sentence.end, sentence.text) for sentence in inside)
            out.append(Shown(moment.start, moment.end, lines))
    return out


def remembered(inputs: Inputs, context: Context) -> Memory:
    """A language model's earlier answers about this video."""
    answers = context.root / RANK.place(inputs) / "answers"

    def recall(key: str) -> str | None:
        return (answers / key).read_text(encoding="utf-8") if (answers / key).is_file() else None

    return Memory(recall, lambda key, text: write_bytes(answers / key, text.encode()))


def gather(inputs: Inputs, options: VideoOptions, notes: list[str]) -> Evidence:
    """Everything that is known of the video, and for what is not known, why."""
    source, words, beside = scanned_source(inputs), spoken(inputs), fetched(inputs)
    lacks: dict[str, Lack] = {}
    if words.missing is not None:
        lacks["transcript"] = Lack(words.missing.why, words.missing.hint)
    info = _info(beside.info, lacks, notes)
    return Evidence(
        seconds=source.seconds,
        sound=scanned_sound(inputs),
        picture=scanned_picture(inputs),
        transcript=words.transcript,
        chat=_chat(beside.chat, options, lacks, notes),
        heatmap=info.heatmap if info else None,
        comments=info.comments if info else None,
        chapters=_chapters(info, source),
        lacks=lacks,
    )


def _info(path: str, lacks: dict[str, Lack], notes: list[str]) -> Info | None:
    if not path:
        no_info = Lack("there is no info.json beside the video", "yt-dlp writes one with --write-info-json.")
        lacks.update(heatmap=no_info, comments=no_info)
        return None
    try:
        info = read_info(Path(path))
    except BadInput as error:
        notes.append(error.message)
        lacks.update(heatmap=Lack(error.message), comments=Lack(error.message))
        return None
    notes.extend(info.notes)
    return info


def _chapters(info: Info | None, source: Source) -> tuple[Chapter, ...] | None:
    return (info.chapters if info and info.chapters else source.chapters) or None


def _chat(path: str, options: VideoOptions, lacks: dict[str, Lack], notes: list[str]) -> Chat | None:
    if not path:
        lacks["chat"] = Lack("there is no chat file", "Give one with --chat FILE.")
        return None
    chat = read_chat(Path(path), offset=options.chat.offset)
    if chat.before_start:
        notes.append(f"{chat.before_start} chat messages from before the stream were left out")
    if chat.unreadable:
        lines = ", ".join(map(str, chat.unreadable_lines))
        notes.append(f"{chat.unreadable} chat lines could not be read (lines {lines} ...)")
    return replace(chat, emotes=chat.emotes | frozenset(options.chat.emotes))


def _curve(name: str, values: object) -> Curve:
    from array import array

    return Curve(name, CURVE_HOP, array("f", np.asarray(values, dtype=np.float32).tobytes()))


RANK = Stage(
    "rank",
    Lane.CPU,
    _run,
    place=lambda inputs: f"videos/{fetched(inputs).content}",
    identity=lambda inputs, options: (
        inputs.made[SCAN.name].name,
        said(inputs),
        stamp(fetched(inputs).chat),
        stamp(fetched(inputs).info),
        options.chat,
        options.rank,
        options.judge,
    ),
)
