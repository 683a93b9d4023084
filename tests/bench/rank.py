"""Ranking a three-hour source again from its cached curves: CPU-seconds, warm."""

from __future__ import annotations

import numpy as np

from appliance.ranking import RankOptions, rank
from appliance.ranking import measure as measured
from appliance.signals.evidence import Evidence, PictureScan
from tests.bench.figures import Bench, cpu_seconds
from tests.signals import material

SECONDS = 10_800


def source() -> Evidence:
    """Three hours with sound, picture, words and chat."""
    times = np.arange(0, SECONDS, 2, dtype=np.float32)
    rng = np.random.default_rng(5)
    change = rng.exponential(0.05, len(times)).astype(np.float32)
    return Evidence(
        float(SECONDS),
        sound=material.sound(SECONDS, loud=(5000, 5012)),
        picture=PictureScan(times, change, change, (change > 0.2).astype(np.float32)),
        transcript=material.speech(float(SECONDS), every=4.0),
        chat=material.calm_chat(float(SECONDS), [300.0 * number for number in range(1, 36)]),
    )


def measure() -> Bench:
    """The best of three warm runs; measuring the curves is not part of it, because they are kept."""
    bench = Bench("rank")
    evidence, options = source(), RankOptions()
    curves, missing = measured(evidence, options)
    rank(evidence, curves, missing, options)
    runs = [cpu_seconds(lambda: rank(evidence, curves, missing, RankOptions(top_n=8, query=""))) for _ in range(3)]
    bench.add("CPU-s to rank three hours again, warm", min(seconds for seconds, _ in runs), at_most=0.5, goal=0.2)
    taken, _ = cpu_seconds(lambda: measured(evidence, options))
    bench.add("CPU-s to measure its curves", taken)
    bench.notes = {"moments": len(runs[0][1].moments), "sentences": 2700}
    return bench
