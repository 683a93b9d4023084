"""A million chat messages, from the file to moments: CPU-seconds and memory, in a process of its own."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.figures import Bench

MESSAGES = 1_000_000
SECONDS = 36_000.0
_CHILD = """
import json, resource, sys
from pathlib import Path
from appliance.sources.chatlog import read_chat
from appliance.signals.evidence import Evidence
from appliance.ranking import RankOptions, measure, rank
chat = read_chat(Path(sys.argv[1]))
evidence = Evidence(float(sys.argv[2]), chat=chat)
options = RankOptions()
ranking = rank(evidence, *measure(evidence, options), options)
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, len(chat), len(ranking.moments)]))
"""


def write(path: Path, messages: int = MESSAGES, seconds: float = SECONDS, seed: int = 7) -> None:
    """A chat like real ones: one text in four is new, the others are said again and again; twenty bursts; 20,000 people."""
    rng = random.Random(seed)
    emotes = [
        "LUL",
        "PogChamp",
        "KEKW",
        "OMEGALUL",
        "Kappa",
        "monkaS",
        "lol",
        "xd",
        "gg",
        "W",
        "L",
        "haha",
        "no way",
        "?",
    ]
    words = [
        f"{stem}{ending}"
        for stem in ("play", "game", "stream", "chat", "song", "map")
        for ending in ("", "s", "er", "ing")
    ]
    bursts = [rng.uniform(0, seconds) for _ in range(20)]
    times = sorted(
        rng.uniform(0, seconds) if rng.random() < 0.85 else min(rng.choice(bursts) + rng.expovariate(0.1), seconds)
        for _ in range(messages)
    )
    with path.open("w", encoding="utf-8") as file:
        for number, time in enumerate(times):
            if rng.random() < 0.75:
                text = " ".join(rng.choices(emotes, k=rng.randint(1, 2)))
            else:
                text = " ".join(rng.choices(words, k=rng.randint(3, 9))) + f" {number}"
            file.write(f'{{"t": {time:.2f}, "user": "u{int(rng.paretovariate(0.6)) % 20000}", "text": "{text}"}}\n')


def measure() -> Bench:
    """From the file to moments, the interpreter's start included."""
    bench = Bench("chat")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chat.jsonl"
        write(path)
        # The memory of a child counts from its parent's at the fork, so a fresh interpreter starts it.
        ended = subprocess.run(
            [sys.executable, "-c", _CHILD, str(path), str(SECONDS)], check=True, capture_output=True, text=True
        )
        seconds, megabytes, messages, moments = json.loads(ended.stdout)
        bench.notes = {"messages": messages, "moments": moments, "file MB": round(path.stat().st_size / 1e6, 1)}
    bench.add("CPU-s for 1,000,000 messages, file to moments", seconds, at_most=2.5, goal=1.5)
    bench.add("peak RSS, MB", megabytes, at_most=150.0)
    return bench
