"""yt-dlp as a child process: never its own configuration, plugins or commands, and its errors as ours."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from appliance import process
from appliance.domain.errors import BadInput, ClipperError, NeedsPerson, Permanent, Transient
from appliance.domain.progress import OnProgress
from appliance.sources.base import FetchOptions
from appliance.sources.javascript import runtime

VERB = "_yt-dlp"  # the hidden verb under which this program is yt-dlp
_MARK = "clipper-progress"
_TEMPLATE = (
    f"download:{_MARK} %(progress.downloaded_bytes)s %(progress.total_bytes)s %(progress.total_bytes_estimate)s "
    "%(progress.speed)s %(progress.eta)s %(progress.fragment_index)s %(progress.fragment_count)s"
)

# Options that run commands, load foreign code or settings, read other lists of links, or write where they like.
_REFUSED = (
    "--exec --exec-before-download --netrc-cmd --config-locations --plugin-dirs --downloader --external-downloader "
    "--downloader-args --external-downloader-args --postprocessor-args --ppa --use-postprocessor --output --paths --batch-file "
    "--load-info-json --enable-file-urls --ffmpeg-location --alias --print-to-file --update --update-to --preset-alias "
    "--js-runtimes --remote-components --cache-dir --cookies-from-browser --split-chapters --recode-video --client-certificate"
).split()
_REFUSED_SHORT = ("-o", "-P", "-a", "-U", "-t")

_LOGIN = "Give cookies of an account that may see it: [yt_dlp] cookies_file."
_KEPT = "run it again; what is fetched is kept."

# What yt-dlp says, what that means, and the next step. The first that fits counts.
_MEANINGS: tuple[tuple[str, type[ClipperError], str], ...] = (
    (
        r"live event will begin|not currently live|Premieres in|is offline",
        Transient,
        "It has not begun: try again later.",
    ),
    (r"Private video|members-only|Join this channel|subscriber", NeedsPerson, _LOGIN),
    (r"Sign in to confirm|not a bot|log.?in|authentication|cookies|HTTP Error 401", NeedsPerson, _LOGIN),
    (
        r"HTTP Error 429|Too Many Requests|rate.?limit",
        Transient,
        "The platform asks for a pause: try again in an hour.",
    ),
    (r"in your country|geo.?restrict", Permanent, "It is blocked in this region: [yt_dlp] proxy may help."),
    (
        r"Video unavailable|been removed|no longer available|account.*terminated|HTTP Error 4(?:04|10)|does not exist",
        Permanent,
        "It is gone. Check the link in a browser.",
    ),
    (r"No space left on device", NeedsPerson, f"The disk is full: free some space and {_KEPT}"),
    (
        (
            r"Unable to download webpage|Failed to resolve|Name or service not known|Temporary failure|timed out"
            r"|Connection (?:refused|reset)|Network is unreachable|HTTP Error 5\d\d|IncompleteRead|giving up after"
        ),
        Transient,
        f"Check the network and {_KEPT}",
    ),
    (r"Unsupported URL|is not a valid URL", BadInput, "Give a link to a video that yt-dlp knows, or to a media file."),
    (
        r"Unable to extract|Failed to parse|report this issue",
        Permanent,
        "yt-dlp no longer understands that site: update it.",
    ),
)


def check_args(args: Sequence[str]) -> None:
    """BadInput for an argument that could run a command or write elsewhere (yt-dlp takes shortened names, so do we)."""
    for arg in args:
        name = arg.split("=", 1)[0]
        long = name.startswith("--") and len(name) > 2 and any(refused.startswith(name) for refused in _REFUSED)
        short = not name.startswith("--") and name[:2] in _REFUSED_SHORT
        if long or short:
            raise BadInput(
                f"[yt_dlp] args: {name} is not allowed", "Arguments that run commands or write elsewhere are refused."
            )


def download(link: str, folder: Path, stem: str, options: FetchOptions, tell: OnProgress) -> None:
    """Fetch `link` into `folder` as `stem`.* and go on where an earlier try stopped. Raises what the error means."""
    check_args(options.yt_dlp_args)
    tell(0.0, "asking")
    with tempfile.TemporaryDirectory(prefix="clipper-") as scratch:
        argv = _command(link, folder, stem, options, Path(scratch))
        watch = _Watch(tell)
        ended = process.run(argv, on_line=watch)
    if ended.code != 0:
        raise _meaning(link, ended.err or watch.last)
    tell(1.0, "fetched")


def _command(link: str, folder: Path, stem: str, options: FetchOptions, scratch: Path) -> list[str]:
    program = [options.yt_dlp] if options.yt_dlp else [sys.executable, "-m", "appliance", VERB]
    height = options.max_height
    argv = [
        *program,
        "--ignore-config",
        "--no-plugin-dirs",
        "--no-cache-dir",
        "--no-playlist",
        "--no-exec",
        "--newline",
        "--progress",
        "--progress-template",
        _TEMPLATE,
        "--continue",
        "--retries",
        "5",
        "--socket-timeout",
        "30",
        "--write-info-json",
        "--no-clean-info-json",
        "--no-mtime",
        "--format",
        f"bv*[height<={height}]+ba/b[height<={height}]/bv*+ba/b",
        "--format-sort",
        f"res:{height},vcodec:h264,acodec:aac",
        "--merge-output-format",
        "mp4/mkv",
        "--output",
        str(folder / f"{stem}.%(ext)s").replace("\\", "/"),
    ]
    if options.ffmpeg:
        argv += ["--ffmpeg-location", options.ffmpeg]
    if runtime() not in {"", "deno"}:  # deno is found by itself
        argv += ["--js-runtimes", runtime()]
    if options.cookies_file:
        argv += ["--cookies", str(_own_cookies(options.cookies_file, scratch))]
    if options.proxy:
        argv += ["--proxy", options.proxy]
    return [*argv, *options.yt_dlp_args, "--", link]


def _own_cookies(file: str, scratch: Path) -> Path:
    """A copy: yt-dlp writes cookies back, and two downloads would spoil each other's."""
    own = scratch / "cookies.txt"
    try:
        shutil.copyfile(Path(file).expanduser(), own)
    except OSError as error:
        raise BadInput(
            f"[yt_dlp] cookies_file: {file} cannot be read: {error.strerror}", "Export it anew, in Netscape format."
        ) from error
    own.chmod(0o600)
    return own


