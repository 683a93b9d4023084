"""A Timeline becomes a finished clip: one ffmpeg command, one encode, and a file only when all of it is good."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from appliance import process
from appliance.domain.errors import BadInput, NeedsPerson, Permanent
from appliance.domain.progress import OnProgress, part, unwatched
from appliance.domain.source import Source
from appliance.domain.span import Span
from appliance.domain.timeline import Timeline
from appliance.media.copying import can_copy, copy_args
from appliance.media.encoders import CPU, Encoder
from appliance.media.ffmpeg import Ffmpeg, has_filter
from appliance.media.graph import CAPTIONS_FILE, FONTS_FOLDER, Drawn, Graph, Input, build, place
from appliance.media.logs import caption_fault, first_cause, substituted_fonts
from appliance.media.loudness import Level, Loudness, level
from appliance.media.probe import probe
from appliance.media.remux import Copy, copies, in_copy, seeks_exactly
from appliance.media.whole_file import unwritable, whole_file

SOUND_ARGS = ("-c:a", "aac", "-b:a", "192k", "-ar", "48000", "-ac", "2")
# Nothing of the source's own tags, and nothing about the machine, goes into a clip that is posted.
PLAIN_ARGS = ("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact")
COLOUR_ARGS = ("-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709")
MP4_ARGS = ("-movflags", "+faststart", "-f", "mp4")
_MEASURING = 0.06  # of a render's time


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """How to render. `ass` is the text of an ASS file for everything that is written; `fonts_dir` holds the fonts it names.

    `encode_args` come after the encoder's own. `temp_dir` is where neutral working files go (None: the system's place).
    """

    ffmpeg: Ffmpeg
    encoder: Encoder = CPU
    ass: str | None = None
    fonts_dir: Path | None = None
    encode_args: tuple[str, ...] = ()
    temp_dir: Path | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished clip: the command that made it, its length, what its sound measured before and should measure now, remarks."""

    argv: tuple[str, ...]
    seconds: float
    loudness_in: Loudness | None
    loudness_out: Loudness | None
    copied: bool = False
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Opened:
    """The sources of a clip, ready to be opened: facts and files by id, and copies for those that cannot be sought exactly."""

    sources: Mapping[str, Source]
    paths: Mapping[str, Path]
    copies: Mapping[str, tuple[Copy, ...]]

    def args(self, ffmpeg: Ffmpeg, wanted: Input) -> list[str]:
        """The arguments that open one input of a graph."""
        if wanted.picture:
            return ffmpeg.input(self.paths.get(wanted.name, Path(wanted.name)))
        length = ("-t", f"{wanted.seconds:.6f}")
        for copy in self.copies.get(wanted.name, ()):
            if copy.span.start <= wanted.seek and wanted.seek <= copy.span.end:
                late = copy.zero - wanted.seek
                begin = ("-itsoffset", f"{late:.6f}") if late > 0 else ("-ss", f"{-late:.6f}")
                return ffmpeg.input(copy.path, *begin, *length)
        return ffmpeg.input(self.paths[wanted.name], "-ss", f"{wanted.seek:.6f}", *length)


def render(
    timeline: Timeline,
    paths: Mapping[str, Path],
    out: Path,
    options: RenderOptions,
    on_progress: OnProgress = unwatched,
) -> Rendered:
    """Make the clip. `paths` holds the file of every source by id (and may hold that of a logo by its `path`).

    The file appears under its name only when it is whole; on an error or Ctrl-C nothing is left. Raises BadInput for a
    Timeline or source that cannot be used or an unwritable place, NeedsPerson for a full disk, Permanent where ffmpeg fails.
    """
    sources = {file.id: probe(_path(paths, file.id)) for file in timeline.sources if _used(timeline, file.id)}
    with _working(options.temp_dir) as folder, whole_file(out) as unfinished:
        if options.ass is None and can_copy(timeline, sources, paths):
            return _copied(timeline, sources, paths, unfinished, options, on_progress)
        opened = open_sources(timeline, sources, paths, folder)
        on_progress(0.0, "measuring the sound")
        set_level = level(timeline, sources, paths)
        return _encoded(timeline, opened, set_level, folder, unfinished, options, on_progress)


