"""What was said, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from appliance.domain.span import Span
from appliance.domain.writing import unspaced


class Origin(StrEnum):
    """Where a transcript comes from."""

    FILE = "file"  # a file that the user named
    SIDECAR = "sidecar"  # a subtitle file beside the video
    EMBEDDED = "embedded"  # a subtitle track inside it
    PLATFORM = "platform"  # captions fetched with it
    ASR = "asr"  # listened to by a model


@dataclass(frozen=True, slots=True)
class Cue:
    """A line of a subtitle file. `words` holds (text, start) where the file times single words; noises are kept apart."""

    start: float
    end: float
    text: str
    words: tuple[tuple[str, float], ...] = ()
    noise: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """One spoken word. `id` stays the same when the text is edited; `exact` is false for a time spread over a cue."""

    id: int
    text: str
    start: float
    end: float
    probability: float = 1.0
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words that belong together, up to a full stop or a long pause."""

    start: float
    end: float
    words: tuple[Word, ...]
    paragraph: bool = False  # whether a new thought begins here, where the transcript says so

    @property
    def text(self) -> str:
        """The words as written, with spaces where the script uses them."""
        return join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Noise:
    """A sound that a transcript names: laughter, applause, music."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """All sentences in order of time. `covered` are the stretches that were listened to: all of it, or windows."""

    language: str
    origin: Origin
    sentences: tuple[Sentence, ...]
    covered: tuple[Span, ...]
    dropped: tuple[str, ...] = ()  # sentences taken out as invented by the model, with the reason
    detail: str = ""  # the model, the file, the track
    noises: tuple[Noise, ...] = ()  # what was heard besides speech, where the transcript says so

    @property
    def words(self) -> Iterator[Word]:
        """Every word in order of time."""
        return (word for sentence in self.sentences for word in sentence.words)

    def within(self, span: Span) -> tuple[Word, ...]:
        """The words whose middle lies inside `span`."""
        return tuple(
            word
            for sentence in self.sentences
            if sentence.end > span.start and sentence.start < span.end
            for word in sentence.words
            if span.holds((word.start + word.end) / 2)
        )


def join(texts: Iterator[str] | tuple[str, ...] | list[str]) -> str:
    """Words as one line of text: no space between characters of scripts that write without any."""
    line = ""
    for text in texts:
        if line and text and not (unspaced(line[-1]) and unspaced(text[0])):
            line += " "
        line += text
    return line
