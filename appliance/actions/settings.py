"""The settings in force, as people see them: where each was set, and all of them as a clipper.toml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from appliance.actions.box import About, Box
from appliance.domain.channel import Channel, ChannelRules, Origin
from appliance.store import channels, rules
from config import export as writing
from config.masking import masked
from config.schema import Settings
from config.service import Channel as ChannelTable
from config.service import Folder as FolderTable
from config.service import Wanted
from config.shape import leaves, spelt


@dataclass(frozen=True, slots=True)
class InForce:
    """All tables, passwords masked; where each key was set that is no default; the file; why the box is in safe mode, empty
    when it is not; and what works but should not stay so.
    """

    settings: Mapping[str, Any]
    origins: Mapping[str, str]
    file: str
    problem: str
    warnings: tuple[str, ...]


def in_force(about: About) -> InForce:
    """The settings as they stand."""
    loaded = about.loaded()
    tables = masked(loaded.settings.model_dump(mode="json"))
    origins = {spelt(path): loaded.origins.get(spelt(path), "default") for path, _ in leaves(tables)}
    return InForce(tables, origins, str(loaded.file or ""), about.problem(), loaded.warnings)


@cache
def schema() -> Mapping[str, Any]:
    """The JSON Schema of clipper.toml."""
    return Settings.model_json_schema()


def as_toml(box: Box, *, everything: bool = False) -> str:
    """A clipper.toml that says what is in force, with the channels, folders and rules that were made by hand. Passwords are
    masked.
    """
    made = {"channel": list(_channels(box)), "folder": list(_folders(box)), "rule": list(_rules())}
    return writing.export(box.settings(), {name: said for name, said in made.items() if said}, everything=everything)


def _made(*, folders: bool) -> Iterator[Channel]:
    for channel in channels.all_watched():
        if channel.origin is Origin.MADE and channel.is_folder is folders:
            yield channel


def _channels(box: Box) -> Iterator[Mapping[str, Any]]:
    for channel in _made(folders=False):
        said = channel.rules
        table = ChannelTable.model_construct(
            url=channel.address,
            name=channel.name,
            enabled=not channel.paused,
            every_minutes=said.every_seconds / 60,
            title_keywords=said.title_keywords,
            min_video_minutes=said.min_video_seconds / 60,
            max_video_minutes=said.max_video_seconds / 60,
            backfill=said.backfill,
            daily_best_time=said.daily_best_time,
            **_wanted(said, box),
        )
        yield _said(table)


def _folders(box: Box) -> Iterator[Mapping[str, Any]]:
    for channel in _made(folders=True):
        said = channel.rules
        table = FolderTable.model_construct(
            path=channel.address,
            name=channel.name,
            enabled=not channel.paused,
            pattern=said.pattern,
            take=said.take.value,
            stable_seconds=said.stable_seconds,
            **_wanted(said, box),
        )
        yield _said(table)


def _wanted(said: ChannelRules, box: Box) -> dict[str, Any]:
    """The wishes of a channel as keys of its table. What is left to the box is written out where the table has another
    default.
    """
    wishes = said.wishes
    score = wishes.auto_approve_score
    return {
        "top_k": wishes.top or box.settings().rank.top_n,
        "min_score": wishes.min_score or 0,
        "min_seconds": wishes.min_seconds or 0,
        "max_seconds": wishes.max_seconds or 0,
        "keywords": wishes.keywords,
        "criteria": wishes.criteria,
        "look": wishes.look,
        "aspect": wishes.aspect or "",
        "auto_render": box.settings().rank.auto_render if wishes.auto_render is None else wishes.auto_render,
        "approval": wishes.approval or "ask",
        **({} if score is None else {"auto_approve_score": score}),
    }


def _rules() -> Iterator[Mapping[str, Any]]:
    for rule in rules.all_rules():
        if rule.origin is Origin.MADE:
            yield {
                "name": rule.name,
                "cron": rule.cron,
                "action": rule.action,
                "missed": rule.missed.value,
                "enabled": rule.enabled,
            }


def _said(table: Wanted) -> Mapping[str, Any]:
    """Only what is no default: that is what a person would have written."""
    return table.model_dump(mode="json", exclude_defaults=True)
