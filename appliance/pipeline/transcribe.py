"""TRANSCRIBE: the words, from subtitles where there are any, else from a model that listens, else none and why."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from appliance.domain.curve import Missing
from appliance.domain.errors import BadInput, ClipperError, Transient
from appliance.domain.progress import part
from appliance.domain.source import Source
from appliance.domain.span import Span
from appliance.domain.transcript import Origin, Transcript, Word
from appliance.domain.verdict import Made
from appliance.media import gpu as graphics
from appliance.media import models, whisper
from appliance.media.audio import read_sound
from appliance.media.ffmpeg import find_ffmpeg
from appliance.media.subtitles import Cues, read_embedded, read_subtitles
from appliance.pipeline.fetch import fetched, stamp
from appliance.pipeline.options import SpeechOptions, VideoOptions, Words
from appliance.pipeline.scan import SCAN, scanned_picture, scanned_sound, scanned_source
from appliance.pipeline.stage import Context, Inputs, Lane, Stage
from appliance.planning.from_cues import numbered, transcript
from appliance.planning.invented import Said, invented
from appliance.planning.sentences import sentences
from appliance.planning.words import Level
from appliance.ranking import measure, promising
from appliance.signals.evidence import Evidence
from appliance.store.artifacts import content_key, read_json, write_json
from appliance.store.made import TRANSCRIPT, Spoken
from config import presets

_WORTH_CHOOSING = 600.0  # shorter videos are listened to whole everywhere


def spoken(inputs: Inputs) -> Spoken:
    """What was said, or why that is not known."""
    return read_json(inputs.made[TRANSCRIBE.name] / TRANSCRIPT, Spoken)


def said(inputs: Inputs) -> str:
    """A name for what was said, the same for the same words."""
    return content_key(inputs.made[TRANSCRIBE.name] / TRANSCRIPT)


def _run(inputs: Inputs, folder: Path, options: VideoOptions, context: Context) -> Made:
    notes: list[str] = []
    found = _words(inputs, options, context, notes)
    write_json(folder / TRANSCRIPT, found)
    # A model that is missing today may be here tomorrow.
    lasting = found.missing is None or options.speech.words is Words.OFF
    return Made((TRANSCRIPT,), tuple(notes), lasting)


def _words(inputs: Inputs, options: VideoOptions, context: Context, notes: list[str]) -> Spoken:
    want = options.speech.words
    source = scanned_source(inputs)
    if want is Words.OFF:
        return Spoken(missing=Missing("transcript", "words were not wanted", "Leave --captions off out."))
    if want is not Words.ASR:
        read = _subtitles(inputs, source, options, context, notes)
        if read is not None:
            return Spoken(read)
    if scanned_sound(inputs) is None:
        return Spoken(
            missing=Missing(
                "transcript", "the video has no sound and no subtitles", "Give subtitles with --captions FILE."
            )
        )
    try:
        return Spoken(_listened(inputs, source, options, context, notes))
    except ClipperError as error:
        if want is Words.ASR:
            raise
        return Spoken(missing=Missing("transcript", error.message, error.hint))


def _subtitles(
    inputs: Inputs, source: Source, options: VideoOptions, context: Context, notes: list[str]
) -> Transcript | None:
    """The first subtitles that can be read: the named file, files beside the video, a track inside it."""
    found = fetched(inputs)
    named = options.speech.words is Words.FILE
    origin = Origin.FILE if named else Origin.SIDECAR if inputs.source.is_file else Origin.PLATFORM
    for path in _by_language(found.subtitles, options.speech.language):
        try:
            return _from(read_subtitles(Path(path)), inputs, source, origin, _language(path), Path(path).name, notes)
        except BadInput as error:
            if named:
                raise
            notes.append(error.message)
    ffmpeg = find_ffmpeg(context.ffmpeg or None, context.ffmpeg_args)
    for track in source.subtitles:
        if track.is_text:
            try:
                cues = read_embedded(ffmpeg, Path(found.media), track)
            except BadInput as error:
                notes.append(error.message)
                continue
            if cues.cues:
                detail = f"track {track.index}"
                return _from(cues, inputs, source, Origin.EMBEDDED, track.language, detail, notes)
    return None


def _from(
    cues: Cues, inputs: Inputs, source: Source, origin: Origin, language: str, detail: str, notes: list[str]
) -> Transcript:
    notes.extend(cues.notes)
    return transcript(cues.cues, source.seconds, level=_level(inputs), language=language, origin=origin, detail=detail)


def _by_language(paths: Sequence[str], language: str) -> list[str]:
    """The wanted language first, the platform's own recognition last."""
    return sorted(paths, key=lambda path: (bool(language) and _language(path) != language, "-orig" in path))


def _language(path: str) -> str:
    """The language code that stands between a subtitle file's name and its ending."""
    found = re.search(r"\.([a-z]{2,3})(?:[-_][A-Za-z]+)*\.[a-z]+$", path)
    return found.group(1) if found else ""


