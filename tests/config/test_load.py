from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from config.example import example
from config.load import SettingsError, candidates, load, secret
from config.schema import Settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    """Where a clipper.toml is written."""
    return tmp_path / "clipper.toml"


def test_a_wrong_key_is_named_with_its_line_and_the_nearest_right_one(toml: Path) -> None:
    """The message says file, line, key and what was probably meant."""
    toml.write_text("# my box\n[rank]\ntop_n = 3\nmin_secnods = 20\n")
    with pytest.raises(SettingsError) as caught:
        load(toml)
    assert str(caught.value) == f"{toml}:4: rank.min_secnods is no key of clipper.toml, did you mean min_seconds?"


def test_a_wrong_value_is_named_with_its_line(toml: Path) -> None:
    """The message says where the value stands and what it says."""
    toml.write_text('[look.mine]\naspect = "9:17"\n')
    with pytest.raises(SettingsError, match=r"clipper.toml:2: look.mine.aspect: .*it says '9:17'"):
        load(toml)


def test_several_mistakes_are_told_at_once(toml: Path) -> None:
    """One run of the check shows all of them."""
    toml.write_text('[rank]\ntop_n = 0\n[ffmpeg]\nencoder = "gpu"\n')
    with pytest.raises(SettingsError) as caught:
        load(toml)
    assert len(str(caught.value).splitlines()) == 2


def test_lengths_that_contradict_each_other_are_refused(toml: Path) -> None:
    """A shortest clip longer than the longest is a mistake of its table."""
    toml.write_text("[rank]\nmin_seconds = 90\n")
    with pytest.raises(SettingsError, match="min_seconds is larger than max_seconds"):
        load(toml)


@pytest.mark.parametrize(
    ("text", "said"),
    [(b"[rank\n", "Expected"), (b"\xff\xfe\x00", "cannot be read"), (b'[rank]\nlook = "\n', "clipper.toml")],
)
def test_a_file_that_is_no_toml_is_told_so(toml: Path, text: bytes, said: str) -> None:
    """Broken syntax and broken encoding are errors with the file's name."""
    toml.write_bytes(text)
    with pytest.raises(SettingsError, match=said):
        load(toml)


def test_an_override_wins_and_its_origin_is_known(toml: Path) -> None:
    """--set beats the file, and both say where they are from."""
    toml.write_text("[rank]\ntop_n = 3\nmin_score = 10\n")
    loaded = load(toml, ["rank.top_n=5", "captions.style=mint"])
    assert (loaded.settings.rank.top_n, loaded.settings.rank.min_score) == (5, 10)
    assert loaded.settings.captions.style == "mint"
    assert loaded.origins["rank.top_n"] == "--set"
    assert loaded.origins["rank.min_score"] == f"{toml}:3"


@pytest.mark.parametrize("override", ["rank", "rank.top_n", "=3", "top_n=3", "rank.top_n.x=1"])
def test_an_override_that_is_none_is_refused(override: str) -> None:
    """--set needs table.key=value."""
    with pytest.raises(SettingsError):
        load(None, [override])


def test_a_byte_order_mark_does_no_harm(toml: Path) -> None:
    """Editors that write one are forgiven."""
    toml.write_bytes(b"\xef\xbb\xbf[rank]\ntop_n = 4\n")
    assert load(toml).settings.rank.top_n == 4


def test_files_are_looked_for_in_the_documented_order(tmp_path: Path) -> None:
    """Environment, this folder, the home folder, /etc."""
    found = candidates({"CLIPPER_CONFIG": "/x.toml"}, tmp_path, Path("/home/me"))
    assert [str(path) for path in found] == [
        "/x.toml",
        str(tmp_path / "clipper.toml"),
        "/home/me/.config/clipper/clipper.toml",
        "/etc/clipper/clipper.toml",
    ]


def test_the_example_says_every_default_and_nothing_else() -> None:
    """Without its comment signs it is a clipper.toml that changes nothing."""
    text = "\n".join(line[2:] for line in example().splitlines() if line.startswith("# ") and not line.startswith("##"))
    body = text[text.index("[paths]") :]
    parsed = Settings.model_validate(tomllib.loads(body))
    plain = parsed.model_copy(update={"look": {}, "channel": (), "folder": (), "schedule": Settings().schedule})
    assert plain == Settings()
    assert (len(parsed.channel), len(parsed.folder), len(parsed.schedule.rule)) == (1, 1, 1)


def test_the_example_in_the_repository_is_the_generated_one() -> None:
    """clipper.toml is never edited by hand."""
    assert (ROOT / "clipper.toml").read_text() == example() + "\n"


def test_a_secret_comes_from_a_file_without_its_line_end(tmp_path: Path) -> None:
    """A trailing newline is no part of a key; a missing file is an error that names it."""
    (tmp_path / "key").write_text("s3cret\n")
    assert secret("no_such_variable", str(tmp_path / "key")) == "s3cret"
    with pytest.raises(SettingsError, match="nothing-here"):
        secret("no_such_variable", str(tmp_path / "nothing-here"))
