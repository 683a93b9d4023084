"""Where a view stands at a time."""

from __future__ import annotations

from itertools import pairwise

from appliance.domain.timeline import Box, View


def at(view: View, time: float) -> Box:
    """The box at `time`, moving evenly between keys."""
    keys = view.keys
    if time <= keys[0].at:
        return keys[0].box
    for one, two in pairwise(keys):
        if one.at <= time < two.at:
            way = (time - one.at) / (two.at - one.at)
            return Box(
                one.box.x + (two.box.x - one.box.x) * way,
                one.box.y + (two.box.y - one.box.y) * way,
                one.box.width,
                one.box.height,
            )
    return keys[-1].box