def open_sources(timeline: Timeline, sources: Mapping[str, Source], paths: Mapping[str, Path], folder: Path) -> Opened:
    """The sources as the graph opens them; stretches of those that cannot be sought exactly are copied into `folder`."""
    spots = place(timeline, sources)
    made: dict[str, tuple[Copy, ...]] = {}
    facts = dict(sources)
    for number, (name, source) in enumerate(sources.items()):
        if not seeks_exactly(source):
            spans = [Span(s.seek, s.seek + s.seconds) for s in spots if s.piece.cut.source == name]
            made[name] = copies(paths[name], source, spans, folder, f"source{number}")
            facts[name] = in_copy(source)
    return Opened(facts, paths, made)


def graph_args(ffmpeg: Ffmpeg, graph: Graph, opened: Opened) -> list[str]:
    """The inputs and the filters of a graph as arguments."""
    opening = [arg for wanted in graph.inputs for arg in opened.args(ffmpeg, wanted)]
    return [*opening, "-filter_complex", graph.filters]


def write_words(folder: Path, ass: str, fonts_dir: Path | None) -> None:
    """Put captions and fonts into the working folder under their neutral names."""
    (folder / CAPTIONS_FILE).write_text(ass, "utf-8")
    if fonts_dir is not None:
        _gather_fonts(fonts_dir, folder / FONTS_FOLDER)


def _encoded(
    timeline: Timeline,
    opened: Opened,
    set_level: Level,
    folder: Path,
    unfinished: Path,
    options: RenderOptions,
    on_progress: OnProgress,
) -> Rendered:
    drawn = Drawn(
        captions=options.ass is not None,
        fonts=options.ass is not None and options.fonts_dir is not None,
        level=set_level.filters,
        tonemap=has_filter(options.ffmpeg, "zscale") and has_filter(options.ffmpeg, "tonemap"),
    )
    if options.ass is not None:
        write_words(folder, options.ass, options.fonts_dir)
    graph = build(timeline, opened.sources, drawn)
    notes = [*set_level.notes, *options.encoder.notes, *_warnings(opened)]
    watch = part(on_progress, _MEASURING, 1.0)
    try:
        argv, log = _run(graph, opened, folder, unfinished, options, watch)
    except Permanent as error:
        if options.encoder.on_cpu:
            raise
        notes.append(f"{options.encoder.name} failed, so the processor encoded: {error.message}")
        argv, log = _run(graph, opened, folder, unfinished, replace(options, encoder=CPU), watch)
    if options.ass is not None:
        fault = caption_fault(log)
        if fault:
            raise Permanent(f"the captions could not be drawn: {fault}", "Choose another caption style or font.")
        notes += substituted_fonts(log)
    on_progress(1.0, "rendering")
    return Rendered(tuple(argv), graph.seconds, set_level.before, set_level.after, notes=tuple(dict.fromkeys(notes)))


