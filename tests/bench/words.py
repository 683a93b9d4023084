"""`words`: how near words and sentences from subtitles stand to where they are really spoken. Needs the real recordings."""

from __future__ import annotations

import json
import os
from pathlib import Path
from statistics import median

from appliance.domain.transcript import Cue, Origin, Transcript
from appliance.media.audio import scan_sound
from appliance.media.ffmpeg import find_ffmpeg
from appliance.media.probe import probe
from appliance.media.subtitles import parse_subtitles
from appliance.planning.from_cues import transcript
from appliance.planning.sentences import ends_sentence
from appliance.planning.words import Level
from tests.bench.figures import Bench

ROOT = Path(__file__).resolve().parents[2]
_SAID = "And so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country."


def measure() -> Bench:
    """Median error of spread words, and the worst of the sentence edges against the edges of the true cues."""
    bench = Bench("words")
    media = Path(os.environ.get("CLIPPER_SHARED", ROOT.parent / "shared")) / "media"
    if not media.is_dir():
        bench.skipped = "no real media here: CLIPPER_SHARED names no folder with media/ in it"
        return bench
    truth = json.loads((media / "speech" / "word_alignment_pocketsphinx.json").read_text())["jfk.flac"]
    whole = [Cue(0.0, 11.0, _SAID)]
    halves = [Cue(truth[0][1], truth[4][2], _SAID[:28]), Cue(truth[5][1], truth[-1][2], _SAID[29:])]
    for name, cues in (("one_cue", whole), ("two_cues", halves)):
        made = _heard(media / "speech" / "jfk.flac", cues)
        errors = [abs(word.start - start) for word, (_, start, _) in zip(made.words, truth, strict=True)]
        bench.add(f"spread_words_median_s_{name}", median(errors), at_most=0.15, goal=0.1)
    talk = media / "talk" / "talk_long_multicut.mp4"
    cues = list(parse_subtitles(talk.with_suffix(".srt").read_text()).cues)
    made = _heard(talk, cues)
    starts, ends = {cue.start for cue in cues}, {cue.end for cue in cues}
    # Only sentences that end with a full stop end where a cue does; where they begin follows from the one before.
    closed = [ends_sentence(sentence.words[-1].text) for sentence in made.sentences]
    sure = [
        sentence
        for sentence, ended, before in zip(made.sentences, closed, [True, *closed], strict=False)
        if ended and before
    ]
    errors = [min(abs(sentence.start - at) for at in starts) for sentence in sure]
    errors += [min(abs(sentence.end - at) for at in ends) for sentence in sure]
    bench.notes["sentences"] = len(sure)
    bench.add("sentence_edges_worst_s", max(errors), at_most=0.08, goal=0.04)
    return bench


def _heard(path: Path, cues: list[Cue]) -> Transcript:
    source = probe(path)
    sound = scan_sound(find_ffmpeg(), path, source)
    level = Level(sound.fine_db, sound.fine_hop)
    return transcript(cues, source.seconds, level=level, language="en", origin=Origin.FILE)
