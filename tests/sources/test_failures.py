from __future__ import annotations

from pathlib import Path

import pytest

from appliance.domain.errors import BadInput, ClipperError, NeedsPerson, NotYet, Permanent, Transient
from appliance.sources.failures import MEANINGS, SABR, failure, meaning, presses, sentence

_BUG = (
    "; please report this issue on  https://github.com/yt-dlp/yt-dlp/issues?q= , filling out the appropriate issue template. "
    "Confirm you are on the latest version using  yt-dlp -U"
)
_COOKIES = (
    " Use --cookies-from-browser or --cookies for the authentication. See  "
    "https://github.com/yt-dlp/yt-dlp/wiki/FAQ#how-do-i-pass-cookies-to-yt-dlp  for how to manually pass cookies"
)
_SABR = (
    "WARNING: [youtube] abc: Some web client https formats have been skipped as they are missing a URL. YouTube may have "
    "enabled the SABR-only streaming experiment for the current session\n"
)

# What yt-dlp wrote, the row that fits, its class, and a word of the next step.
RECORDED: list[tuple[str, str, type[ClipperError], str]] = [
    ("ERROR: [youtube] abc: Video unavailable", "gone", Permanent, "gone"),
    ("ERROR: [youtube] abc: Video unavailable. This video has been removed by the uploader", "gone", Permanent, "gone"),
    (
        (
            "ERROR: [youtube] abc: Video unavailable. This video is no longer available because the YouTube account associated "
            "with this video has been terminated."
        ),
        "gone",
        Permanent,
        "browser",
    ),
    ("ERROR: [youtube] abc: This live stream recording is not available.", "gone", Permanent, "gone"),
    (
        "ERROR: [youtube] abc: This video contains content from UMG, who has blocked it on copyright grounds",
        "gone",
        Permanent,
        "gone",
    ),
    ("ERROR: [twitch:vod] 123: Video v123 does not exist", "gone", Permanent, "gone"),
    ("ERROR: [twitch:clips] Some: This clip is no longer available", "gone", Permanent, "gone"),
    (
        "ERROR: [generic] Unable to download webpage: HTTP Error 404: Not Found (caused by <HTTPError 404: Not Found>)",
        "gone",
        Permanent,
        "gone",
    ),
    ("ERROR: [generic] talk: Unable to download webpage: HTTP Error 410: Gone", "gone", Permanent, "gone"),
    (
        f"ERROR: [youtube] abc: Private video. Sign in if you've been granted access to this video.{_COOKIES}",
        "private",
        NeedsPerson,
        "private",
    ),
    (
        (
            "ERROR: [youtube] abc: This video is available to this channel's members on level: Gold (or any higher level). "
            "Join this channel to get access to members-only content and other exclusive perks."
        ),
        "members only",
        NeedsPerson,
        "members",
    ),
    (
        (
            "ERROR: [twitch:vod] 123: You must be logged into an account that has access to this subscriber-only content."
            + _COOKIES
        ),
        "members only",
        NeedsPerson,
        "members",
    ),
    (
        "ERROR: [kick:vod] 01a0: This video requires a channel subscription." + _COOKIES,
        "members only",
        NeedsPerson,
        "members",
    ),
    (
        "ERROR: [youtube] abc: Sign in to confirm your age. This video may be inappropriate for some users." + _COOKIES,
        "age",
        NeedsPerson,
        "age",
    ),
    (f"ERROR: [youtube] abc: Sign in to confirm you’re not a bot.{_COOKIES}", "bot check", NeedsPerson, "doubts"),
    (
        "ERROR: [youtube] abc: Video unavailable. YouTube is requiring a captcha challenge before playback",
        "bot check",
        NeedsPerson,
        "Wait",
    ),
    (
        "ERROR: [youtube] abc: All player responses are invalid. Your IP is likely being blocked by Youtube",
        "bot check",
        NeedsPerson,
        "Wait",
    ),
    (
        (
            "ERROR: [youtube] abc: This content isn't available, try again later. The current session has been rate-limited by "
            "YouTube for up to an hour."
        ),
        "rate limited",
        Transient,
        "hour",
    ),
    (
        (
            "ERROR: [youtube] abc: Unable to download API page: HTTP Error 429: Too Many Requests "
            "(caused by <HTTPError 429: Too Many Requests>)"
        ),
        "rate limited",
        Transient,
        "hour",
    ),
    (
        "ERROR: [other] x: This video is only available for registered users." + _COOKIES,
        "login",
        NeedsPerson,
        "cookies",
    ),
    ("ERROR: [other] x: Unable to download webpage: HTTP Error 401: Unauthorized", "login", NeedsPerson, "cookies"),
    (
        (
            "ERROR: [youtube] abc: The uploader has not made this video available in your country\n"
            "You might want to use a VPN or a proxy server (with --proxy) to workaround."
        ),
        "region",
        Permanent,
        "region",
    ),
    (
        "ERROR: [other] x: This video is not available from your location due to geo restriction",
        "region",
        Permanent,
        "proxy",
    ),
    ("ERROR: [youtube] abc: This video requires payment to watch.", "paid", Permanent, "bought"),
    ("ERROR: [youtube] abc: This video is DRM protected", "protected", Permanent, "DRM"),
    (
        "ERROR: [DRM] The requested site is known to use DRM protection. It will NOT be supported.",
        "protected",
        Permanent,
        "DRM",
    ),
    ("ERROR: [youtube] abc: This live event will begin in 3 hours.", "not begun", NotYet, "begun"),
    ("ERROR: [youtube] abc: Premieres in 23 hours", "not begun", NotYet, "begun"),
    ("ERROR: [twitch:stream] x: The channel is not currently live", "not begun", NotYet, "begun"),
    ("A Stream: the live stream is still running or has not begun", "live now", NotYet, "ended"),
    (
        "ERROR: [youtube] abc: Requested format is not available. Use --list-formats for a list of available formats",
        "no format",
        Permanent,
        "deno",
    ),
    (
        f"{_SABR}ERROR: [youtube] abc: Requested format is not available. Use --list-formats for a list of available formats",
        "sabr only",
        Transient,
        "SABR",
    ),
    (f"ERROR: [other] x: No video formats found!{_BUG}", "no format", Permanent, "deno"),
    (f"ERROR: [other] x: Unable to extract video url{_BUG}", "extractor broken", Permanent, "update"),
    (f"ERROR: [youtube] abc: Failed to extract any player response{_BUG}", "extractor broken", Permanent, "update"),
    (f"ERROR: [other] x: Something nobody foresaw{_BUG}", "extractor broken", Permanent, "update"),
    ("ERROR: Unsupported URL: https://example.org/login", "unsupported", BadInput, "link"),
    ("ERROR: [generic] 'abc' is not a valid URL. Set --default-search to search", "unsupported", BadInput, "link"),
    (
        "ERROR: [generic] file:// URLs are disabled by default in yt-dlp for security reasons.",
        "file link",
        BadInput,
        "https",
    ),
    ("ERROR: unable to download video data: HTTP Error 403: Forbidden", "media forbidden", Transient, "update"),
    ("ERROR: [generic] Unable to download webpage: HTTP Error 403: Forbidden", "forbidden", NeedsPerson, "refuses"),
    (
        (
            "WARNING: [kick:vod] The extractor is attempting impersonation, but no impersonate target is available.\n"
            "ERROR: [kick:vod] 01a0: Unable to download JSON metadata: HTTP Error 403: Forbidden"
        ),
        "impersonation",
        NeedsPerson,
        "curl_cffi",
    ),
    ("ERROR: [generic] Unable to download webpage: HTTP Error 400: Bad Request", "refused", Permanent, "refuses"),
    (
        "ERROR: [generic] Unable to download webpage: HTTP Error 503: Service Unavailable",
        "server error",
        Transient,
        "Wait",
    ),
    (
        (
            "ERROR: [youtube] abc: Unable to download API page: [Errno -3] Temporary failure in name resolution "
            "(caused by TransportError('...'))"
        ),
        "name unknown",
        Transient,
        "DNS",
    ),
    (
        "ERROR: [generic] Unable to download webpage: Failed to resolve 'no.such.host' ([Errno -2] Name or service not known)",
        "name unknown",
        Transient,
        "DNS",
    ),
    (
        (
            "ERROR: [generic] Unable to download webpage: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
            "certificate has expired (_ssl.c:1006)"
        ),
        "certificate",
        NeedsPerson,
        "clock",
    ),
    (
        "ERROR: [generic] Unable to download webpage: [Errno 111] Connection refused",
        "network",
        Transient,
        "network",
    ),
    (
        "ERROR: \r[download] Got error: 1000 bytes read, 999000 more expected. Giving up after 0 retries",
        "network",
        Transient,
        "network",
    ),
    ("ERROR: [generic] Unable to download webpage: The read operation timed out", "network", Transient, "network"),
    ("ERROR: unable to write data: [Errno 28] No space left on device", "disk full", NeedsPerson, "full"),
    (
        "ERROR: unable to open for writing: [Errno 30] Read-only file system: '/data/video.mp4.part'",
        "not writable",
        NeedsPerson,
        "permissions",
    ),
    ("ERROR: The downloaded file is empty", "empty", Permanent, "nothing"),
    ("ERROR: Postprocessing: Error opening output files: Invalid argument", "ffmpeg", NeedsPerson, "doctor"),
    ("ERROR: [youtube:tab] @x: This channel does not have a videos tab", "playlist gone", Permanent, "channel"),
    ("ERROR: [youtube:tab] PLx: The playlist does not exist.", "playlist gone", Permanent, "playlist"),
    ('ERROR: [twitch:videos] x: Channel "x" not found', "playlist gone", Permanent, "channel"),
    ("ERROR: [youtube:tab] PLx: This playlist is private", "private", NeedsPerson, "private"),
    (
        "ERROR: [generic] 10.0.0.1 is private: refused by the address guard",
        "address refused",
        BadInput,
        "allow_private",
    ),
    ("", "unknown", Permanent, "update"),
]


