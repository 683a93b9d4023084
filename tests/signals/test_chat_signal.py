from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.curve import Missing
from appliance.signals import chat as chat_signal
from appliance.signals import grid, kick_classic
from appliance.signals.chat_subject import sampled
from appliance.signals.chat_texts import kinds
from appliance.signals.evidence import Evidence
from tests.signals import material


def curves(evidence: Evidence) -> dict[str, np.ndarray]:
    found = chat_signal.measure(evidence)
    assert isinstance(found, tuple), found
    return {curve.signal: grid.floats(curve) for curve in found}


def test_many_people_at_once_stand_out() -> None:
    """Where sixty people write within fifteen seconds, the chat is far above its usual."""
    found = curves(Evidence(1200.0, chat=material.calm_chat(1200.0, [600.0])))
    assert found["chat"][603:612].min() > 3.0
    assert np.abs(found["chat"][:500]).mean() < 1.0


def test_one_person_s_flood_is_one_person() -> None:
    """A hundred messages of one spammer raise the chat far less than a hundred people."""
    calm = [(float(at), at % 30, "just talking here") for at in range(0, 1200, 4)]
    spammer = material.chat([*calm, *((600.0 + at / 10, 99, "hey") for at in range(100))])
    crowd = material.chat([*calm, *((600.0 + at / 10, 100 + at, "hey") for at in range(100))])
    alone = curves(Evidence(1200.0, chat=spammer))["chat"][600:610].mean()
    assert curves(Evidence(1200.0, chat=crowd))["chat"][600:610].mean() > 1.5 * alone


def test_bots_are_harmless() -> None:
    """A bot that posts the same long text every minute, and commands, change nothing."""
    people = [(float(at), at % 30, "just talking here") for at in range(0, 1200, 4)]
    bot = [(float(at), 500, "Follow the channel and join the Discord for giveaways!") for at in range(5, 1200, 60)]
    commands = [(600.0 + at / 5, 200 + at, "!points") for at in range(60)]
    clean = curves(Evidence(1200.0, chat=material.chat(people)))["chat"]
    dirty = curves(Evidence(1200.0, chat=material.chat([*people, *bot, *commands])))["chat"]
    assert np.abs(clean - dirty).max() < 0.3


def test_how_people_write_is_told_apart() -> None:
    """Laughs, emotes, capitals and short messages rise in a burst of cheers, and the subject falls."""
    found = curves(Evidence(1200.0, chat=material.calm_chat(1200.0, [600.0])))
    here = slice(602, 612)
    assert found["chat.laughs"][here].mean() > 0.5
    assert found["chat.emotes"][here].mean() > 0.5
    assert found["chat.brevity"][here].mean() > 0.5
    assert set(found) == {"chat", *(f"chat.{part}" for part in chat_signal.PARTS)}


def test_a_conversation_is_not_a_cheer() -> None:
    """Words that are otherwise rare in this chat say that people talk about something of their own."""
    calm = [(float(at), at % 30, ["LUL", "gg", "nice", "hi"][at % 4]) for at in range(0, 1200, 2)]
    talk = [
        (600.0 + at / 2, 100 + at, f"did you see the election debate on channel{at % 7} yesterday") for at in range(40)
    ]
    found = curves(Evidence(1200.0, chat=material.chat([*calm, *talk])))["chat.subject"]
    assert found[605:615].mean() > 2.0
    assert found[:500].mean() < 0.5


def test_copied_texts_are_seen() -> None:
    """The same long text from many people is copied text."""
    wall = "I am a very long copied text that everybody posts at the same time for fun"
    calm = [(float(at), at % 30, f"message {at}") for at in range(0, 1200, 4)]
    found = curves(Evidence(1200.0, chat=material.chat([*calm, *((600.0 + at, 100 + at, wall) for at in range(15))])))
    assert found["chat.copies"][605:612].mean() > 2.0


