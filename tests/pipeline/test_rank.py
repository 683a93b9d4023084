from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from appliance.domain.moment import Ranking
from appliance.llm import JudgeOptions
from appliance.media.ffmpeg import Ffmpeg
from appliance.pipeline.options import SpeechOptions, VideoOptions
from appliance.pipeline.rank import curves, ranking
from appliance.pipeline.stage import Context, Inputs
from appliance.pipeline.stages import VIDEO
from appliance.pipeline.step import run as run_stages
from appliance.process import run
from appliance.sources.address import locate
from tests.llm.standin import completion, ranked, stand_in


@pytest.fixture
def talk(tmp_path: Path, ffmpeg: Ffmpeg) -> Path:
    """Two minutes with a loud stretch, subtitles, a chat and an info.json beside it."""
    path = tmp_path / "talk.mp3"
    sound = "aevalsrc='(0.05+0.4*between(mod(t,120),60,75))*sin(2*PI*200*t)':duration=360"
    assert run(ffmpeg.argv("-f", "lavfi", "-i", sound, str(path))).code == 0
    cues = (
        f"{n}\n00:{n // 15:02}:{n * 4 % 60:02},000 --> 00:{n // 15:02}:{n * 4 % 60 + 3:02},500\nThis is line {n} of it.\n"
        for n in range(89)
    )
    path.with_suffix(".srt").write_text("\n".join(cues))
    lines = (
        {"t": second / 4, "user": f"u{second % 40}", "text": "wow" if 250 < second < 330 else "hm"}
        for second in range(480)
        if second % 3 == 0 or 250 < second < 330
    )
    (tmp_path / "talk.chat.jsonl").write_text("\n".join(map(json.dumps, lines)))
    heat = [
        {"start_time": n * 1.2, "end_time": n * 1.2 + 1.2, "value": 1.0 if 50 <= n < 60 else 0.1} for n in range(100)
    ]
    info = {
        "title": "A talk",
        "heatmap": heat,
        "chapters": [
            {"start_time": 0, "end_time": 58, "title": "One"},
            {"start_time": 58, "end_time": 120, "title": "Two"},
        ],
        "comments": [{"text": "1:05 !!", "like_count": 9}],
    }
    (tmp_path / "talk.info.json").write_text(json.dumps(info))
    return path


def ranked_by(path: Path, root: Path, judge: JudgeOptions | None = None) -> tuple[Ranking, list[str], set[str]]:
    """The moments, the notes, and which signals had something."""
    options = VideoOptions(speech=SpeechOptions(download=False), judge=judge or JudgeOptions())
    inputs = Inputs(locate(str(path)))
    notes: list[str] = []
    for stepped in run_stages(VIDEO, inputs, options, Context(root=root / "data", models=root / "data" / "models")):
        inputs = inputs.with_(stepped.stage, stepped.folder)
        notes += stepped.verdict.notes  # type: ignore[union-attr]
    return ranking(inputs), notes, {curve.signal for curve in curves(inputs)}


def test_everything_beside_a_video_is_used(talk: Path, tmp_path: Path) -> None:
    """Words, chat, heatmap, comments and chapters agree on the loud stretch."""
    found, _, signals = ranked_by(talk, tmp_path)
    assert {"chat", "heatmap", "comments", "chapters", "loudness"} <= signals
    best = found.moments[0]
    assert best.start <= 70 <= best.end
    assert {"picture", "judge"} <= {missing.signal for missing in found.missing}


def test_a_language_model_is_one_more_voice(talk: Path, tmp_path: Path) -> None:
    """Its opinion is a reason of its own, and it is asked once."""
    with stand_in(lambda body: completion(ranked(body))) as server:
        judge = JudgeOptions(base_url=server.url)
        found, notes, signals = ranked_by(talk, tmp_path, judge)
        ranked_by(talk, tmp_path, judge)
        assert len(server.asked) == 1
    assert "judge" in signals
    assert any("language model compared" in note for note in notes)
    assert any(reason.signal == "judge" for moment in found.moments for reason in moment.reasons)


def test_a_silent_language_model_is_asked_again_next_time(talk: Path, tmp_path: Path) -> None:
    """Its silence is told with the reason, and not remembered."""
    moods = iter([(500, {"error": {"message": "loading"}}), None])

    def mood(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return next(moods, None) or completion(ranked(body))

    with stand_in(mood) as server:
        judge = JudgeOptions(base_url=server.url)
        first, _, without = ranked_by(talk, tmp_path, judge)
        _, _, signals = ranked_by(talk, tmp_path, judge)
    assert "judge" not in without
    assert any(missing.signal == "judge" and "loading" in missing.why for missing in first.missing)
    assert "judge" in signals
