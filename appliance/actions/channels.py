"""What may be done with watched channels and folders. Those of clipper.toml are only changed there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appliance import sources
from appliance.actions.box import Box, need, owns
from appliance.actions.polling import hurry, schedule
from appliance.actions.videos import ask_to_stop
from appliance.actions.wishes import check_rules
from appliance.domain.channel import Channel, ChannelRules, Intake, Origin
from appliance.domain.errors import BadInput
from appliance.domain.job import Job
from appliance.domain.user import BOX, Actor, Role
from appliance.domain.wishes import Wishes
from appliance.store import channels, jobs
from appliance.store.change import Change, change
from config.service import Channel as ChannelTable
from config.service import Folder as FolderTable
from config.service import Wanted


@dataclass(frozen=True, slots=True)
class _Watched:
    address: str
    platform: str
    name: str
    rules: ChannelRules
    origin: Origin = Origin.MADE
    paused: bool = False


def subscribe(box: Box, actor: Actor, said: str, rules: ChannelRules, name: str = "") -> Channel:
    """Watch a channel, named by id, @handle or address. The same channel is watched once."""
    need(actor, Role.EDITOR)
    check_rules(box, actor, rules)
    found = sources.channel(said)
    with change(box.now()) as made:
        return _watch(
            made, box, actor.user, _Watched(found.url, found.platform, name.strip()[:200] or found.name, rules)
        )


def change_rules(box: Box, actor: Actor, number: int, rules: ChannelRules, name: str = "") -> Channel:
    """Other rules for a channel that was made by hand."""
    channel = own(actor, number)
    _made_by_hand(channel)
    check_rules(box, actor, rules)
    with change(box.now()) as made:
        return channels.update(made, number, rules=rules, name=name.strip()[:200] or channel.name)


def pause_channel(box: Box, actor: Actor, number: int) -> Channel:
    """Ask it no more until it is resumed."""
    channel = own(actor, number)
    _made_by_hand(channel)
    with change(box.now()) as made:
        _stop_polls(made, number)
        return channels.update(made, number, paused=True, next_poll=None)


def resume_channel(box: Box, actor: Actor, number: int) -> Channel:
    """Ask it again."""
    channel = own(actor, number)
    _made_by_hand(channel)
    with change(box.now()) as made:
        channels.update(made, number, paused=False)
        schedule(made, channels.get(number), box, at_once=True)
        return channels.get(number)


def remove_channel(box: Box, actor: Actor, number: int) -> None:
    """Watch it no more; its videos and clips stay."""
    channel = own(actor, number)
    _made_by_hand(channel)
    with change(box.now()) as made:
        _stop_polls(made, number)
        channels.remove(made, number)


def sync_channel(box: Box, actor: Actor, number: int) -> Job:
    """Ask it now."""
    channel = own(actor, number)
    if channel.paused:
        raise BadInput(f"{channel.name} is paused", "Resume it first.")
    with change(box.now()) as made:
        return hurry(made, number, box)


def sync_channels(box: Box, actor: Actor) -> tuple[Job, ...]:
    """Ask all channels now."""
    need(actor, Role.EDITOR)
    with change(box.now()) as made:
        return tuple(hurry(made, one.id, box) for one in channels.all_watched() if not one.paused)


def adopt_tables(box: Box) -> tuple[str, ...]:
    """Bring channels and folders of clipper.toml into the database, and take away those that left it. What changed, in words.

    A channel that was made by hand and now stands in the file is the file's.
    """
    settings = box.settings()
    said: list[str] = []
    wanted: dict[str, _Watched] = {}
    for table in settings.channel:
        found = sources.channel(table.url)
        name = table.name or found.name
        wanted[found.url] = _Watched(found.url, found.platform, name, rules_of(table), Origin.TOML, not table.enabled)
    for folder in settings.folder:
        path = Path(folder.path).expanduser().absolute()
        name = folder.name or path.name
        wanted[str(path)] = _Watched(str(path), "folder", name, rules_of(folder), Origin.TOML, not folder.enabled)
    with change(box.now()) as made:
        for one in wanted.values():
            said += _adopt(made, box, one)
        for channel in channels.all_watched():
            if channel.origin is Origin.TOML and channel.address not in wanted:
                _stop_polls(made, channel.id)
                channels.remove(made, channel.id)
                said.append(f"{channel.name} is not watched any more")
    return tuple(said)


def rules_of(table: ChannelTable | FolderTable) -> ChannelRules:
    """A table of clipper.toml as rules."""
    if isinstance(table, FolderTable):
        return ChannelRules(
            every_seconds=max(10.0, table.stable_seconds / 2),
            min_video_seconds=0.0,
            wishes=_wishes(table),
            pattern=table.pattern,
            take=Intake(table.take),
            stable_seconds=table.stable_seconds,
        )
    return ChannelRules(
        every_seconds=table.every_minutes * 60,
        title_keywords=table.title_keywords,
        min_video_seconds=table.min_video_minutes * 60,
        max_video_seconds=table.max_video_minutes * 60,
        backfill=table.backfill,
        daily_best_time=table.daily_best_time,
        wishes=_wishes(table),
    )


def own(actor: Actor, number: int) -> Channel:
    """The channel, when the person may touch it."""
    need(actor, Role.EDITOR)
    channel = channels.get(number)
    owns(actor, channel.owner, f"channel {number}")
    return channel


def _wishes(table: Wanted) -> Wishes:
    least, most = (table.min_video_minutes, table.max_video_minutes) if isinstance(table, ChannelTable) else (0, 0)
    return Wishes(
        top=table.top_k,
        min_seconds=table.min_seconds or None,
        max_seconds=table.max_seconds or None,
        min_score=table.min_score or None,
        aspect=table.aspect or None,
        look=table.look,
        keywords=table.keywords,
        criteria=table.criteria,
        weights=dict(table.weights),
        auto_render=table.auto_render,
        approval=table.approval,
        auto_approve_score=table.auto_approve_score,
        min_video_seconds=least * 60 or None,
        max_video_seconds=most * 60 or None,
    )


def _adopt(made: Change, box: Box, wanted: _Watched) -> Sequence[str]:
    """Make the channel what the file says; what changed, in words."""
    there = channels.at(wanted.address)
    if there is None:
        there = _watch(made, box, BOX.user, wanted)
        return [f"{there.name or wanted.address} is watched"]
    said = {"rules": wanted.rules, "origin": wanted.origin, "name": wanted.name or there.name, "paused": wanted.paused}
    fields: dict[str, Any] = {name: value for name, value in said.items() if getattr(there, name) != value}
    if not fields:
        return []
    channels.update(made, there.id, **fields)
    if fields.get("paused"):
        _stop_polls(made, there.id)
    elif "paused" in fields:
        schedule(made, channels.get(there.id), box, at_once=True)
    return [f"{there.name}: {', '.join(fields)} changed"]


def _watch(made: Change, box: Box, owner: int, wanted: _Watched) -> Channel:
    """Watch it; one that was removed comes back with what was seen of it."""
    fields = {"rules": wanted.rules, "origin": wanted.origin, "paused": wanted.paused}
    known = None if channels.at(wanted.address) else channels.come_back(made, wanted.address, owner=owner, **fields)
    channel = known or channels.add(made, owner, wanted.name, wanted.address, wanted.platform, **fields)
    if not wanted.paused:
        schedule(made, channel, box, at_once=True)
    return channels.get(channel.id)


def _stop_polls(made: Change, number: int) -> None:
    job = jobs.active(f"poll:{number}")
    if job is not None:
        ask_to_stop(made, job.id)


def _made_by_hand(channel: Channel) -> None:
    if channel.origin is Origin.TOML:
        raise BadInput(
            f"{channel.name} stands in clipper.toml and is only changed there", "Edit the file, then `clipper reload`."
        )
