"""What clipper.toml may say: one frozen model per table, one docstring per key. Unknown keys are refused.

The tables of the service (web, lanes, channels, ...) are in config/service.py.

The commented example, the JSON Schema and the error messages are all made from here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from config.service import Channel, Disk, Folder, Jobs, Lanes, Log, Retention, Schedule, Users, Web
from config.table import AspectName, Positive, Share, Table

Encoder = Literal["auto", "cpu", "nvenc", "qsv", "vaapi"]


class Paths(Table):
    """Where things are kept."""

    data_dir: str = ""
    """Videos, clips and models. Empty: the platform's own data folder."""
    db_dir: str = ""
    """The database, on a local disk. Empty: data_dir."""
    temp_dir: str = ""
    """Scratch space. Empty: the system's own for commands, inside data_dir for the service."""


class Bases(Table):
    """Where the platforms answer. Only changed to go through a mirror, or to try things out against a server of one's own."""

    youtube: str = "https://www.youtube.com"
    """Feeds, lists and videos of YouTube."""
    twitch: str = "https://www.twitch.tv"
    """Lists and videos of Twitch."""
    twitch_chat: str = "https://gql.twitch.tv/gql"
    """The chat of Twitch recordings."""
    kick: str = "https://kick.com"
    """Lists and videos of Kick."""
    kick_chat: str = "https://web.kick.com"
    """The chat of Kick recordings."""
    discord: str = "https://cdn.discordapp.com"
    """Files of Discord."""


class Sources(Table):
    """Which links are taken. Local files are always taken."""

    allow: tuple[Literal["youtube", "twitch", "kick", "discord", "direct"], ...] = (
        "youtube",
        "twitch",
        "kick",
        "discord",
        "direct",
    )
    """Platforms whose links are taken; `direct` is a link straight to a media file or playlist."""
    allow_any: bool = False
    """Take a link to any page that yt-dlp understands."""
    allow_private: tuple[str, ...] = ()
    """Hosts in the private network that links may lead to, such as nas.lan or 192.168.1.20. Others are refused."""
    bases: Bases = Bases()
    roots: tuple[str, ...] = ()
    """Folders of this machine from which files may be added over the network. The local command line may add any file."""


class YtDlp(Table):
    """How yt-dlp is called."""

    path: str = ""
    """A yt-dlp program to use instead of the one inside."""
    args: tuple[str, ...] = ()
    """More arguments. Those that run commands or load foreign code are refused."""
    cookies_file: str = ""
    """Cookies in Netscape format, for videos that need a login."""
    proxy: str = ""
    """A proxy for all fetching, such as socks5://host:1080."""
    max_height: Annotated[int, Field(ge=144, le=4320)] = 1080
    """The largest picture that is fetched, in lines."""


class Ffmpeg(Table):
    """How pictures and sound are made."""

    path: str = ""
    """An ffmpeg to use. Empty: the system's when it has libass and libx264, else the one that ships with Clipper."""
    global_args: tuple[str, ...] = ()
    """Arguments put first in every ffmpeg command."""
    encode_args: tuple[str, ...] = ()
    """Arguments added to the video encoder's own."""
    thumbnail_args: tuple[str, ...] = ()
    """Arguments added where still pictures are taken."""
    concat_args: tuple[str, ...] = ()
    """Arguments added where streams are copied or joined without encoding."""
    encoder: Encoder = "auto"
    """Which encoder makes the clips. `auto` takes the first that passes a test encode: nvenc, qsv, vaapi, cpu."""
    nvenc_preset: Annotated[str, Field(pattern=r"^p[1-7]$")] = "p5"
    """NVENC's preset, p1 (fast) to p7 (good)."""


class Asr(Table):
    """Speech recognition with faster-whisper."""

    model: str = "auto"
    """A model's name or folder. `auto`: large-v3-turbo on a GPU with 4 GB or more, small on a processor, base on a weak one."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where the model runs."""
    compute_type: str = "auto"
    """Number format of the model. `auto`: int8_float16 on a GPU, int8 on a processor."""
    language: str = "auto"
    """The spoken language as a two-letter code; `auto` listens first."""
    batch_size: Annotated[int, Field(ge=0, le=64)] = 0
    """Pieces of sound at once; 0 chooses by memory."""
    download: bool = True
    """Fetch a missing model by itself."""
    cpu_share: Share = 0.25
    """On a processor only this share of a long video, the promising part, is transcribed first. 1: all of it."""


