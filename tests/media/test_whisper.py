from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appliance.domain.errors import ClipperError, NeedsPerson, Permanent
from appliance.domain.span import Span
from appliance.media.whisper import RATE, SpeechModel, check_model, pieces, transcribe
from tests.media.tiny_whisper import SENTENCE, build


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> SpeechModel:
    """A tiny model that the real faster-whisper runs."""
    return SpeechModel("tiny", build(tmp_path_factory.mktemp("whisper")), language="en")


def talk(span: Span) -> np.ndarray:
    """Something that the voice detector takes for speech: a buzz through moving formants."""
    time = np.arange(int(span.seconds * RATE)) / RATE
    buzz = np.sign(np.sin(2 * np.pi * (120 + 15 * np.sin(2 * np.pi * 2.3 * time)) * time))
    out = np.zeros_like(time)
    for centre in (500 + 250 * np.sin(2 * np.pi * 3.1 * time), 1500 + 500 * np.sin(2 * np.pi * 2.2 * time), 2500.0):
        out += buzz * np.sin(2 * np.pi * centre * time)
    return (out * 0.15 * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * time))).astype(np.float32)


def test_every_word_has_its_time_on_the_source(model: SpeechModel) -> None:
    """A window that begins at 100 s gives words from 100 s on, in order, as Python's own numbers."""
    shares: list[float] = []
    language, heard = transcribe(model, [Span(100.0, 106.0)], talk, lambda share, _step: shares.append(share))
    words = [word for segment in heard for word in segment.words]
    assert language == "en"
    assert [word.text for word in words[: len(SENTENCE)]] == list(SENTENCE)
    assert all(100.0 <= word.start < word.end <= 107.0 for word in words)
    assert [word.start for word in words] == sorted(word.start for word in words)
    assert {type(word.probability) for word in words} == {float}
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_silence_says_nothing(model: SpeechModel) -> None:
    """The voice detector keeps the model from inventing words."""
    _, heard = transcribe(
        model, [Span(0, 6)], lambda span: np.zeros(int(span.seconds * RATE), np.float32), lambda *_: None
    )
    assert heard == []


def test_a_window_without_sound_is_passed_over(model: SpeechModel) -> None:
    """Nothing to listen to is no error."""
    assert transcribe(model, [Span(0, 1)], lambda _span: np.zeros(0, np.float32), lambda *_: None)[1] == []


@pytest.mark.parametrize("name", ["tokenizer.json", "model.bin", "config.json"])
def test_a_model_that_is_not_whole_is_named_before_anything_is_asked(
    model: SpeechModel, tmp_path: Path, name: str
) -> None:
    """faster-whisper would go to the network for a missing tokenizer; we say what is missing."""
    for path in model.folder.iterdir():
        if path.name != name:
            (tmp_path / path.name).symlink_to(path)
    with pytest.raises(NeedsPerson, match=name):
        check_model(tmp_path)
    with pytest.raises(NeedsPerson, match="no speech model"):
        check_model(tmp_path / "nowhere")


def test_a_broken_model_is_an_error_in_words(model: SpeechModel, tmp_path: Path) -> None:
    """Bytes that are no model are told so, with the next step."""
    for path in model.folder.iterdir():
        if path.name != "model.bin":
            (tmp_path / path.name).symlink_to(path)
    (tmp_path / "model.bin").write_bytes(b"not a model")
    with pytest.raises(Permanent, match="cannot be run on cpu") as caught:
        transcribe(SpeechModel("broken", tmp_path), [Span(0, 3)], talk, lambda *_: None)
    assert isinstance(caught.value, ClipperError)
    assert caught.value.hint


def test_long_sound_is_parted_where_it_is_quiet() -> None:
    """Pieces join without gaps, none is too long, and the cut is at the lowest level nearby."""
    levels = np.full(100 * 50, -20, np.float32)
    levels[int(37.5 * 50)] = -70
    parts = list(pieces([Span(0, 100)], levels, 0.02, longest=40))
    assert parts[0].end == pytest.approx(37.5)
    assert all(part.seconds <= 40 for part in parts)
    assert [part.end for part in parts[:-1]] == [part.start for part in parts[1:]]
    assert (parts[0].start, parts[-1].end) == (0, 100)
