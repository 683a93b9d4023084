"""Clips: the moments of a video, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from appliance.domain.clip import Clip
from appliance.domain.errors import Missing
from appliance.domain.moment import Moment
from appliance.domain.states import CLIP_MOVES, ClipState, check_move
from appliance.domain.wishes import Wishes
from appliance.store.change import Change
from appliance.store.models import ClipRow


def draft(change: Change, video: int, owner: int, moments: Sequence[Moment], wishes: Wishes) -> tuple[Clip, ...]:
    """A clip in draft for every moment, best first. Drafts of an earlier ranking that nobody touched make room."""
    ClipRow.delete().where((ClipRow.video == video) & (ClipRow.state == ClipState.DRAFT.value)).execute()
    kept = {_span(row.moment): row for row in ClipRow.select().where(ClipRow.video == video)}
    made = []
    for place, moment in enumerate(moments, 1):
        if (row := kept.get(_span(moment))) is not None:
            ClipRow.update(place=place).where(ClipRow.id == row.id).execute()
            made.append(clip(row))
        else:
            made.append(add(change, video, owner, moment, wishes, place=place))
    return tuple(made)


def add(change: Change, video: int, owner: int, moment: Moment, wishes: Wishes, *, place: int = 0) -> Clip:
    """One more clip in draft; `place` 0 for one that a person marked."""
    row = ClipRow.create(
        video=video,
        owner=owner,
        state=ClipState.DRAFT.value,
        place=place,
        start=moment.start,
        end=moment.end,
        score=moment.score,
        title=moment.title,
        moment=moment,
        wishes=wishes,
        made={},
        notes=(),
        reasons=(),
        added=change.now,
        changed=change.now,
    )
    change.tell("clip_added", owner=owner, video=video, clip=row.id, title=moment.title, score=moment.score)
    return clip(row)


def get(number: int) -> Clip:
    """One clip, Missing when there is none of that number."""
    row = ClipRow.numbered(number)
    if row is None:
        raise Missing(f"there is no clip {number}", "`clipper clips list` shows what there is.")
    return clip(row)


def of_video(video: int, *, also_deleted: bool = False) -> tuple[Clip, ...]:
    """A video's clips in order of their place."""
    rows = ClipRow.select().where(ClipRow.video == video).order_by(ClipRow.place, ClipRow.id)
    return tuple(clip(row) for row in rows if also_deleted or row.deleted is None)


def in_state(*states: ClipState) -> tuple[Clip, ...]:
    """All clips in one of these states."""
    rows = ClipRow.select().where(ClipRow.state.in_([state.value for state in states]) & ClipRow.deleted.is_null())
    return tuple(clip(row) for row in rows)


def move(change: Change, number: int, to: ClipState, **fields: Any) -> Clip:
    """Into another state, with what else changes. Already there: only the fields. IllegalMove when it may not."""
    now = get(number)
    if now.state is not to:
        check_move(CLIP_MOVES, f"clip {number}", now.state, to)
    ClipRow.update(state=to.value, changed=change.now, **fields).where(ClipRow.id == number).execute()
    if now.state is not to:
        change.tell("clip_state", owner=now.owner, video=now.video, clip=number, state=to.value, title=now.title)
    return get(number)


def update(change: Change, number: int, **fields: Any) -> None:
    """Other fields than the state."""
    ClipRow.update(changed=change.now, **fields).where(ClipRow.id == number).execute()


def deleted_before(at: datetime) -> tuple[int, ...]:
    """Clips that were deleted before that time and are still kept."""
    return tuple(row.id for row in ClipRow.select(ClipRow.id).where(ClipRow.deleted < at))


def remove(change: Change, number: int) -> None:
    """For good."""
    ClipRow.delete().where(ClipRow.id == number).execute()
    change.tell("clip_removed", clip=number)


def clip(row: ClipRow) -> Clip:
    """A row as its noun."""
    return Clip(
        id=row.id,
        video=row.video_id,  # type: ignore[attr-defined]
        owner=row.owner_id,  # type: ignore[attr-defined]
        state=ClipState(row.state),
        moment=row.moment,
        title=row.title,
        added=row.added,
        changed=row.changed,
        place=row.place,
        wishes=row.wishes,
        folder=row.folder,
        made=row.made,
        trouble=row.trouble,
        notes=row.notes,
        decided=row.decided,
        decided_by=row.decided_by,
        reasons=row.reasons,
        deleted=row.deleted,
    )


def _span(moment: Moment) -> tuple[float, float]:
    return round(moment.start, 2), round(moment.end, 2)
