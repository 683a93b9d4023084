from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.example import example
from config.load import SettingsError, load, load_or_safe


def full() -> list[str]:
    """The whole example with every key set, line by line."""
    said = [line[2:] for line in example().splitlines() if line.startswith("# ")]
    text = "\n".join(said)
    return text[text.index("[paths]") :].split("\n")


# What may stand in place of a line "key = value", each a mistake whatever the key is.
KEYS = {
    "misspelt": "{key}q = {value}",
    "a date": "{key} = 1979-05-27",
    "a table in its place": "{key} = {{ q9 = 1979-05-27 }}",
    "lists of lists": "{key} = [[1979-05-27]]",
    "twice": "{key} = {value}\n{key} = {value}",
    "without a value": "{key} =",
    "an unclosed text": '{key} = "open',
    "far out of range": "{key} = -99999999999999999999999",
}
TABLES = {
    "misspelt table": "[{name}q]",
    "a list of tables in its place": "[[{name}.q]]",
    "an unclosed name": "[{name}",
}


def mutants(kind: str) -> Iterator[tuple[str, str]]:
    """Texts with one mistake of that kind, and the line that was changed. Each key gets every third kind, tables all."""
    lines = full()
    turn = list(KEYS).index(kind) if kind in KEYS else 0
    for at, line in enumerate(lines):
        if kind in KEYS and " = " in line and at % 3 == turn % 3:
            key, value = line.split(" = ", 1)
            changed = KEYS[kind].format(key=key, value=value)
        elif kind in TABLES and re.fullmatch(r"\[(?!look)[a-z_.]+\]", line):
            changed = TABLES[kind].format(name=line.strip("[]"))
        else:
            continue
        yield "\n".join([*lines[:at], changed, *lines[at + 1 :]]), changed


def test_the_whole_example_is_right(tmp_path: Path) -> None:
    """Every key at its default loads, and is the default."""
    file = tmp_path / "clipper.toml"
    text = "\n".join(full())
    for needed in ('url = ""', 'path = ""', 'name = ""', 'cron = ""'):  # entries of lists have keys without a default
        assert needed.split(" = ")[0] in text
    file.write_text(text.split("[[")[0])
    assert load(file).settings.rank.top_n == 6


@pytest.mark.parametrize("kind", [*KEYS, *TABLES])
def test_every_mistake_is_told_in_words_and_the_box_stays_reachable(tmp_path: Path, kind: str) -> None:
    """Each key and table in turn: an error that names the file and a line, never another kind of exception; and with any of
    them the box starts in safe mode.
    """
    file = tmp_path / "clipper.toml"
    tried = 0
    for text, changed in mutants(kind):
        file.write_text(text)
        with pytest.raises(SettingsError) as told:
            load(file)
        sentences = str(told.value).splitlines()
        assert all(f"{file}:" in sentence or "line" in sentence for sentence in sentences), (changed, sentences)
        assert told.value.hint, changed
        tried += 1
    assert tried > 10


def test_with_any_broken_text_there_is_a_way_to_reach_the_box(tmp_path: Path) -> None:
    """Cut anywhere, with signs put in anywhere: safe mode says what is wrong."""
    file = tmp_path / "clipper.toml"
    whole, chance = "[web]\nport = 9123\n" + "\n".join(full()).replace("port = 8484", "port = 9123"), random.Random(7)
    for _ in range(150):
        at = chance.randrange(20, len(whole))
        text = whole[:at] + chance.choice(['"', "[", "=", "\x00", "]]", "\n\n=", "é", "'''"]) + whole[at + 3 :]
        file.write_text(text, encoding="utf-8")
        loaded = load_or_safe(file)
        assert loaded.settings.web.port in {8484, 9123}
        assert loaded.problem, text[at - 20 : at + 20]
