from __future__ import annotations

from pathlib import Path

import pytest

from config.export import export
from config.load import SettingsError, load, load_or_safe
from config.reload import changes
from config.schema import Settings


def test_an_export_loads_as_the_same_settings(tmp_path: Path) -> None:
    """What differs from the defaults, and entries made by hand, come back whole."""
    file = tmp_path / "clipper.toml"
    file.write_text("[web]\nport = 9000\n[look.a]\nhook = false\n[rank]\nweights = { chat = 2 }\n")
    before = load(file).settings
    file.write_text(
        export(before, {"channel": [{"url": "@one"}], "rule": [{"name": "n", "cron": "0 3 * * *", "action": "sync"}]})
    )
    after = load(file).settings
    assert (after.channel[0].url, after.schedule.rule[0].name) == ("@one", "n")
    assert after.model_copy(update={"channel": (), "schedule": Settings().schedule}) == before


def test_a_mistake_in_the_second_channel_is_found_there(tmp_path: Path) -> None:
    """The line is the one inside the right element."""
    file = tmp_path / "clipper.toml"
    file.write_text('[[channel]]\nurl = "@a"\nevery_minutes = 5\n[[channel]]\nurl = "@b"\nevery_minutes = 0\n')
    with pytest.raises(SettingsError, match=r"clipper.toml:6: channel\[2\].every_minutes: "):
        load(file)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[schedule.rule]]\nname="a"\naction="sync"\ncron="0 0 31 2 *"\n', "clipper.toml:4: .*cron"),
        ('[schedule]\ntime_zone = "Europe/Berln"\n', "clipper.toml:2: .*did you mean Europe/Berlin"),
        ("[disk]\nstop_gb = 15\n", "clipper.toml:2: .*larger than stop_downloads_gb"),
        ('[[channel]]\nurl="@a"\n[[channel]]\nurl="@A"\n', "clipper.toml:4: .*twice"),
        ('[[channel]]\nurl="@a"\nlook="x"\n', "clipper.toml:3: .*no look"),
        ('[web]\npublic_url="nowhere"\n', "clipper.toml:2: "),
        ('[web]\ntrusted_proxies=["x"]\n', "clipper.toml:2: "),
        ('[web]\nallowed_hosts=["a b"]\n', "clipper.toml:2: "),
    ],
)
def test_contradictions_are_told_with_their_line(tmp_path: Path, text: str, said: str) -> None:
    """What no single value shows is a mistake with a place too."""
    file = tmp_path / "clipper.toml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=said):
        load(file)


@pytest.mark.parametrize("rest", ["[rank]\ntop_n = 0\n", "[rank\n", "[web]\nhost = \n"])
def test_a_broken_file_leaves_the_box_where_it_was(tmp_path: Path, rest: str) -> None:
    """Safe mode keeps the port and says the problem."""
    file = tmp_path / "clipper.toml"
    file.write_text("[web]\nport = 9000\n" + rest)
    loaded = load_or_safe(file)
    assert loaded.settings.web.port == 9000
    assert loaded.problem.startswith(f"{file}:")


def test_a_reload_says_what_changed() -> None:
    """Each key with its old and new value, and whether it needs a restart."""
    new = Settings.model_validate({"web": {"port": 9000}, "rank": {"top_n": 3}})
    assert [(one.key, one.new, one.needs_restart) for one in changes(Settings(), new)] == [
        ("rank.top_n", 3, False),
        ("web.port", 9000, True),
    ]
