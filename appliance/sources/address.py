"""Telling links and files apart, whose link it is, and the one way to write it. Nothing is opened or asked."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

from appliance.domain.errors import BadInput
from appliance.domain.located import Located, Platform

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_MEDIA = re.compile(
    r"\.(mp4|m4v|mov|mkv|webm|avi|ts|m2ts|flv|mpg|mpeg|mp3|m4a|aac|ogg|opus|oga|wav|flac|m3u8|mpd)$", re.IGNORECASE
)
_HOSTS = {
    "youtube.com": Platform.YOUTUBE,
    "youtube-nocookie.com": Platform.YOUTUBE,
    "youtu.be": Platform.YOUTUBE,
    "twitch.tv": Platform.TWITCH,
    "kick.com": Platform.KICK,
    "discordapp.com": Platform.DISCORD,
    "discordapp.net": Platform.DISCORD,
    "discord.com": Platform.DISCORD,
}
_LISTS = {
    Platform.YOUTUBE: re.compile(r"^/(?:playlist|channel/|c/|user/|@)"),
    Platform.TWITCH: re.compile(r"^/(?:collections/|\w+/(?:videos|clips|profile)?$|\w+$)"),
    Platform.KICK: re.compile(r"^/[\w-]+(?:/(?:videos|clips)?)?$"),
}
# What a share link adds without changing which video it is.
_NOISE = {"si", "feature", "pp", "t", "start", "ab_channel", "fbclid", "gclid", "ref", "ref_src", "igsh"}


def locate(said: str) -> Located:
    """What the person named: a file on this machine, or a link. BadInput when it can be neither."""
    said = said.strip()
    if not said:
        raise BadInput("no source was given", "Give a file, or a link that begins with https://")
    if not _SCHEME.match(said):
        return _file(said)
    try:
        parts = urlsplit(said)
        host, port = (parts.hostname or "").lower().removeprefix("www."), parts.port
    except ValueError as error:
        raise BadInput(f"{said}: that is no link: {error}", "Check the link for typing mistakes.") from error
    if parts.scheme.lower() == "file":
        return _file(parts.path)
    if parts.scheme.lower() not in {"http", "https"}:
        raise BadInput(
            f"{said}: links of kind {parts.scheme}:// are not taken", "Use an https:// link or a local file."
        )
    if not host:
        raise BadInput(f"{said}: the link names no host", "Check the link for typing mistakes.")
    platform = next((name for tail, name in _HOSTS.items() if host == tail or host.endswith("." + tail)), None)
    if platform is None:
        platform = Platform.DIRECT if _MEDIA.search(parts.path) else Platform.OTHER
    return Located(platform, said, _normal(platform, host, port, parts.path, parts.query))


def check_policy(located: Located, allow: tuple[str, ...], *, allow_any: bool) -> None:
    """BadInput, naming the platform, when links of that kind are not taken. Asks nobody."""
    if located.is_file or allow_any or located.platform.value in allow:
        return
    host = urlsplit(located.address).hostname or located.address
    if located.platform is Platform.OTHER:
        raise BadInput(
            f"{host}: links to that site are not taken (taken: {', '.join(allow) or 'none'})",
            "Set allow_any = true under [sources] in clipper.toml to try any site that yt-dlp knows.",
        )
    raise BadInput(
        f"{host}: {located.platform.value} links are not taken (taken: {', '.join(allow) or 'none'})",
        f'Add "{located.platform.value}" to allow under [sources] in clipper.toml.',
    )


def is_list(located: Located) -> bool:
    """Whether a link leads to a list of videos, such as a playlist or a channel's page. Tells only what the link shows."""
    if located.platform not in _LISTS or located.key.startswith(f"{located.platform.value}:"):
        return False
    return bool(_LISTS[located.platform].match(urlsplit(located.address).path.rstrip("/")))