@pytest.mark.parametrize(
    ("said", "name", "kind", "hint"), RECORDED, ids=[f"{row[1]}-{n}" for n, row in enumerate(RECORDED)]
)
def test_what_yt_dlp_says_has_a_class_and_a_next_step(
    said: str, name: str, kind: type[ClipperError], hint: str
) -> None:
    """Every recorded message falls into its row, with the link in front and the next step behind."""
    error = failure("https://example.org/x", said)
    assert meaning(said).name == name
    assert type(error) is kind
    assert hint in error.hint
    assert error.message.startswith("https://example.org/x: ")


def test_at_least_forty_messages_are_recorded() -> None:
    """And every row of the table is among them."""
    assert len(RECORDED) >= 40
    assert {row.name for row in MEANINGS} <= {row[1] for row in RECORDED}


def test_the_sentence_is_for_people() -> None:
    """Colours, the extractor's mark, causes and advice about yt-dlp's own options are taken off."""
    said = f"\x1b[0;31mERROR:\x1b[0m [youtube] abc: Unable to extract title{_BUG}"
    assert sentence(said) == "Unable to extract title"
    assert sentence(f"ERROR: [youtube] abc: Private video.{_COOKIES}") == "Private video."
    assert len(sentence("ERROR: " + "x" * 5000)) == 300