def _level(inputs: Inputs) -> Level | None:
    sound = scanned_sound(inputs)
    return Level(sound.fine_db, sound.fine_hop) if sound is not None else None


def _listened(inputs: Inputs, source: Source, options: VideoOptions, context: Context, notes: list[str]) -> Transcript:
    model = _model(options.speech, context)
    sound = scanned_sound(inputs)
    assert sound is not None
    windows = _windows(inputs, source, options.speech, model.device)
    if sum(window.seconds for window in windows) < source.seconds * 0.98:
        notes.append(
            f"listened to the promising {sum(w.seconds for w in windows) / 60:.0f} of {source.seconds / 60:.0f} minutes"
        )
    ffmpeg = find_ffmpeg(context.ffmpeg or None, context.ffmpeg_args)
    path = Path(fetched(inputs).media)
    language, heard = whisper.transcribe(
        model,
        tuple(whisper.pieces(windows, sound.fine_db, sound.fine_hop)),
        lambda span: read_sound(ffmpeg, path, source, options.scan.sound, span, whisper.RATE),
        part(context.tell, 0.02, 1.0),
    )
    level = _level(inputs)
    reasons = invented(
        [
            Said(h.text, Span(h.start, max(h.end, h.start)), h.compression, h.log_probability, h.no_speech)
            for h in heard
        ],
        level,
    )
    kept: list[Word] = [
        word for segment, reason in zip(heard, reasons, strict=True) if not reason for word in segment.words
    ]
    dropped = tuple(f"{h.text[:80]} ({reason})" for h, reason in zip(heard, reasons, strict=True) if reason)
    if dropped:
        notes.append(f"{len(dropped)} lines that the model seems to have made up were left out")
    return Transcript(
        language=language,
        origin=Origin.ASR,
        sentences=sentences(numbered(kept)),
        covered=tuple(windows),
        dropped=dropped,
        detail=f"{model.name}, {model.device}",
    )


def _windows(inputs: Inputs, source: Source, options: SpeechOptions, device: str) -> tuple[Span, ...]:
    """All of it on a GPU or when it is short; else the promising share, by everything that is known without words."""
    whole = (Span(0.0, source.seconds),)
    if device == "cuda" or source.seconds <= _WORTH_CHOOSING or options.cpu_share >= 1:
        return whole
    evidence = Evidence(seconds=source.seconds, sound=scanned_sound(inputs), picture=scanned_picture(inputs))
    curves, _ = measure(evidence)
    return promising(evidence, curves, options.cpu_share) or whole


def _model(options: SpeechOptions, context: Context) -> whisper.SpeechModel:
    """The model that will listen; fetched when it is missing and may be. Raises when there is none to be had."""
    gpu = graphics.find_gpu() if options.device != "cpu" and graphics.hears_on_gpu() else None
    if options.device == "cuda" and gpu is None:
        raise BadInput('[asr] device = "cuda": no GPU can be used here', "`clipper doctor` says what is missing.")
    device = "cuda" if gpu is not None else "cpu"
    compute = (
        {"cuda": "int8_float16", "cpu": "int8"}[device] if options.compute_type == "auto" else options.compute_type
    )
    base = whisper.SpeechModel(
        name=options.model,
        folder=Path(options.model).expanduser(),
        device=device,
        compute_type=compute,
        batch_size=options.batch_size or models.best_batch(gpu),
        language=options.language,
    )
    if base.folder.is_dir():
        return replace(base, name=base.folder.name)
    if options.model == "auto":
        import psutil

        memory = psutil.virtual_memory().total
        base = replace(base, name=models.best_speech_model(gpu, os.cpu_count() or 1, memory))
    return _catalogued(base, options, context)


def _catalogued(base: whisper.SpeechModel, options: SpeechOptions, context: Context) -> whisper.SpeechModel:
    known = {card.name: card for card in models.cards(presets.table(".", "models")) if card.kind == "speech"}
    card = known.get(base.name)
    if card is None:
        raise BadInput(f"there is no speech model {base.name}", f"Name a folder, or one of: {', '.join(known)}.")
    if options.model == "auto" and not models.is_here(card, context.models):
        # Better one that is here already than to fetch another.
        card = next((other for other in reversed(known.values()) if models.is_here(other, context.models)), card)
    if not models.is_here(card, context.models):
        if not options.download:
            raise Transient(
                f"the speech model {card.name} is not here", f"`clipper models pull {card.name}` fetches it."
            )
        models.pull(card, context.models, part(context.tell, 0.0, 0.02))
    return replace(base, name=card.name, folder=models.where(card, context.models))


TRANSCRIBE = Stage(
    "transcribe",
    Lane.GPU,
    _run,
    place=lambda inputs: f"videos/{fetched(inputs).content}",
    identity=lambda inputs, options: (
        inputs.made[SCAN.name].name,
        [stamp(path) for path in fetched(inputs).subtitles],
        options.speech,
    ),
)
