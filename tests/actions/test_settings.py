from __future__ import annotations

from pathlib import Path

from appliance.actions import channels, schedules
from appliance.actions.box import About
from appliance.actions.settings import as_toml, in_force
from appliance.domain.channel import ChannelRules, Origin
from appliance.domain.job import Lane
from appliance.domain.rule import NewRule
from appliance.domain.wishes import Wishes
from appliance.store import channels as rows
from appliance.store import rules
from appliance.store.change import change
from config.load import Loaded, load
from tests.boxes import ADMIN, START, standing

RULES = ChannelRules(
    every_seconds=1800,
    title_keywords=("live",),
    min_video_seconds=600,
    max_video_seconds=7200,
    backfill=5,
    daily_best_time="08:00",
    wishes=Wishes(
        top=4,
        min_seconds=20.0,
        max_seconds=45.0,
        min_score=30.0,
        aspect="1:1",
        keywords=("goal",),
        auto_render=False,
        approval="auto",
        auto_approve_score=90.0,
        min_video_seconds=600.0,
        max_video_seconds=7200.0,
    ),
)


def test_what_was_made_by_hand_survives_as_a_file(tmp_path: Path) -> None:
    """The exported clipper.toml loads, and a box that adopts it watches the same channels by the same rules."""
    with standing(tmp_path / "one") as box:
        channels.subscribe(box, ADMIN, "https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv", RULES, "talks")
        schedules.put_rule(box, ADMIN, NewRule("ask", "5 4 * * *", schedules.zone_of(box), "sync"))
        text = as_toml(box)
    file = tmp_path / "clipper.toml"
    file.write_text(text)
    loaded = load(file)
    assert [table.name for table in loaded.settings.channel] == ["talks"]
    with standing(tmp_path / "two", tables=loaded.settings.model_dump(mode="json", exclude={"paths", "disk"})) as box:
        channels.adopt_tables(box)
        schedules.adopt_rules(box)
        adopted = rows.all_watched()[0]
        assert (adopted.rules, adopted.name, adopted.origin) == (RULES, "talks", Origin.TOML)
        assert [(rule.cron, rule.action) for rule in rules.all_rules() if rule.name == "ask"] == [("5 4 * * *", "sync")]


def test_entries_of_the_file_are_exported_once(tmp_path: Path) -> None:
    """What stands in clipper.toml already is not written a second time as made by hand."""
    tables = {"channel": [{"url": "https://www.twitch.tv/somebody", "name": "streams"}]}
    with standing(tmp_path, tables=tables) as box:
        channels.adopt_tables(box)
        assert as_toml(box).count("[[channel]]") == 1


def test_a_watched_folder_is_exported_as_a_folder(tmp_path: Path) -> None:
    """Folders have a table of their own."""
    with standing(tmp_path) as box:
        with change(box.now()) as made:
            rows.add(
                made,
                ADMIN.user,
                "in",
                str(tmp_path / "in"),
                "folder",
                rules=ChannelRules(pattern="*.mp4"),
                origin=Origin.MADE,
                paused=True,
            )
        text = as_toml(box)
    assert "[[folder]]" in text
    assert 'pattern = "*.mp4"' in text
    assert "enabled = false" in text


def test_passwords_are_masked_wherever_settings_are_shown(tmp_path: Path) -> None:
    """A password inside an address of the settings is neither shown nor exported."""
    tables = {"yt_dlp": {"proxy": "http://me:hunter2@proxy.example:3128"}}
    with standing(tmp_path, tables=tables) as box:
        chosen = box.settings()
        about = About("1", START, "b", dict.fromkeys(Lane, 1), lambda: Loaded(chosen, None, {}), str, tuple)
        assert "hunter2" not in str(in_force(about).settings)
        assert "hunter2" not in as_toml(box, everything=True)
        assert "proxy.example" in as_toml(box)
