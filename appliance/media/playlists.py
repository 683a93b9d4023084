"""Files that only point at other files: playlists, manifests and session descriptions.

A local file may come from anyone. One that makes the reader open further files or addresses is refused before any
library sees it, and once more by the format that the library recognised.
"""

from __future__ import annotations

from pathlib import Path

from appliance.domain.errors import BadInput, NeedsPerson

_HEAD_BYTES = 1 << 16
_STARTS = (b"#EXTM3U", b"ffconcat version", b"[playlist]", b"[InternetShortcut]", b"RTSPtext", b"SMIL", b"[Reference]")
_ANYWHERE = (b"<MPD", b"<SmoothStreamingMedia", b"<CompositionPlaylist", b"<AssetMap", b"<asx", b"<ASX", b"<smil")
_FORMATS = frozenset(
    [
        "applehttp",
        "concat",
        "dash",
        "hls",
        "image2",
        "imf",
        "lavfi",
        "rtp",
        "rtsp",
        "sap",
        "sdp",
        "webm_dash_manifest",
        "avisynth",
        "vapoursynth",
        "tty",
    ]
)
_HINT = "Give the link of the stream itself, or download it to an MP4 first."


def refuse_playlist(path: Path) -> None:
    """BadInput when the beginning of the file is that of a playlist, whatever its name says."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except PermissionError as error:
        raise NeedsPerson(f"{path} may not be read", "Give the user that runs Clipper read access to it.") from error
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    described = text.startswith(b"v=0") and b"\nm=" in text
    manifest = text.startswith((b"<", b"#")) and any(mark in text for mark in _ANYWHERE)
    if text.startswith(_STARTS) or described or manifest:
        raise BadInput(f"{path} is a playlist that points at other files, not a video", _HINT)


def refuse_playlist_format(path: Path, format_name: str) -> None:
    """BadInput when the container format (its names, joined by commas) is one that opens other files."""
    if _FORMATS & set(format_name.split(",")):
        raise BadInput(f"{path} is a playlist that points at other files, not a video", _HINT)
