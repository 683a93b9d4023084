"""Whether what was wished for can be had, before anything is begun."""

from __future__ import annotations

import re
from pathlib import Path

from appliance.actions.box import Box
from appliance.domain.channel import ChannelRules
from appliance.domain.errors import BadInput
from appliance.domain.timeline import Aspect
from appliance.domain.user import Actor
from appliance.domain.wishes import Wishes
from config import presets

# Names of criteria become file names; words are words, not books.
_NAME = re.compile(r"^[\w][\w .-]{0,63}$")
_CLOCK = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$")
_LONGEST_TEXT = 1000
_MOST_WORDS = 200
# What each number may be, the borders included; the same as in clipper.toml.
_BOUNDS = {
    "top": (1, 100),
    "min_seconds": (1, 86_400),
    "max_seconds": (1, 86_400),
    "min_score": (0, 100),
    "sound": (0, 1000),
    "auto_approve_score": (0, 100),
    "min_video_seconds": (0, 31_536_000),
    "max_video_seconds": (0, 31_536_000),
}
_RULE_BOUNDS = {
    "every_seconds": (120, 604_800),
    "min_video_seconds": (0, 31_536_000),
    "max_video_seconds": (0, 31_536_000),
    "backfill": (0, 1000),
    "stable_seconds": (1, 86_400),
}


def check_wishes(box: Box, actor: Actor, wishes: Wishes) -> None:
    """BadInput, in words, for a wish that nobody can fulfil, and for a file of the server that the person may not name."""
    _check_numbers(wishes, _BOUNDS)
    if wishes.min_seconds and wishes.max_seconds and wishes.min_seconds > wishes.max_seconds:
        raise BadInput(
            f"min_seconds is {wishes.min_seconds:g} and max_seconds {wishes.max_seconds:g}",
            "Give the smaller one first.",
        )
    looks = {"default", *box.settings().look}
    if wishes.look and wishes.look not in looks:
        there = ", ".join(sorted(looks))
        raise BadInput(
            f"there is no look {wishes.look[:60]} (there are: {there})", "Add a [look.NAME] table to clipper.toml."
        )
    if wishes.aspect and wishes.aspect not in set(Aspect):
        raise BadInput(f"{wishes.aspect[:60]} is no aspect", f"One of: {', '.join(Aspect)}.")
    if wishes.style and wishes.style not in (known := presets.names("captions", ".toml")):
        raise BadInput(f"there is no caption preset {wishes.style[:60]}", f"One of: {', '.join(known)}.")
    if wishes.approval not in {"", "ask", "auto"}:
        raise BadInput(f"{wishes.approval[:60]} is no way to approve", "One of: ask, auto.")
    _check_words(wishes)
    if any(not 0 <= weight <= 4 for weight in wishes.weights.values()):
        raise BadInput("a weight is a number from 0 to 4", "Such as { chat = 1.5 }; 0 leaves a signal out.")
    if wishes.captions and wishes.captions not in {"auto", "asr", "off"}:
        _check_file(box, actor, "captions", wishes.captions)
    if wishes.chat:
        _check_file(box, actor, "chat", wishes.chat)


def check_rules(box: Box, actor: Actor, rules: ChannelRules) -> None:
    """BadInput, in words, for rules of a channel that cannot be."""
    _check_numbers(rules, _RULE_BOUNDS)
    if rules.daily_best_time and not _CLOCK.match(rules.daily_best_time):
        raise BadInput(f"{rules.daily_best_time[:20]} is no time of day", "Give one such as 08:00, or nothing.")
    _check_list("title_keywords", rules.title_keywords)
    check_wishes(box, actor, rules.wishes)


def in_roots(box: Box, path: Path) -> bool:
    """Whether a file of the server lies in a folder from which files may be named over the network."""
    roots = [Path(root).expanduser().resolve() for root in box.settings().sources.roots]
    return any(path.resolve().is_relative_to(root) for root in roots)


def _check_numbers(said: object, bounds: dict[str, tuple[int, int]]) -> None:
    for name, (least, most) in bounds.items():
        value = getattr(said, name)
        if value is not None and not least <= value <= most:
            raise BadInput(f"{name} is {value}", f"From {least} to {most}.")


def _check_words(wishes: Wishes) -> None:
    if len(wishes.query) > _LONGEST_TEXT:
        raise BadInput(f"the query has {len(wishes.query)} signs", f"At most {_LONGEST_TEXT}.")
    _check_list("keywords", wishes.keywords)
    for name in wishes.criteria:
        if not _NAME.match(name):
            raise BadInput(
                f"{name[:60]!r} is no name of criteria", "Letters, digits, blanks, dots and dashes, 64 at most."
            )


def _check_list(name: str, words: tuple[str, ...]) -> None:
    if len(words) > _MOST_WORDS or any(len(word) > _LONGEST_TEXT for word in words):
        raise BadInput(f"{name} is too long", f"At most {_MOST_WORDS} of at most {_LONGEST_TEXT} signs.")


def _check_file(box: Box, actor: Actor, what: str, path: str) -> None:
    if "\0" in path:
        raise BadInput(f"{what}: that is no path", "Name a file.")
    if not actor.local and not in_roots(box, Path(path)):
        raise BadInput(
            f"{what} {path[:200]}: files of the server may not be named from here",
            "Add their folder to roots under [sources] in clipper.toml, or use the command line on the server.",
        )
    if not Path(path).is_file():
        raise BadInput(f"{what} {path[:200]}: there is no such file", "Check the path for typing mistakes.")