def _run(
    graph: Graph, opened: Opened, folder: Path, unfinished: Path, options: RenderOptions, on_progress: OnProgress
) -> tuple[list[str], str]:
    """Run the one command; what it was, and what ffmpeg said."""
    ffmpeg, encoder = options.ffmpeg, options.encoder
    if encoder.upload:
        graph = replace(graph, filters=graph.filters.replace("format=yuv420p[v]", f"{encoder.upload}[v]"))
    argv = ffmpeg.argv(
        *(
            "-loglevel",
            "info" if options.ass is not None else "error",
            "-nostats",
            "-progress",
            "pipe:1",
            *encoder.before,
        ),
        *graph_args(ffmpeg, graph, opened),
        *("-map", "[v]", "-map", "[a]", *encoder.args, *options.encode_args, *COLOUR_ARGS, *SOUND_ARGS),
        *(*PLAIN_ARGS, *MP4_ARGS, "-y", f"file:{unfinished.absolute()}"),
    )
    frames = _Frames(graph.frames, on_progress)
    ended = process.run(argv, on_line=frames.line, cwd=str(folder))
    if ended.code != 0:
        raise failure(ended.err, ended.code, "rendering")
    if frames.seen < graph.frames:
        raise Permanent(
            f"only {frames.seen} of {graph.frames} frames came out of the source: its picture ends before its sound",
            "Choose an earlier end, or convert the source first.",
        )
    return argv, ended.err


def failure(log: str, code: int, doing: str) -> Permanent | NeedsPerson:
    """What ffmpeg's end means, as an error with its own first words."""
    if "No space left on device" in log or "Disk quota exceeded" in log:
        return NeedsPerson(f"the disk is full: {doing} stopped", "Free some space and run it again.")
    if code < 0:
        return Permanent(
            f"ffmpeg was ended by signal {-code} while {doing}", "If memory ran out, render fewer at once."
        )
    return Permanent(
        f"ffmpeg failed while {doing}: {first_cause(log) or f'exit code {code}'}", "See the log for all of it."
    )


class _Frames:
    """Reads `-progress`: how many frames are done."""

    def __init__(self, whole: int, on_progress: OnProgress) -> None:
        self.seen = 0
        self._whole = max(1, whole)
        self._on_progress = on_progress

    def line(self, text: str) -> None:
        """One line, `key=value`."""
        key, _, value = text.partition("=")
        if key == "frame" and value.strip().isdigit():
            self.seen = int(value)
            self._on_progress(min(0.999, self.seen / self._whole), "rendering")


def _copied(
    timeline: Timeline,
    sources: Mapping[str, Source],
    paths: Mapping[str, Path],
    unfinished: Path,
    options: RenderOptions,
    on_progress: OnProgress,
) -> Rendered:
    """The cut as it stands in the source, nothing encoded."""
    argv = options.ffmpeg.argv(
        *copy_args(options.ffmpeg, timeline, sources, paths),
        *PLAIN_ARGS,
        *MP4_ARGS,
        "-y",
        f"file:{unfinished.absolute()}",
    )
    on_progress(0.0, "copying")
    ended = process.run(argv)
    if ended.code != 0:
        raise failure(ended.err, ended.code, "copying")
    on_progress(1.0, "copying")
    return Rendered(tuple(argv), timeline.seconds, None, None, copied=True, notes=("copied without encoding",))


def _path(paths: Mapping[str, Path], name: str) -> Path:
    if name not in paths:
        raise BadInput(f"no file is given for source {name!r}", "Name its file in the timeline.")
    return paths[name]


def _used(timeline: Timeline, name: str) -> bool:
    return any(cut.source == name for cut in timeline.cuts)


def _warnings(opened: Opened) -> Sequence[str]:
    return [f"{opened.paths[name].name}: {text}" for name, source in opened.sources.items() for text in source.warnings]


def _gather_fonts(fonts_dir: Path, folder: Path) -> None:
    """All fonts of a folder and those below it, side by side: libass does not look into folders inside."""
    folder.mkdir()
    for font in sorted(fonts_dir.rglob("*")):
        if font.suffix.lower() in (".ttf", ".otf", ".ttc") and font.is_file():
            place_ = folder / font.name
            try:
                place_.symlink_to(font.resolve())
            except OSError:
                shutil.copyfile(font, place_)


@contextlib.contextmanager
def _working(parent: Path | None) -> Iterator[Path]:
    try:
        folder = Path(tempfile.mkdtemp(prefix="clipper-", dir=parent))
    except OSError as error:
        raise unwritable(parent or Path(tempfile.gettempdir()), error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
