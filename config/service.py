"""The tables of clipper.toml that the service reads: the web, users, lanes, channels, folders, schedules, disk and log."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from config.table import AspectName, Positive, Table

Workers = Annotated[int, Field(ge=0, le=64)]
Days = Annotated[float, Field(ge=0, le=36_500)]
Gigabytes = Annotated[float, Field(ge=0, le=1_000_000)]
Score = Annotated[float, Field(ge=0, le=100)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$")]
ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^$")]


class Web(Table):
    """The HTTP service. A login is always needed, except over the Unix socket of the same user."""

    host: str = "0.0.0.0"  # noqa: S104 - a home server is reached from the sofa; every request needs a key or a session
    """The address to listen on; 127.0.0.1 for this machine only."""
    port: Annotated[int, Field(ge=1, le=65_535)] = 8484
    """The port to listen on."""
    public_url: str = ""
    """How the box is reached from outside, such as https://clips.example.org. Links in notices begin with it."""
    console: bool = True
    """Serve the console pages beside the API and the approval page."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks of reverse proxies whose X-Forwarded headers are believed."""
    allowed_hosts: tuple[str, ...] = ()
    """More host names that the box answers to. Its own addresses and names in .local are always among them."""
    cors: tuple[str, ...] = ()
    """Origins whose pages may call the API from a browser, such as https://tools.example.org."""
    socket: str = ""
    """The Unix socket of the local command line. Empty: in the run directory."""
    max_body_mb: Annotated[float, Field(gt=0, le=1024)] = 2
    """The largest body of an ordinary request, in megabytes."""


class Users(Table):
    """Who may use the box."""

    registration: Literal["closed", "invitation", "open"] = "closed"
    """`closed`: an admin makes accounts; `invitation`: a link from an admin; `open`: anybody who reaches the page."""
    session_days: Annotated[float, Field(gt=0, le=366)] = 30
    """A browser stays logged in this long."""
    idle_days: Annotated[float, Field(gt=0, le=366)] = 7
    """... and this long without being used."""


class Lanes(Table):
    """How many jobs run at once, by what they keep busy."""

    gpu: Workers = 1
    """Speech recognition."""
    cpu: Workers = 1
    """Scanning, ranking, framing and rendering."""
    net: Workers = 3
    """Downloads and everything else that waits for the network."""


class Jobs(Table):
    """What a job may take, and how often it is tried."""

    attempts: Annotated[int, Field(ge=1, le=100)] = 6
    """Tries of a stage before it is given up."""
    max_age_days: Annotated[float, Field(gt=0, le=366)] = 3
    """A job is not tried any more after this long."""
    retry_seconds: Positive = 30
    """The pause before the second try; it doubles from try to try, up to 6 hours."""
    hours: Annotated[float, Field(gt=0, le=240)] = 24
    """A stage that runs longer is stopped and tried again."""
    memory_gb: Gigabytes = 0
    """A stage that takes more memory is stopped. 0: no limit."""
    keep_days: Days = 30
    """Finished jobs are listed this long."""


class Rule(Table):
    """Something done by the clock: `[[schedule.rule]]`."""

    name: Name
    """What it is called."""
    cron: str
    """When: minute, hour, day of the month, month, day of the week, such as "30 3 * * *"."""
    action: Literal["sync", "tidy", "retention", "daily_best"]
    """What: `sync` asks all channels, `tidy` cares for database and temp, `retention` frees disk, `daily_best` renders the day's best."""
    missed: Literal["skip", "once", "all"] = "once"
    """What happens to runs that were due while the box was off."""
    enabled: bool = True
    """Whether it runs by itself."""


class Schedule(Table):
    """The clock of the box."""

    time_zone: str = ""
    """The zone that times of day are meant in, such as Europe/Berlin. Empty: the machine's own."""
    rule: tuple[Rule, ...] = ()
    """Rules of your own, beside the built-in ones."""


class Retention(Table):
    """What is deleted by itself. Approved clips that are not posted yet, and what they are made from, never are."""

    sources_days: Days = 14
    """Downloaded videos whose clips are all decided are kept this long. 0: for ever."""
    rejected_days: Days = 7
    """Files of rejected and expired clips are kept this long. 0: for ever."""
    pending_days: Days = 30
    """Clips nobody decided about expire after this long. 0: never."""
    max_gb: Gigabytes = 0
    """All of data_dir stays below this; the oldest goes first. 0: no limit."""