def test_laughter_in_many_languages() -> None:
    """Typed laughter is known in many spellings and scripts; ordinary words and numbers are not laughter."""
    laughs = [
        "hahaha",
        "LOL",
        "xDDD",
        "jajaja",
        "kkkkk",
        "rsrs",
        "mdrrr",
        "хахаха",
        "ㅋㅋㅋ",
        "哈哈哈",
        "草",
        "www",
        "5555",
        "ههههه",
        "😂",
        "KEKW",
        "LMAO",
    ]
    others = ["hello", "Shah", "rolling", "2024", "what is this", "kk", "habit", "1555 points", ""]
    flags = kinds([*laughs, *others]).laugh
    assert flags[: len(laughs)].all(), [text for text, flag in zip(laughs, flags, strict=False) if not flag]
    assert not flags[len(laughs) :].any()


def test_emotes_of_the_platform_count() -> None:
    """A name that the platform marked as an emote is one, whatever it is called."""
    assert not kinds(["xqcFuel now"]).emote[0]
    assert kinds(["xqcFuel now"], frozenset({"xqcFuel"})).emote[0]


def test_capitals_need_letters() -> None:
    """Mostly capital letters are shouting; digits, marks and single letters are not."""
    flags = kinds(["NO WAY!!", "OMG that", "W", "1234!", "Hello There", ""]).capitals
    assert flags.tolist() == [True, False, False, False, False, False]


def test_too_few_messages_say_so() -> None:
    """A chat of a few messages, or of another video, is missing in words."""
    few = chat_signal.measure(Evidence(600.0, chat=material.chat([(1.0, 1, "hi"), (2.0, 2, "yo")])))
    assert isinstance(few, Missing)
    assert "2 messages" in few.why
    late = chat_signal.measure(Evidence(60.0, chat=material.calm_chat(3600.0)))
    assert isinstance(late, tuple | Missing)


def test_kick_classic_counts_points() -> None:
    """With the preset's own values a burst of laughs and emotes lies more than 1.5 deviations above the mean."""
    found = kick_classic.measure(Evidence(1200.0, chat=material.calm_chat(1200.0, [600.0])))
    assert isinstance(found, tuple)
    assert grid.floats(found[0])[600:615].min() > kick_classic.K


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-50, 2000, allow_nan=False), st.integers(0, 50), st.text(max_size=30)),
        min_size=0,
        max_size=80,
    ),
    st.floats(1.0, 900.0),
)
def test_any_chat_gives_finite_curves(rows: list[tuple[float, int, str]], seconds: float) -> None:
    """Whatever is written and whenever, the curves are finite and one cell a second, or missing with a reason."""
    found = chat_signal.measure(Evidence(seconds, chat=material.chat(rows)))
    if isinstance(found, Missing):
        assert found.why
        return
    for curve in found:
        values = grid.floats(curve)
        assert len(values) == grid.cells(seconds)
        assert np.isfinite(values).all()


def test_of_crowded_seconds_only_some_messages_are_read() -> None:
    """At most so many of every block, evenly spread over it; all where there are fewer."""
    block = np.repeat(np.arange(4, dtype=np.int32), (5, 100, 0, 33))
    kept = sampled(block, 10)
    assert np.bincount(block[kept], minlength=4).tolist() == [5, 10, 0, 10]
    assert np.diff(np.flatnonzero(kept[5:105])).max() <= 10


def test_only_the_texts_that_are_read_are_searched() -> None:
    """Lengths and commands are known of every text, laughs and capitals only of those that were asked for."""
    texts = ["hahaha WOW", "HAHAHA LOOK", "!uptime"]
    found = kinds(texts, looked=np.array([True, False, False]))
    everything = kinds(texts)
    assert found.length.tolist() == everything.length.tolist()
    assert found.command.tolist() == [False, False, True]
    assert everything.laugh.tolist() == [True, True, False]
    assert found.laugh.tolist() == [True, False, False]
    assert found.capitals.tolist() == [False, False, False]
    assert everything.capitals.tolist() == [False, True, False]
