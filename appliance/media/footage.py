"""One small decode of a clip's window: shot cuts to the picture, faces, and where things move. It serves all aspects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from appliance.domain.errors import BadInput
from appliance.domain.progress import OnProgress, unwatched
from appliance.domain.source import PictureTrack, Source
from appliance.domain.span import Span
from appliance.domain.timeline import Box
from appliance.media.faces import FaceFinder, Found, Picture, small_size
from appliance.media.ffmpeg import PROTOCOLS
from appliance.media.footage_eye import Changes, Grey, columns_and_rows, detail, flatness, mouth_motion, still_edges
from appliance.planning.framing_footage import Face, Floats, Footage, Look

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame

LOOKS_PER_SECOND = 4.0
_GRID = 4  # the grid for motion is so many times smaller than the small picture
_EARLIER = (0.0, 2.0, 12.0)  # seconds to seek back when a container's index lands too late
_STEP = "Looking at the picture"


def look(
    path: Path, source: Source, span: Span, finder: FaceFinder | None = None, on_progress: OnProgress = unwatched
) -> Footage:
    """Look at `span` of a file once. Without a finder no faces are sought, only cuts and motion.

    Raises BadInput when the file has no picture or nothing of the span can be decoded.
    """
    if source.picture is None:
        raise BadInput(f"{path.name} has no picture to frame")
    eye = _Eye(source.picture, finder)
    last: float | None = None
    for at, frame in _frames(path, source, span):
        eye.see(at, frame)
        last = at
        on_progress(min(1.0, (at - span.start) / max(span.seconds, 1e-6)), _STEP)
    if last is None:
        raise BadInput(
            f"Nothing can be seen of {path.name} from {span.start:.2f} to {span.end:.2f} s",
            "The file may be cut off or damaged there: try another stretch.",
        )
    looks = eye.looks()
    on_progress(1.0, _STEP)
    return Footage(
        span=span,
        width=source.picture.width,
        height=source.picture.height,
        fps=source.picture.fps,
        cuts=tuple(cut for cut in eye.changes.cuts() if span.start < cut < span.end),
        looks=looks,
        with_faces=finder is not None,
    )


@dataclass(slots=True)
class _Pending:
    """A look whose faces are still to be found, and the pictures up to the next look."""

    look: Look  # without its faces
    picture: Picture | None = None
    frames: list[Grey] = field(default_factory=list)


class _Eye:
    """Takes the pictures one after another. `_size` is that of the small picture, before it is turned upright."""

    def __init__(self, track: PictureTrack, finder: FaceFinder | None) -> None:
        from av.video.reformatter import VideoReformatter

        shown = small_size(track.width, track.height)
        self._turns = (track.rotation // 90) % 4
        self._size = shown[::-1] if self._turns % 2 else shown
        self._finder = finder
        # Each keeps its own tables: four, as a frame takes up to four roads.
        self._half, self._grid, self._small, self._colour = (VideoReformatter() for _ in range(4))
        self._before: Grey | None = None
        self._moved: Floats | None = None
        self._since = 0
        self._due = float("-inf")
        # Who speaks is only asked where there are two or more: mouths are watched until a shot turns out to have but one face.
        self._company = finder is not None
        self._pending: list[_Pending] = []
        self._looks: list[Look] = []
        self.changes = Changes([], [], [])

    def see(self, at: float, frame: VideoFrame) -> None:
        """Take one picture in."""
        width, height = self._size
        half = self._half.reformat(frame, width // 2, height // 2, format="gray", interpolation="FAST_BILINEAR")
        across, down = max(8, width // _GRID // 2 * 2), max(8, height // _GRID // 2 * 2)
        grid = self._upright(self._grid.reformat(half, across, down, format="gray", interpolation="AREA"))
        change = np.zeros(grid.shape, np.float32)
        if self._before is not None:
            change = np.abs(grid.astype(np.int16) - self._before).astype(np.float32)
        level = float(change.mean())
        self.changes.add(at, level, grid)
        self._before = grid
        jump = level > 12.0
        if self._moved is None or jump:
            self._moved, self._since = np.zeros(grid.shape, np.float32), 0
        if not jump:
            self._moved += change
            self._since += 1
        if at >= self._due - 1e-6 or jump:
            step = 1 / LOOKS_PER_SECOND
            self._due = at + step if jump or self._due + step <= at else self._due + step
            self._company = self._company or (jump and self._finder is not None)
            self._begin(at, frame, grid)
        elif self._company and self._pending:
            self._pending[-1].frames.append(self._grey(frame))

    def looks(self) -> tuple[Look, ...]:
        """Every look, when all pictures have been seen."""
        self._settle(everything=True)
        return tuple(self._looks)

    def _begin(self, at: float, frame: VideoFrame, grid: Grey) -> None:
        assert self._moved is not None
        moved, fine = self._moved / np.float32(max(1, self._since)), detail(grid)
        motion, motion_rows = columns_and_rows(moved)
        structure, structure_rows = columns_and_rows(fine)
        # Before a second picture of the shot was seen nothing is known to stand still.
        still = still_edges(fine, moved) if self._since else np.zeros_like(motion)
        seen = Look(at, (), motion, structure, motion_rows, structure_rows, still, flatness(grid))
        look = _Pending(seen)
        if self._finder is not None:
            look.picture = self._upright_colour(frame)
            look.frames.append(self._grey(frame))
            if self._pending:
                self._pending[-1].frames.append(look.frames[0])
        self._settle(everything=False)
        self._pending.append(look)
        self._moved, self._since = np.zeros(grid.shape, np.float32), 0

    def _settle(self, *, everything: bool) -> None:
        """Find the faces of two complete looks at a time, as the model takes two pictures at once."""
        while len(self._pending) >= 2 or (everything and self._pending):
            batch, self._pending = self._pending[:2], self._pending[2:]
            found: list[list[Found]] = [[] for _ in batch]
            if self._finder is not None:
                found = self._finder.find([one.picture for one in batch if one.picture is not None])
                self._company = any(len(faces) > 1 for faces in found)
            for one, faces in zip(batch, found, strict=True):
                seen = tuple(_face(face, one.frames) for face in sorted(faces, key=lambda face: face.box[0]))
                self._looks.append(replace(one.look, faces=seen))

    def _grey(self, frame: VideoFrame) -> Grey:
        """The small picture in grey, upright."""
        width, height = self._size
        return self._upright(self._small.reformat(frame, width, height, format="gray", interpolation="FAST_BILINEAR"))

    def _upright(self, frame: VideoFrame) -> Grey:
        """The luma plane, turned as it is shown."""
        plane = frame.planes[0]
        grey = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]
        return np.array(np.rot90(grey, self._turns), np.uint8)

    def _upright_colour(self, frame: VideoFrame) -> Picture:
        width, height = self._size
        colour = self._colour.reformat(frame, width, height, format="bgr24", interpolation="FAST_BILINEAR").to_ndarray()
        return np.ascontiguousarray(np.rot90(colour, self._turns))


def _face(found: Found, frames: list[Grey]) -> Face:
    """In shares of the picture."""
    rows, columns = frames[0].shape
    x, y, width, height = found.box
    eyes = found.points[:2].mean(axis=0)
    apart = max(float(np.abs(found.points[1, 0] - found.points[0, 0])), 0.15 * width)
    facing = float(np.clip((found.points[2, 0] - eyes[0]) / apart, -1, 1))
    return Face(
        box=Box(x / columns, y / rows, width / columns, height / rows),
        score=found.score,
        eyes=(float(eyes[0]) / columns, float(eyes[1]) / rows),
        facing=facing,
        mouth=mouth_motion(frames, found),
    )


def _frames(path: Path, source: Source, span: Span) -> Iterator[tuple[float, VideoFrame]]:
    """The pictures of the span with their times on the source's clock."""
    import av

    assert source.picture is not None
    try:
        # Blocking artefacts that the loop filter would smooth do not matter at this size; without it decoding costs less.
        with av.open(f"file:{path.absolute()}", options={"protocol_whitelist": PROTOCOLS}) as container:
            stream = container.streams[source.picture.index]
            stream.codec_context.options = {"skip_loop_filter": "all"}
            # Frame threads would take a tenth more processor time; clips run side by side where there are cores.
            stream.thread_type = "SLICE"
            half = 0.5 / max(source.picture.fps, 1.0)
            for back in _EARLIER:
                yielded = False
                for at, frame in _decoded(container, source, span.start - back):
                    if not yielded and at > span.start + 3 * half and back != _EARLIER[-1] and span.start > back:
                        break
                    if at >= span.end - half:
                        return
                    if at >= span.start - half:
                        yielded = True
                        yield max(at, span.start), frame
                if yielded:
                    return
    except av.FFmpegError as error:
        raise BadInput(f"{path.name} cannot be decoded: {error.strerror}", "Is the file whole?") from error


def _decoded(container: InputContainer, source: Source, start: float) -> Iterator[tuple[float, VideoFrame]]:
    """Every picture from the key frame before `start` on; packets that cannot be decoded are passed over."""
    import av

    assert source.picture is not None
    stream = container.streams.video[0]
    for candidate in container.streams.video:
        if candidate.index == source.picture.index:
            stream = candidate
    base = stream.time_base or 1
    container.seek(int((max(start, 0.0) + source.start_time) / base), stream=stream, backward=True, any_frame=False)
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.InvalidDataError:
            continue
        for frame in frames:
            if frame.pts is not None:
                yield float(frame.pts * base) - source.start_time, frame