class _Watch:
    """Turns yt-dlp's lines into progress; picture and sound come one after the other, so the share never goes back."""

    def __init__(self, tell: OnProgress) -> None:
        self.tell = tell
        self.best = 0.0
        self.last = ""

    def __call__(self, line: str) -> None:
        if not line.startswith(_MARK):
            self.last = line or self.last
            return
        numbers = [_number(part) for part in line.split()[1:]]
        done, total, estimate, speed, _eta, fragment, fragments = (numbers + [None] * 7)[:7]
        share = (
            done / whole
            if done and (whole := total or estimate)
            else (fragment / fragments if fragment and fragments else 0.0)
        )
        self.best = max(self.best, min(share, 0.99))
        pace = f", {speed / 1e6:.1f} MB/s" if speed else ""
        self.tell(self.best, f"{(done or 0) / 1e6:.0f} MB{pace}")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _meaning(link: str, said: str) -> ClipperError:
    """The error class and next step that fit what yt-dlp said."""
    errors = [line for line in said.splitlines() if line.startswith("ERROR")]
    last = (errors or said.splitlines() or ["yt-dlp ended without a word"])[-1]
    last = re.sub(r"\x1b\[[0-9;]*m", "", last).removeprefix("ERROR: ")
    last = re.sub(r"^\[[\w:+]+\] (?:[^\s:]+: )?|\s*\(caused by .*\)$|; please report this issue.*$", "", last)[:300]
    for pattern, kind, hint in _MEANINGS:
        if re.search(pattern, last, re.IGNORECASE):
            return kind(f"{link}: {last}", hint)
    return Permanent(f"{link}: {last}", "Try the link in a browser; if it plays there, update yt-dlp.")
