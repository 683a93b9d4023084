"""yt-dlp as a child process: never its own configuration, plugins or commands, and its errors as ours."""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from appliance import process
from appliance.domain.errors import BadInput, ClipperError, NotYet, Permanent, Transient, Unwanted
from appliance.domain.located import Platform
from appliance.domain.progress import OnProgress
from appliance.guard.proxy import Proxy, guarded
from appliance.sources.address import locate
from appliance.sources.base import FetchOptions
from appliance.sources.failures import failure
from appliance.sources.javascript import runtime

VERB = "_yt-dlp"  # the hidden verb under which this program is yt-dlp
_MARK = "clipper-progress"
_TEMPLATE = (
    f"download:{_MARK} %(progress.downloaded_bytes)s %(progress.total_bytes)s %(progress.total_bytes_estimate)s "
    "%(progress.speed)s %(progress.eta)s %(progress.fragment_index)s %(progress.fragment_count)s"
)

# Options that run commands, load foreign code or settings, read other lists of links, write where they like, or lead past
# the address guard.
_REFUSED = (
    "--exec --exec-before-download --netrc-cmd --config-locations --plugin-dirs --downloader --external-downloader "
    "--downloader-args --external-downloader-args --postprocessor-args --ppa --use-postprocessor --output --paths --batch-file "
    "--load-info-json --enable-file-urls --ffmpeg-location --alias --print-to-file --update --update-to --preset-alias "
    "--js-runtimes --remote-components --cache-dir --cookies-from-browser --split-chapters --recode-video --client-certificate "
    "--proxy --geo-verification-proxy --hls-prefer-ffmpeg"
).split()
# Their pages are known; only other links need the extractor that looks for video on any page.
_KNOWN = {Platform.YOUTUBE, Platform.TWITCH, Platform.KICK}
_GUARDED = "[protocol!^=rtmp]"  # what cannot go through a proxy of ours is not taken
_LIST_SECONDS = 180.0
_REFUSED_SHORT = ("-o", "-P", "-a", "-U", "-t")


def check_args(args: Sequence[str]) -> None:
    """BadInput for an argument that could run a command or write elsewhere (yt-dlp takes shortened names, so do we)."""
    for arg in args:
        name = arg.split("=", 1)[0]
        long = name.startswith("--") and len(name) > 2 and any(refused.startswith(name) for refused in _REFUSED)
        short = not name.startswith("--") and name[:2] in _REFUSED_SHORT
        if long or short:
            raise BadInput(
                f"[yt_dlp] args: {name} is not allowed",
                "Arguments that run commands or write elsewhere are refused; a proxy is named in [yt_dlp] proxy.",
            )


def download(link: str, folder: Path, stem: str, options: FetchOptions, tell: OnProgress) -> None:
    """Fetch `link` into `folder` as `stem`.* and go on where an earlier try stopped. Raises what the error means.

    A running stream is not begun: it would go on for hours and be cut wherever the box stops; NotYet says when to come back.
    """
    tell(0.0, "asking")
    watch = _Watch(tell)
    with _cookies(options.cookies_file, folder) as cookies, guarded(options.guard) as proxy:
        argv = [*_common(link, options, cookies), *_fetching(folder, stem, options)]
        if locate(link).platform in _KNOWN:
            argv.append(
                "--write-thumbnail"
            )  # the platform's own picture, for the pages; without one nothing is missing
        argv += [*options.yt_dlp_args, "--", link]
        ended = process.run(argv, on_line=watch, env=process.environment(proxy.environment))
    # Also when it ended well: it leaves out pieces of a stream that it cannot have.
    _check(link, proxy, failure(link, ended.err or watch.last) if ended.code != 0 else None)
    if watch.passed_over:
        _check_length(link, options)
        raise failure(link, watch.passed_over)
    tell(1.0, "fetched")


def _filter(options: FetchOptions) -> str:
    """What may be fetched: nothing that runs or is to come, nothing too short or too long where the length is known."""
    wanted = ["live_status!=?is_live", "live_status!=?is_upcoming", "live_status!=?post_live"]
    wanted += [f"duration>=?{options.min_seconds:g}"] if options.min_seconds else []
    wanted += [f"duration<=?{options.max_seconds:g}"] if options.max_seconds else []
    return " & ".join(wanted)


def _check_length(link: str, options: FetchOptions) -> None:
    """Unwanted, with the lengths, when it was passed over for its length: yt-dlp does not say for which reason."""
    if not options.min_seconds and not options.max_seconds:
        return
    seconds = listed(link, 1, options).get("duration")
    if not isinstance(seconds, int | float):
        return
    if seconds < options.min_seconds:
        raise Unwanted(f"{link}: it is {seconds:.0f} s long, at least {options.min_seconds:.0f} s are wanted")
    if options.max_seconds and seconds > options.max_seconds:
        raise Unwanted(f"{link}: it is {seconds:.0f} s long, at most {options.max_seconds:.0f} s are wanted")