class Llm(Table):
    """A language model behind an OpenAI-compatible endpoint, as one more judge. Off while base_url is empty."""

    base_url: str = ""
    """Such as http://localhost:11434/v1."""
    model: str = ""
    """The model's name there. Empty: the first that the endpoint lists."""
    api_key_file: str = ""
    """A file that holds the key. The environment variable CLIPPER_LLM_API_KEY works too."""
    budget: Annotated[int, Field(ge=0)] = 60_000
    """Tokens that one video may cost, in and out together; 0 means no limit."""
    context: Annotated[int, Field(ge=1024)] = 8192
    """Tokens that fit the model at once."""
    criteria: tuple[str, ...] = ("emotional_peaks", "viral_hooks")
    """What to look for: names of criteria texts, shipped ones or files in data_dir/criteria."""
    timeout: Positive = 120
    """Seconds to wait for one answer."""


class Rank(Table):
    """How moments are chosen."""

    top_n: Annotated[int, Field(ge=1, le=100)] = 6
    """At most this many clips."""
    min_score: Annotated[float, Field(ge=0, le=100)] = 0
    """Moments with a smaller chance (0 to 100) are left out."""
    min_seconds: Positive = 15
    """Shortest clip."""
    max_seconds: Positive = 60
    """Longest clip."""
    auto_render: bool = True
    """The service makes the clips by itself; false stops after the moments, to be ticked by hand."""
    keywords: tuple[str, ...] = ()
    """Words that make a moment more interesting on this box."""
    weights: dict[str, Annotated[float, Field(ge=0, le=4)]] = Field(default_factory=dict)
    """Multipliers per signal, such as { chat = 1.5, heatmap = 0 }."""

    @model_validator(mode="after")
    def _lengths(self) -> Rank:
        if self.min_seconds > self.max_seconds:
            raise ValueError("min_seconds is larger than max_seconds")
        return self


class Chat(Table):
    """How chat is read."""

    preset: Literal["robust", "kick-classic"] = "robust"
    """`robust` compares with the stream's own pace; `kick-classic` adds points per message, laugh, emote and combo."""
    offset: Annotated[float, Field(ge=-86_400, le=86_400)] = 0.0
    """Seconds added to every chat time, where the chat's clock is not the video's."""
    emotes: tuple[str, ...] = ()
    """Emotes that count as excitement on this channel."""


class Captions(Table):
    """The words on the picture."""

    source: Literal["auto", "asr", "off"] = "auto"
    """`auto`: subtitles where there are any, else speech recognition; `asr`: always listen; `off`: none are drawn."""
    style: str = "clean"
    """The caption preset."""
    emoji: bool = True
    """Put a fitting emoji now and then."""


class Look(Table):
    """How clips look: `[look.NAME]`, chosen with --look. `default` is used when none is named."""

    aspect: AspectName = "9:16"
    """Shape of the picture."""
    captions: str = ""
    """Caption preset; empty: the one of [captions]."""
    hook: bool = True
    """Show the title for the first seconds."""
    progress: bool = False
    """A thin bar at the bottom that fills."""
    watermark: str = ""
    """Faint words in a corner."""
    logo: str = ""
    """A picture file for a corner."""
    logo_corner: Literal["top-left", "top-right", "bottom-left", "bottom-right"] = "top-right"
    """Which corner."""
    framing: Literal["auto", "fit"] = "auto"
    """`auto` follows faces and motion; `fit` always shows the whole picture over a blur."""
    cut_silences: bool = False
    """Take out pauses longer than 0.7 s and leave a beat."""
    cut_fillers: bool = False
    """Take out um and uh."""
    profanity: Literal["off", "mute", "bleep"] = "off"
    """What happens to swear words; their captions are masked too."""
    cover_title: bool = False
    """Write the title's first five words on the cover picture."""
    target_lufs: Annotated[float, Field(ge=-40, le=-8)] = -14.0
    """Loudness of the finished clip."""
    fps: Annotated[float, Field(gt=0, le=60)] = 30
    """Frames a second, or the source's own when lower."""


class Settings(Table):
    """All of clipper.toml."""

    paths: Paths = Paths()
    sources: Sources = Sources()
    yt_dlp: YtDlp = YtDlp()
    ffmpeg: Ffmpeg = Ffmpeg()
    asr: Asr = Asr()
    llm: Llm = Llm()
    rank: Rank = Rank()
    chat: Chat = Chat()
    captions: Captions = Captions()
    look: dict[str, Look] = Field(default_factory=dict)
    web: Web = Web()
    users: Users = Users()
    lanes: Lanes = Lanes()
    jobs: Jobs = Jobs()
    schedule: Schedule = Schedule()
    retention: Retention = Retention()
    disk: Disk = Disk()
    log: Log = Log()
    channel: tuple[Channel, ...] = ()
    folder: tuple[Folder, ...] = ()
