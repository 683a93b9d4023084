"""FRAME: one look at a clip's stretch: its exact shots, the faces and what moves. It serves every aspect and look."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from appliance.domain.errors import NeedsPerson
from appliance.domain.span import Span
from appliance.domain.verdict import Made
from appliance.pipeline.fetch import fetched
from appliance.pipeline.options import ClipOptions
from appliance.pipeline.scan import scanned_source
from appliance.pipeline.stage import Context, Inputs, Lane, Stage
from appliance.planning.framing_footage import Footage
from appliance.store.artifacts import write_bytes

if TYPE_CHECKING:
    from appliance.media.faces import FaceFinder

_FILE = "footage.json"
_AIR = 0.5  # looked at on either side, so that a nudged edge needs no new look


def footage(inputs: Inputs) -> Footage | None:
    """What was seen, or None when there is no picture."""
    path = inputs.made[FRAME.name] / _FILE
    return msgspec.json.decode(path.read_bytes(), type=Footage, dec_hook=_array) if path.is_file() else None


def _run(inputs: Inputs, folder: Path, options: ClipOptions, context: Context) -> Made:
    from appliance.media.footage import look

    source = scanned_source(inputs)
    if source.picture is None or source.picture.attached:
        context.tell(1.0, "no picture")
        return Made(())
    finder, notes = _finder(options.look.face_model)
    seen = look(Path(fetched(inputs).media), source, _span(options, source.seconds), finder, context.tell)
    write_bytes(folder / _FILE, msgspec.json.encode(seen, enc_hook=_listed))
    return Made((_FILE,), notes)


def _finder(model: str) -> tuple[FaceFinder | None, tuple[str, ...]]:
    """The face finder when its model is here; without it the picture follows what moves."""
    from appliance.media.faces import FaceFinder

    if not model:
        return None, ()
    try:
        return FaceFinder(Path(model)), ()
    except NeedsPerson as error:
        return None, (f"faces are not looked for: {error.message}",)


def _span(options: ClipOptions, seconds: float) -> Span:
    return options.moment.span.pad(_AIR, _AIR).clamp(Span(0.0, seconds))


def _listed(value: object) -> object:
    if isinstance(value, np.ndarray):
        return [round(float(item), 4) for item in value]
    raise TypeError(type(value).__name__)


def _array(kind: type, value: object) -> object:
    if kind is np.ndarray or getattr(kind, "__origin__", None) is np.ndarray:
        return np.array(value, dtype=np.float32)
    raise TypeError(str(kind))


FRAME: Stage[ClipOptions] = Stage(
    "frame",
    Lane.CPU,
    _run,
    place=lambda inputs: f"videos/{fetched(inputs).content}",
    # A face model that arrives later changes what is seen.
    identity=lambda _inputs, options: (options.moment.start, options.moment.end, bool(options.look.face_model)),
)