def is_media_name(name: str) -> bool:
    """Whether a name or path ends like that of a media file or streaming playlist."""
    return _MEDIA.search(name) is not None


def page_parts(said: str) -> tuple[str, SplitResult] | None:
    """The host (without www. and m.) and the parts of an address, which may lack its https://. None when it is no address."""
    said = said.strip()
    try:
        parts = urlsplit(said if "://" in said else f"https://{said}")
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or "." not in host:
        return None
    return host.removeprefix("www.").removeprefix("m."), parts


def _file(said: str) -> Located:
    path = Path(said)
    with contextlib.suppress(RuntimeError):  # a name like ~0, of nobody here, is a name
        path = path.expanduser()
    try:
        whole = path.resolve()
        there = whole.exists()
    except (OSError, ValueError) as error:
        raise BadInput(
            f"{said[:200]}: that cannot be a file: {error}", "Give a file, or a link that begins with https://"
        ) from error
    if not there:
        looks_like_link = re.match(r"^(www\.|[a-z0-9-]+\.(com|tv|be|net|org)/)", said, re.IGNORECASE)
        hint = f"For a link write https://{said}" if looks_like_link else "Check the path for typing mistakes."
        raise BadInput(f"{said}: there is no such file", hint)
    if not whole.is_file():
        raise BadInput(f"{said}: that is no file but a folder", "Name one video file in it.")
    return Located(Platform.FILE, str(whole), str(whole))


def _normal(platform: Platform, host: str, port: int | None, path: str, query: str) -> str:
    """The link without scheme, sharing noise and signatures, so that one video has one name."""
    known = {
        Platform.YOUTUBE: _youtube_id,
        Platform.TWITCH: _twitch_id,
        Platform.KICK: _kick_id,
        Platform.DISCORD: _discord_id,
    }
    if platform in known and (video := known[platform](host, path, query)):
        return f"{platform.value}:{video}"
    dropped = set[str]() if platform is Platform.DIRECT else _NOISE
    kept = sorted(
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True)
        if name not in dropped and not name.startswith("utm_")
    )
    where = host if port in {None, 80, 443} else f"{host}:{port}"
    return urlunsplit(("", where, path.rstrip("/"), urlencode(kept), "")).removeprefix("//")


def _youtube_id(host: str, path: str, query: str) -> str:
    if host.endswith("youtu.be"):
        return path.strip("/").split("/")[0]
    if named := parse_qs(query).get("v"):
        return named[0]
    found = re.match(r"^/(?:shorts|live|embed|v)/([\w-]{6,})", path)
    return found.group(1) if found else ""


def _twitch_id(host: str, path: str, query: str) -> str:
    if vod := re.search(r"/v(?:ideos?)?/v?(\d+)", path):
        return vod.group(1)
    if host == "player.twitch.tv" and (named := re.search(r"(?:^|&)video=v?(\d+)", query)):
        return named.group(1)
    clip = re.match(
        r"^/(?:embed|[\w/]+/)?([\w-]+)$" if host == "clips.twitch.tv" else r"^/(?:\w+/)?clip/([\w-]+)", path
    )
    named_clip = parse_qs(query).get("clip", [""])[0] if host == "clips.twitch.tv" else ""
    return f"clip:{named_clip or (clip.group(1) if clip else '')}".removesuffix("clip:")


def _kick_id(_host: str, path: str, query: str) -> str:
    if vod := re.search(r"/videos?/([0-9a-f-]{8,})", path.lower()):
        return vod.group(1)
    clip = re.search(r"/clips/(clip_[\w-]+)", path) or re.search(r"(?:^|&)clip=(clip_[\w-]+)", query)
    return clip.group(1) if clip else ""


def _discord_id(_host: str, path: str, _query: str) -> str:
    """The query is a signature that is made anew all the time, or a size."""
    file = re.match(r"^/(?:ephemeral-)?attachments/(\d+/\d+/[^/]+)$", path)
    return file.group(1) if file else ""