class Disk(Table):
    """How much room is left to the machine."""

    warn_gb: Gigabytes = 20
    """Below this much free room the box says so and deletes what retention allows."""
    stop_downloads_gb: Gigabytes = 10
    """Below this, nothing is fetched."""
    stop_gb: Gigabytes = 2
    """Below this, nothing is made; only the pages stay up."""
    require_mount: bool = False
    """Refuse to work when data_dir is not on a mounted disk of its own: a NAS that is away must not fill the root disk."""


class Log(Table):
    """What is written down: JSON lines, ten megabytes a file."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """The least that is written."""
    dir: str = ""
    """Where. Empty: logs in data_dir."""
    keep: Annotated[int, Field(ge=1, le=100)] = 5
    """How many old files are kept."""
    debug_artifacts: bool = False
    """Keep what went into an analysis, and what came out, with each job."""


class Wanted(Table):
    """What is done with the videos of a channel or a folder. Empty words and zeros leave the box's own settings."""

    top_k: Annotated[int, Field(ge=1, le=100)] = 3
    """At most this many clips of a video."""
    min_score: Score = 0
    """Moments with a smaller chance are left out."""
    min_seconds: Annotated[float, Field(ge=0, le=86_400)] = 0
    """Shortest clip. 0: as in [rank]."""
    max_seconds: Annotated[float, Field(ge=0, le=86_400)] = 0
    """Longest clip. 0: as in [rank]."""
    keywords: tuple[str, ...] = ()
    """Words that make a moment more interesting here."""
    criteria: tuple[str, ...] = ()
    """Criteria texts for the judge, instead of those of [llm]."""
    weights: dict[str, Annotated[float, Field(ge=0, le=4)]] = Field(default_factory=dict)
    """Multipliers per signal here, such as { chat = 1.5 }, over those of [rank]."""
    look: str = ""
    """The look of the clips: a name of a [look.NAME] table."""
    aspect: AspectName | Literal[""] = ""
    """The shape of the clips, instead of the look's own."""
    auto_render: bool = True
    """Make the clips by itself; false stops after the moments, to be ticked by hand."""
    approval: Literal["ask", "auto"] = "ask"
    """`auto` approves by itself what scores at least auto_approve_score."""
    auto_approve_score: Score = 85
    """The score from which `auto` approves."""


class Channel(Wanted):
    """A channel that is watched: `[[channel]]`."""

    url: str
    """Its address, @handle or channel id."""
    name: str = ""
    """What it is called here. Empty: what the platform calls it."""
    enabled: bool = True
    """Whether it is asked for new videos."""
    every_minutes: Annotated[float, Field(ge=2, le=10_080)] = 10
    """How often it is asked."""
    title_keywords: tuple[str, ...] = ()
    """Only videos with one of these words in the title are taken. Empty: all."""
    min_video_minutes: Annotated[float, Field(ge=0)] = 3
    """Shorter videos are left alone."""
    max_video_minutes: Annotated[float, Field(ge=0)] = 0
    """Longer videos are left alone. 0: no limit."""
    backfill: Annotated[int, Field(ge=0, le=1000)] = 0
    """How many of the videos that are already there are taken when the channel is added."""
    daily_best_time: ClockTime = ""
    """At this time of day the best moment of the last 24 hours that has no clip yet is rendered, such as "08:00"."""


class Folder(Wanted):
    """A folder from which every new video is taken once: `[[folder]]`."""

    path: str
    """Where it is."""
    name: str = ""
    """What it is called here. Empty: the folder's own name."""
    enabled: bool = True
    """Whether it is looked into."""
    pattern: str = "*"
    """Which files, such as *.mp4."""
    take: Literal["link", "copy", "move"] = "link"
    """`link` uses the file where it is, `copy` and `move` bring it into data_dir."""
    stable_seconds: Annotated[float, Field(ge=1, le=86_400)] = 60
    """A file is taken once it has not changed for this long."""