def test_a_pause_is_named_where_waiting_helps() -> None:
    """A running stream is looked at again in half an hour, a host that is asked too much in an hour."""
    live = failure("x", "T: the live stream is still running or has not begun")
    limited = failure("x", "ERROR: HTTP Error 429: Too Many Requests")
    assert isinstance(live, NotYet)
    assert live.retry_after == 1800
    assert isinstance(limited, Transient)
    assert limited.retry_after == 3600


def test_only_what_presses_a_host_slows_it_down() -> None:
    """Rate limits, bot checks and server faults do; a video that is gone does not."""
    assert presses(failure("x", "ERROR: HTTP Error 429: Too Many Requests"))
    assert presses(failure("x", "ERROR: [youtube] a: Sign in to confirm you’re not a bot"))
    assert presses(failure("x", "ERROR: HTTP Error 502: Bad Gateway"))
    assert not presses(failure("x", "ERROR: [youtube] a: Video unavailable"))


def test_the_guide_tells_every_failure_with_its_next_step() -> None:
    """The table of docs/sources.md is that of the program."""
    words: dict[type[ClipperError], str] = {
        BadInput: "refused",
        NeedsPerson: "held for you",
        NotYet: "waits",
        Transient: "tried again",
        Permanent: "given up",
    }
    guide = (Path(__file__).parents[2] / "docs" / "sources.md").read_text(encoding="utf-8")
    told = guide.split("| failure | then | next step |\n|---|---|---|\n")[1].splitlines()
    assert told == [f"| {row.name} | {words[row.kind]} | {row.hint} |" for row in (*MEANINGS, SABR)]
