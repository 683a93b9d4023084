"""A short headline from what is said."""

from __future__ import annotations

from appliance.planning.phrases import LONG, Phrase, phrases, shortened

_NEAR = 0.5  # what a phrase at the moment's strongest place is worth more than one at its far end


def headline(text: str, peak: float | None = None) -> str:
    """The phrase of `text` that says most, whole and at most 70 characters wide; empty when there is none.

    `peak` (0 to 1) is where in the text the moment is strongest: what is said there is preferred. Only a text without any
    short phrase is cut, between words, and then ends in an ellipsis.
    """
    found = phrases(text, LONG)
    if not found:
        return shortened(text, LONG)

    def worth(phrase: Phrase) -> float:
        return phrase.worth - (_NEAR * abs(phrase.place - peak) if peak is not None else 0.0)

    return max(found, key=worth).text
