"""A stand-in for YouTube on this machine: channels with feeds and pages, and videos that can be watched.

Its feeds behave as the real ones do: an ETag and 304 to who has it already, newest first, fifteen at most, and 404 for a
while when they are out of order. Videos are fetched by `program`, which is called like yt-dlp and goes through the same
proxy as the real one.
"""

from __future__ import annotations

import hashlib
import json
import stat
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

from tests.faults.material import another
from tests.standins.server import Answer, Asked, Standin, file_answer

_ATOM = (
    '<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns="http://www.w3.org/2005/Atom">'
)
_LONGEST_FEED = 15
_EVENING = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


@dataclass
class Station:
    """One channel: its id, its name, its videos oldest first, and whether its feed is out of order."""

    id: str
    name: str
    videos: list[str] = field(default_factory=list)
    feed_is_down: bool = False


class Town(Standin):
    """Three channels. `publish` gives one of them a new video."""

    def __init__(self, folder: Path, base: Path) -> None:
        super().__init__()
        self._folder, self._base_video = folder, base
        self.stations = [Station(f"UC{name * 22}"[:24], f"Channel {name.upper()}") for name in "abc"]
        self.says = {
            "/feeds/videos.xml": self._feed,
            "/watch": self._watch,
            "/channel/*": self._page,
            "/media/*": self._media,
        }

    def publish(self, station: int) -> str:
        """A new video of that channel; its id."""
        one = self.stations[station]
        video = f"{one.id[2]}{len(one.videos):010}"
        another(self._base_video, self._folder / f"{video}.mp4")
        one.videos.append(video)
        return video

    def _feed(self, asked: Asked) -> Answer:
        one = self._station(asked.query.get("channel_id", ""))
        if one is None or one.feed_is_down:
            return Answer(404)
        entries = "".join(_entry(one, number) for number in reversed(range(len(one.videos))[-_LONGEST_FEED:]))
        body = f"{_ATOM}<title>{escape(one.name)}</title><yt:channelId>{one.id}</yt:channelId>{entries}</feed>".encode()
        tag = f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
        if asked.headers.get("if-none-match") == tag:
            return Answer(304, headers={"ETag": tag})
        return Answer(200, body, {"Content-Type": "text/xml; charset=UTF-8", "ETag": tag})

    def _watch(self, asked: Asked) -> Answer:
        video = asked.query.get("v", "")
        one = next((station for station in self.stations if video in station.videos), None)
        if one is None:
            return Answer(404)
        title = f"{one.name}, number {one.videos.index(video)}"
        return _json({"id": video, "title": title, "media": f"{self.base}/media/{video}.mp4"})

    def _page(self, asked: Asked) -> Answer:
        one = self._station(asked.path.split("/")[2])
        if one is None:
            return Answer(404)
        entries = [
            {"_type": "url", "id": video, "url": f"https://www.youtube.com/watch?v={video}", "title": video}
            for video in reversed(one.videos)
        ]
        return _json({"_type": "playlist", "channel": one.name, "channel_id": one.id, "entries": entries})

    def _media(self, asked: Asked) -> Answer:
        path = self._folder / asked.path.rsplit("/", 1)[1]
        return file_answer(path)(asked) if path.is_file() else Answer(404)

    def _station(self, number: str) -> Station | None:
        return next((station for station in self.stations if station.id == number), None)


def _entry(one: Station, number: int) -> str:
    video = one.videos[number]
    when = (_EVENING + timedelta(minutes=number)).isoformat()
    return (
        f"<entry><id>yt:video:{video}</id><yt:videoId>{video}</yt:videoId><yt:channelId>{one.id}</yt:channelId>"
        f"<title>{escape(one.name)} {number}</title><published>{when}</published><updated>{when}</updated></entry>"
    )


def _json(said: object) -> Answer:
    return Answer(200, json.dumps(said).encode(), {"Content-Type": "application/json"})


_PROGRAM = """#!{python}
import json, pathlib, sys, time, urllib.error, urllib.request

def get(link, **headers):
    return urllib.request.urlopen(urllib.request.Request(link, headers=headers), timeout=30)

link, words = sys.argv[-1], sys.argv[1:]
try:
    told = json.load(get(link))
except urllib.error.HTTPError as error:
    sys.exit(f"ERROR: [youtube] {{link}}: HTTP Error {{error.code}}: {{error.reason}}")
if "--dump-single-json" in words:
    told["entries"] = told["entries"][: int(words[words.index("--playlist-end") + 1])]
    sys.exit(print(json.dumps(told)))
place = words[words.index("--output") + 1]
done, part = pathlib.Path(place.replace("%(ext)s", "mp4")), pathlib.Path(place.replace("%(ext)s", "mp4.part"))
if not done.exists():
    have = part.stat().st_size if part.exists() else 0
    with get(told["media"], Range=f"bytes={{have}}-") as answer, part.open("ab") as file:
        while block := answer.read({block}):
            file.write(block)
            file.flush()
            time.sleep({pause})
    part.rename(done)
with get(told["media"].replace(".mp4", ".srt")) as answer:
    done.with_suffix(".en.srt").write_bytes(answer.read())
done.with_suffix(".info.json").write_text(json.dumps({{"id": told["id"], "title": told["title"]}}))
"""


def program(folder: Path, block: int = 200_000, pause: float = 0.3) -> str:
    """The path of the program that fetches from the town: so many bytes, then a pause, and on where it was interrupted."""
    path = folder / "fetches"
    path.write_text(_PROGRAM.format(python=sys.executable, block=block, pause=pause))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)
