from __future__ import annotations

import numpy as np

from appliance.domain.span import Span
from appliance.planning.invented import Said, invented
from appliance.planning.words import Level


def said(
    text: str, start: float = 0.0, compression: float = 1.4, probability: float = -0.2, none: float = 0.05
) -> Said:
    """A segment that the model was sure of, unless told otherwise."""
    return Said(text, Span(start, start + 3), compression, probability, none)


def test_honest_speech_is_kept() -> None:
    """Nothing is wrong with any of these, not even with short repeats."""
    pieces = [said("Well, that was close."), said("Yes."), said("Yes."), said("Thank you for watching over him.")]
    assert invented(pieces, None) == ("", "", "", "")


def test_text_over_silence_is_dropped() -> None:
    """Where nothing can be heard nothing was said."""
    db = np.concatenate([np.full(500, -20, np.float32), np.full(500, -75, np.float32)])
    reasons = invented([said("Hello there.", 2.0), said("Hello again.", 14.0)], Level(db, 0.02))
    assert reasons == ("", "said over silence")


def test_what_models_say_over_music_is_dropped() -> None:
    """Credits count only where the model itself was unsure."""
    reasons = invented([said("Thanks for watching!", none=0.7), said("Untertitel von Amara", probability=-0.8)], None)
    assert all(reasons)


def test_loops_are_dropped() -> None:
    """The same line again and again, or one that repeats itself inside."""
    again = [said("We have to go there right now.", start) for start in (0, 3, 6, 9)]
    assert invented(again, None) == ("", "", "said again and again", "said again and again")
    assert invented([said("no " * 40, compression=6.0)], None) == ("repeats itself",)
    assert invented([said("!?")], None) == ("no words in it",)
