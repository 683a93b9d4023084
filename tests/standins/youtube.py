"""What YouTube and yt-dlp answer about a channel, in the shapes they have."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

CHANNEL = "UC" + "a1-_" * 5 + "zz"
NEWEST = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def video_id(number: int) -> str:
    """The id of the channel's nth video, counted back from the newest."""
    return f"vid{number:08}"


def feed_xml(count: int, name: str = "A Channel", title: str = "Video") -> bytes:
    """An Atom feed as YouTube writes it, newest first, one video an hour."""
    entries = "".join(
        f"""<entry><id>yt:video:{video_id(number)}</id><yt:videoId>{video_id(number)}</yt:videoId>
        <yt:channelId>{CHANNEL}</yt:channelId><title>{escape(title)} {number}</title>
        <link rel="alternate" href="https://www.youtube.com/watch?v={video_id(number)}"/>
        <published>{(NEWEST - timedelta(hours=number)).isoformat()}</published><updated>{NEWEST.isoformat()}</updated>
        <media:group><media:title>{escape(title)}</media:title>
        <media:thumbnail url="https://i.ytimg.com/vi/{video_id(number)}/hqdefault.jpg" width="480" height="360"/>
        <media:community><media:statistics views="7"/></media:community></media:group></entry>"""
        for number in range(count)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" '
        'xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{escape(name)}</title><yt:channelId>{CHANNEL}</yt:channelId>{entries}</feed>"
    ).encode()


def page_json(count: int, whole: int | None = None, **more: object) -> dict[str, object]:
    """What yt-dlp tells of a channel's page, without opening the videos."""
    entries = [
        {
            "_type": "url",
            "ie_key": "Youtube",
            "id": video_id(number),
            "url": f"https://www.youtube.com/watch?v={video_id(number)}",
            "title": f"Video {number}",
            "duration": 600.0 + number,
            "live_status": "is_live" if number == 0 and more.get("first_live") else None,
            "thumbnails": [{"url": "https://i.ytimg.com/small.jpg"}, {"url": "https://i.ytimg.com/large.jpg"}],
        }
        for number in range(count)
    ]
    return {
        "_type": "playlist",
        "id": CHANNEL,
        "channel_id": CHANNEL,
        "channel": "A Channel",
        "title": "A Channel - Videos",
        "playlist_count": whole,
        "entries": entries,
    }


def program(folder: Path, answers: Mapping[str, object]) -> str:
    """A program that is called like yt-dlp: for a link that ends with a key it prints that answer, cut to --playlist-end.

    An answer that is text is an error message. Every call is written to calls.jsonl beside it. It gives the program's path.
    """
    path = folder / "yt-dlp"
    (folder / "answers.json").write_text(json.dumps(dict(answers)))
    path.write_text(
        f"""#!{sys.executable}
import json, pathlib, sys
here = pathlib.Path(__file__).parent
with (here / "calls.jsonl").open("a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
answers = json.loads((here / "answers.json").read_text())
link, count = sys.argv[-1], int(sys.argv[sys.argv.index("--playlist-end") + 1])
answer = next((answer for end, answer in answers.items() if link.endswith(end)), "ERROR: [generic] Unsupported URL: " + link)
if isinstance(answer, str):
    sys.stderr.write(answer + "\\n")
    sys.exit(1)
if "entries" in answer:
    answer["entries"] = answer["entries"][:count]
print(json.dumps(answer))
"""
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def downloader(folder: Path, info: Mapping[str, object], media: Path) -> str:
    """A program that is called like yt-dlp and puts this video with this info.json where it is told. It gives its path."""
    path = folder / "yt-dlp-downloads"
    (folder / "info.json").write_text(json.dumps(dict(info)))
    path.write_text(
        f"""#!{sys.executable}
import pathlib, shutil, sys
place = sys.argv[sys.argv.index("--output") + 1]
shutil.copy({str(media)!r}, place.replace("%(ext)s", "mp4"))
shutil.copy(pathlib.Path(__file__).with_name("info.json"), place.replace("%(ext)s", "info.json"))
"""
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def calls(program_path: str) -> Sequence[Sequence[str]]:
    """How the program was called, in order."""
    log = Path(program_path).with_name("calls.jsonl")
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
