"""What yt-dlp says when it fails, what that means, and the next step: one table, the first row that fits counts.

The texts are those of yt-dlp 2026.10.26, of its extractors, and of what YouTube, Twitch and Kick answer through them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from appliance.domain.errors import BadInput, ClipperError, NeedsPerson, NotYet, Permanent, Transient

LIVE_PAUSE = 1800.0  # seconds; a stream that runs is looked at again after this
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Meaning:
    """A kind of failure. `slow`: the site wants to be asked less. `pause` is in seconds."""

    name: str
    kind: type[ClipperError]
    hint: str
    pattern: str
    pause: float | None = None
    slow: bool = False

    def error(self, message: str) -> ClipperError:
        """The error of this kind."""
        if issubclass(self.kind, Transient):
            return self.kind(message, self.hint, self.pause)
        return self.kind(message, self.hint)


_COOKIES = "Give cookies of an account that may see it: [yt_dlp] cookies_file."
_KEPT = "run it again; what is fetched is kept."
_NETWORK = f"Check the network and {_KEPT}"
_GONE = "It is gone. Check the link in a browser."
_LIVE = r"live stream is still running"

MEANINGS: tuple[Meaning, ...] = (
    Meaning(
        "unsupported",
        BadInput,
        "Give a link to a video that yt-dlp knows, or to a media file.",
        r"Unsupported URL|is not a valid URL|No suitable extractor|Unable to recognize tab page|without video ID",
    ),
    Meaning(
        "file link",
        BadInput,
        "Use an https:// link or a local file.",
        r"file:(?:/{2})? ?URLs are disabled|unknown url type|Unsupported url scheme|No connection adapters",
    ),
    Meaning(
        "disk full",
        NeedsPerson,
        f"The disk is full: free some space and {_KEPT}",
        r"No space left on device|Errno 28\b|Disk quota exceeded|Errno 122\b",
    ),
    Meaning(
        "not writable",
        NeedsPerson,
        "The data folder cannot be written: check its permissions and the disk.",
        r"Read-only file system|Errno 30\b|unable to open for writing|Permission denied: '",
    ),
    Meaning("live now", NotYet, "It is taken when the stream has ended; nothing needs to be done.", _LIVE, LIVE_PAUSE),
    Meaning(
        "not begun",
        NotYet,
        "It has not begun. It is tried again by itself.",
        r"live event will begin|Premieres? (?:in|will begin)|is_upcoming|not currently live|is offline|stream has not started",
        LIVE_PAUSE,
    ),
    Meaning(
        "rate limited",
        Transient,
        "The platform asks for a pause: it is tried again in an hour, and that host is asked less.",
        r"HTTP Error 429|Too Many Requests|rate.?limit|try again later",
        HOUR,
        slow=True,
    ),
    Meaning(
        "bot check",
        NeedsPerson,
        "The platform doubts this address. Wait some hours and retry, or give cookies of a spare account: "
        "[yt_dlp] cookies_file.",
        r"confirm you.{1,3}re not a bot|captcha|IP is likely being blocked|unusual traffic",
        slow=True,
    ),
    Meaning(
        "members only",
        NeedsPerson,
        "Only members see it. Give cookies of an account that is one: [yt_dlp] cookies_file.",
        r"members.only|Join this channel|channel's members|subscriber|subscription|sub.only",
    ),
    Meaning(
        "age",
        NeedsPerson,
        "It asks for an age. Give cookies of an account that has told it: [yt_dlp] cookies_file.",
        r"confirm your age|age.restricted|inappropriate for some users",
    ),
    Meaning(
        "private",
        NeedsPerson,
        "It is private. Give cookies of an account that may see it: [yt_dlp] cookies_file.",
        r"Private video|video is private|playlist is private",
    ),
    Meaning(
        "paid",
        Permanent,
        "It has to be bought or rented; such videos are not taken.",
        r"requires payment|rent or purchase|Music Premium|Rental|pay.?per.?view",
    ),
    Meaning(
        "region",
        Permanent,
        "It is blocked in this region: [yt_dlp] proxy may help.",
        r"in your country|geo.?restrict|from your location|in your region|not available in .{2,40} country",
    ),
    Meaning(
        "protected",
        Permanent,
        "It is protected against copying (DRM) and cannot be taken.",
        r"(?-i:\bDRM\b)",
    ),
    Meaning(
        "playlist gone",
        Permanent,
        "Check the address of the channel or playlist in a browser.",
        r"does not have a \w+ tab|playlist does not exist|Channel \".*\" not found|Failed to resolve url"
        r"|redirected to youtube\.com home page|This channel does not exist",
    ),
    Meaning(
        "gone",
        Permanent,
        _GONE,
        r"Video unavailable|has been removed|been deleted|no longer available|account.*(?:terminated|suspended|closed)"
        r"|does not exist|recording is not available|copyright (?:claim|grounds)|violating YouTube"
        r"|video is (?:not|un)available|content is not available|Clip not found|HTTP Error 4(?:04|10)|deactivated",
    ),
    Meaning(
        "login",
        NeedsPerson,
        _COOKIES,
        r"Sign in|\blog.?in\b|logged|authentication|registered users|cookies|HTTP Error 401|account credentials",
    ),
    Meaning(
        "address refused",
        BadInput,
        "If that host is yours, name it in allow_private under [sources] in clipper.toml.",
        r"refused by the address guard|private (?:network|address)|is not public",
    ),
    Meaning(
        "certificate",
        NeedsPerson,
        "Its certificate cannot be trusted: check this machine's clock, and the link.",
        r"CERTIFICATE_VERIFY_FAILED|certificate verify failed|certificate has expired|Hostname mismatch",
    ),
    Meaning(
        "name unknown",
        Transient,
        f"The name could not be looked up. Check the link, the network and its DNS, and {_KEPT}",
        r"Failed to resolve|Name or service not known|failure in name resolution|getaddrinfo failed|nodename nor servname"
        r"|No address associated|Could not resolve host",
    ),
    Meaning(
        "impersonation",
        NeedsPerson,
        "That site turns away programs that do not look like a browser: use a yt-dlp with curl_cffi, [yt_dlp] path.",
        r"no impersonate target|[Ii]mpersonat.{0,60}(?:not available|dependenc|required)|blocked by security policy",
    ),
    Meaning(
        "media forbidden",
        Transient,
        "The platform withdrew the address of the media. It is tried again; if it stays so, update yt-dlp.",
        r"unable to download video data: HTTP Error 403|fragment.* HTTP Error 403",
        900.0,
    ),
    Meaning(
        "forbidden",
        NeedsPerson,
        f"The site refuses this machine. {_COOKIES} A VPN or data-centre address may be blocked.",
        r"HTTP Error 403|Access Denied|Cloudflare",
    ),
    Meaning(
        "refused",
        Permanent,
        "The site refuses the question. Check the link in a browser.",
        r"HTTP Error 4(?!0[48]|10)\d\d",
    ),
    Meaning(
        "server error",
        Transient,
        f"Their server has a fault. Wait, and {_KEPT}",
        r"HTTP Error 5\d\d|Internal Server Error|Service Unavailable|Bad Gateway",
        slow=True,
    ),
    Meaning(
        "empty",
        Permanent,
        "There is nothing behind the link. Check it in a browser.",
        r"downloaded file is empty|\b0 bytes|Did not get any data blocks|empty response|file is empty",
    ),
    Meaning(
        "ffmpeg",
        NeedsPerson,
        "ffmpeg could not do its part: run `clipper doctor`.",
        r"ffmpeg (?:is )?not (?:found|installed)|ffmpeg could not be found|Postprocessing:|ffmpeg exited with code",
    ),
    Meaning(
        "network",
        Transient,
        _NETWORK,
        r"timed out|Connection (?:refused|reset|aborted|broken)|Network is unreachable|No route to host|IncompleteRead"
        r"|bytes read, \d+ more expected|giving up after|Remote end closed|EOF occurred|SSL|TransportError|proxy"
        r"|RemoteDisconnected|Broken pipe|Unable to connect|Unable to download \w+",
    ),
    Meaning(
        "no format",
        Permanent,
        "No picture or sound is offered. Install deno 2.3 or Node 22 (`clipper doctor`), and update yt-dlp.",
        r"Requested format is not available|No video formats found|Only images are available|No formats",
    ),
    Meaning(
        "extractor broken",
        Permanent,
        "yt-dlp no longer understands that site: update it.",
        r"Unable to extract|Failed to (?:parse|extract)|An extractor error|Unsupported (?:version|player)"
        r"|nsig extraction|JSON metadata|please report this issue|Traceback|KeyError|TypeError|AttributeError",
    ),
)
# With one of these among the warnings a lack of formats is of another kind than it looks.
SABR = Meaning(
    "sabr only",
    Transient,
    "YouTube hides the formats from this session (SABR). It is tried again; deno 2.3 or Node 22 and a fresh yt-dlp help.",
    r"SABR",
    HOUR,
)
_UNKNOWN = Meaning("unknown", Permanent, "Try the link in a browser; if it plays there, update yt-dlp.", "")
_BY_NAME = {row.name: row for row in MEANINGS}
_SILENT = "yt-dlp ended without a word"


def meaning(said: str) -> Meaning:
    """The row that fits what yt-dlp wrote (its last error counts; its warnings decide where the error is vague)."""
    raw = _last(said)
    last = sentence(said)
    found = next((row for row in MEANINGS if re.search(row.pattern, last, re.IGNORECASE)), None)
    if found is None and "please report this issue" in raw:
        found = _BY_NAME["extractor broken"]
    if found is None:
        return _UNKNOWN
    if found.name == "no format" and "SABR" in said:
        return SABR
    if found.name == "forbidden" and "impersonat" in said.lower():
        return _BY_NAME["impersonation"]
    return found


def failure(link: str, said: str) -> ClipperError:
    """The error that what yt-dlp wrote about `link` means."""
    return meaning(said).error(f"{link}: {sentence(said)}")


def presses(error: ClipperError) -> bool:
    """Whether the error says that its host wants to be asked less."""
    return any(row.slow and re.search(row.pattern, error.message, re.IGNORECASE) for row in MEANINGS)


def sentence(said: str) -> str:
    """The last error in words for people: without colours, the extractor's mark, and advice about yt-dlp's own options."""
    last = re.sub(r"\x1b\[[0-9;]*m", "", _last(said)).removeprefix("ERROR: ")
    last = re.sub(
        r"^\[[\w:+]+\] (?:[^\s:]+: )?|\s*\(caused by .*\)$|; please report this issue.*$|\s*Use --(?:cookies|username).*$",
        "",
        last,
    )
    return last[:300]


def _last(said: str) -> str:
    lines = [line for line in said.replace("\r", "").split("\n") if line.strip()]  # it goes back to the line's begin
    errors = [line for line in lines if line.startswith(("ERROR", "\x1b[0;31mERROR"))]
    return (errors or lines or [_SILENT])[-1]