def listed(link: str, count: int, options: FetchOptions) -> Mapping[str, object]:
    """What yt-dlp tells of a list without opening its videos: one JSON object with at most `count` `entries`.

    A single video is told as itself. Raises what the error means.
    """
    wanted = ("--flat-playlist", "--yes-playlist", "--playlist-end", str(max(count, 1)), "--dump-single-json")
    with (
        tempfile.TemporaryDirectory(prefix="clipper-") as scratch,
        _cookies(options.cookies_file, Path(scratch)) as own,
        guarded(options.guard) as proxy,
    ):
        ended = process.run(
            [*_common(link, options, own), *wanted, *options.yt_dlp_args, "--", link],
            timeout=_LIST_SECONDS,
            cwd=scratch,
            env=process.environment(proxy.environment),
        )
    _check(link, proxy, failure(link, ended.err) if ended.code != 0 else None)
    try:
        found = json.loads(ended.out)
    except (ValueError, RecursionError) as error:
        raise Permanent(f"{link}: yt-dlp told no list: {error}", "Update yt-dlp, or check [yt_dlp] path.") from error
    if not isinstance(found, dict):
        raise Permanent(f"{link}: there is no list", "Check the link in a browser.")
    return found


def _check(link: str, proxy: Proxy, error: ClipperError | None) -> None:
    """Raise what went wrong. The guard's proxy knows better than yt-dlp why a host gave nothing."""
    if proxy.refused:
        refused = proxy.refused[0]
        raise BadInput(f"{link}: {refused.message}", refused.hint) from error
    if proxy.missed and isinstance(error, Transient) and not isinstance(error, NotYet):
        missed = proxy.missed[-1]
        raise Transient(f"{link}: {missed.message}", missed.hint) from error
    if error is not None:
        raise error


def _common(link: str, options: FetchOptions, cookies: str) -> list[str]:
    """The program and what holds for every call. The guard's proxy is named in its environment, which other users cannot read."""
    check_args(options.yt_dlp_args)
    argv = [options.yt_dlp] if options.yt_dlp else [sys.executable, "-m", "appliance", VERB]
    argv += ["--ignore-config", "--no-plugin-dirs", "--no-cache-dir", "--no-exec", "--socket-timeout", "30"]
    if runtime() not in {"", "deno"}:  # deno is found by itself
        argv += ["--js-runtimes", runtime()]
    if locate(link).platform in _KNOWN:
        argv += ["--use-extractors", "default,-generic"]
    if cookies:
        argv += ["--cookies", cookies]
    return argv


def _fetching(folder: Path, stem: str, options: FetchOptions) -> list[str]:
    """How one video is brought into the folder."""
    height = options.max_height
    argv = [
        "--no-playlist",
        "--playlist-items",
        "1",  # a page with several videos gives its first: all would be written to one name
        "--match-filters",
        _filter(options),
        "--newline",
        "--progress",
        "--progress-template",
        _TEMPLATE,
        "--continue",
        "--retries",
        "5",
        "--write-info-json",
        "--no-clean-info-json",
        "--no-mtime",
        "--format",
        "/".join(
            (
                f"bv*[height<={height}]{_GUARDED}+ba{_GUARDED}",
                f"b[height<={height}]{_GUARDED}",
                f"bv*{_GUARDED}+ba{_GUARDED}",
                f"b{_GUARDED}",
            )
        ),
        "--downloader",
        "m3u8:native",
        "--downloader",
        "dash:native",
        "--format-sort",
        f"res:{height},vcodec:h264,acodec:aac",
        "--merge-output-format",
        "mp4/mkv",
        "--output",
        str(folder / f"{stem}.%(ext)s").replace("\\", "/"),
    ]
    return [*argv, "--ffmpeg-location", options.ffmpeg] if options.ffmpeg else argv


@contextlib.contextmanager
def _cookies(file: str, folder: Path) -> Iterator[str]:
    """A copy for this call alone: yt-dlp writes cookies back, and two downloads would spoil each other's.

    It lies in the working folder under one name, so that what a crash left there is written over and removed by the next try.
    """
    if not file:
        yield ""
        return
    own = folder / ".cookies.txt"
    try:
        content = Path(file).expanduser().read_bytes()
    except OSError as error:
        raise BadInput(
            f"[yt_dlp] cookies_file: {file} cannot be read: {error.strerror}", "Export it anew, in Netscape format."
        ) from error
    try:
        own.touch(mode=0o600)
        own.write_bytes(content)
        yield str(own)
    finally:
        own.unlink(missing_ok=True)


class _Watch:
    """Turns yt-dlp's lines into progress; picture and sound come one after the other, so the share never goes back."""

    def __init__(self, tell: OnProgress) -> None:
        self.tell = tell
        self.best = 0.0
        self.last = ""
        self.passed_over = ""

    def __call__(self, line: str) -> None:
        if not line.startswith(_MARK):
            self.last = line or self.last
            if "does not pass filter" in line:
                title = line.removeprefix("[download] ").split(" does not pass filter")[0]
                self.passed_over = f"{title}: the live stream is still running or has not begun"
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
