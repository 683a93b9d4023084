from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from appliance.domain.errors import BadInput, ClipperError
from appliance.domain.span import Span
from appliance.domain.transcript import Origin
from appliance.media.ffmpeg import Ffmpeg
from appliance.pipeline.options import SpeechOptions, VideoOptions, Words
from appliance.pipeline.stage import Context, Inputs
from appliance.pipeline.stages import VIDEO
from appliance.pipeline.step import run as run_stages
from appliance.pipeline.transcribe import spoken
from appliance.process import run
from appliance.sources.address import locate
from appliance.sources.base import FetchOptions
from appliance.store.made import Spoken
from tests.media.test_whisper import talk
from tests.media.tiny_whisper import SENTENCE, build


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny speech model."""
    return build(tmp_path_factory.mktemp("speech") / "tiny-model")


@pytest.fixture
def recording(tmp_path: Path, ffmpeg: Ffmpeg) -> Path:
    """Eight seconds of something like speech."""
    sound = (talk(Span(0, 8)) * 32767).astype(np.int16)
    path = tmp_path / "talk.wav"
    argv = ffmpeg.argv("-f", "s16le", "-ar", "16000", "-ac", "1", "-i", "pipe:0", str(path))
    assert run(argv, stdin=sound.tobytes()).code == 0
    return path


def transcribed(path: Path, root: Path, speech: SpeechOptions, subtitles: str = "") -> tuple[Spoken, list[str]]:
    """What is known of the words, and the notes."""
    options = VideoOptions(fetch=FetchOptions(subtitles=subtitles), speech=speech)
    context = Context(root=root / "data", models=root / "data" / "models")
    inputs = Inputs(locate(str(path)))
    notes: list[str] = []
    for stepped in run_stages(VIDEO[:3], inputs, options, context):
        inputs = inputs.with_(stepped.stage, stepped.folder)
        notes += stepped.verdict.notes  # type: ignore[union-attr]
    return spoken(inputs), notes


def test_a_model_listens_where_there_are_no_subtitles(recording: Path, tmp_path: Path, model: Path) -> None:
    """Words with times, the language, and which model it was."""
    found, _ = transcribed(recording, tmp_path, SpeechOptions(model=str(model), device="cpu"))
    assert found.transcript is not None
    assert found.transcript.origin is Origin.ASR
    assert [word.text for word in found.transcript.words][: len(SENTENCE)] == list(SENTENCE)
    assert found.transcript.detail == "tiny-model, cpu"


def test_subtitles_beside_the_video_win_over_listening(recording: Path, tmp_path: Path, model: Path) -> None:
    """Unless listening is asked for."""
    recording.with_suffix(".en.srt").write_text("1\n00:00:01,000 --> 00:00:03,000\nWritten down.\n")
    found, _ = transcribed(recording, tmp_path, SpeechOptions(model=str(model), device="cpu"))
    assert found.transcript is not None
    assert (found.transcript.origin, found.transcript.language) == (Origin.SIDECAR, "en")
    again, _ = transcribed(recording, tmp_path, SpeechOptions(words=Words.ASR, model=str(model), device="cpu"))
    assert again.transcript is not None
    assert again.transcript.origin is Origin.ASR


def test_broken_subtitles_are_told_and_passed_over(recording: Path, tmp_path: Path, model: Path) -> None:
    """A sidecar that cannot be read costs a note, a named file that cannot be read is an error."""
    broken = recording.with_suffix(".srt")
    broken.write_text("nothing of use")
    found, notes = transcribed(recording, tmp_path, SpeechOptions(model=str(model), device="cpu"))
    assert found.transcript is not None
    assert any("talk.srt" in note for note in notes)
    with pytest.raises(BadInput, match=r"talk\.srt"):
        transcribed(recording, tmp_path, SpeechOptions(words=Words.FILE), subtitles=str(broken))


def test_without_words_the_reason_is_given(recording: Path, tmp_path: Path) -> None:
    """No model and none may be fetched: the rest still works, and the hint names the command."""
    found, _ = transcribed(recording, tmp_path, SpeechOptions(model="base", download=False, device="cpu"))
    assert found.transcript is None
    assert found.missing is not None
    assert "clipper models pull base" in found.missing.hint
    off, _ = transcribed(recording, tmp_path, SpeechOptions(words=Words.OFF))
    assert off.missing is not None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (SpeechOptions(words=Words.ASR, model="gigantic", device="cpu"), "no speech model gigantic"),
        (SpeechOptions(words=Words.ASR, model="base", download=False, device="cpu"), "is not here"),
    ],
    ids=["unknown", "absent"],
)
def test_listening_that_was_asked_for_and_cannot_be_is_an_error(
    recording: Path, tmp_path: Path, options: SpeechOptions, said: str
) -> None:
    """`--captions asr` never goes on without words."""
    with pytest.raises(ClipperError, match=said):
        transcribed(recording, tmp_path, options)


def test_no_thread_stays_behind(recording: Path, tmp_path: Path, model: Path) -> None:
    """Children and readers end with the stage."""
    before = threading.active_count()
    transcribed(recording, tmp_path, SpeechOptions(model=str(model), device="cpu"))
    assert threading.active_count() <= before + 1


def test_a_model_that_arrives_later_is_used(recording: Path, tmp_path: Path, model: Path) -> None:
    """That there were no words is not remembered."""
    speech = SpeechOptions(model="base", download=False, device="cpu")
    assert transcribed(recording, tmp_path, speech)[0].transcript is None
    place = tmp_path / "data" / "models" / "speech" / "base"
    place.parent.mkdir(parents=True)
    place.symlink_to(model)
    assert transcribed(recording, tmp_path, speech)[0].transcript is not None


def test_edited_subtitles_are_read_again(recording: Path, tmp_path: Path) -> None:
    """The file's time and length tell that it changed."""
    written = recording.with_suffix(".srt")
    for text in ("First version.", "The second version."):
        written.write_text(f"1\n00:00:01,000 --> 00:00:03,000\n{text}\n")
        found, _ = transcribed(recording, tmp_path, SpeechOptions())
        assert found.transcript is not None
        assert found.transcript.sentences[0].text == text


def test_a_processor_listens_to_the_promising_part_first(tmp_path: Path, ffmpeg: Ffmpeg, model: Path) -> None:
    """Of eleven minutes with one lively minute only a share is listened to, and the lively one is in it."""
    quiet = np.zeros(60 * 16_000, np.int16)
    lively = (talk(Span(0, 60)) * 32767).astype(np.int16)
    sound = np.concatenate([*([quiet] * 7), lively, *([quiet] * 3)])
    path = tmp_path / "long.wav"
    argv = ffmpeg.argv("-f", "s16le", "-ar", "16000", "-ac", "1", "-i", "pipe:0", str(path))
    assert run(argv, stdin=sound.tobytes()).code == 0
    found, notes = transcribed(path, tmp_path, SpeechOptions(model=str(model), device="cpu", cpu_share=0.25))
    assert found.transcript is not None
    listened = sum(span.seconds for span in found.transcript.covered)
    assert listened < 0.6 * 660
    assert any(span.start <= 450 <= span.end for span in found.transcript.covered)
    assert any("promising" in note for note in notes)
