"""HDR to the range and colours that every screen shows."""

from __future__ import annotations

from appliance.domain.source import PictureTrack

# Linear light with 203 cd/m2 as white (ITU-R BT.2408), the highlights rolled off by Hable's curve, then BT.709.
_TONEMAP = (
    "zscale=t=linear:npl=203",
    "format=gbrpf32le",
    "zscale=p=bt709",
    "tonemap=hable:desat=0",
    "zscale=t=bt709:m=bt709:r=tv",
    "format=yuv420p",
)
# Without zscale: brightness only, by a curve over the coded value that lifts the middle as a PQ or HLG picture shown
# as it stands lacks it, and more colour, because wide primaries read as narrow ones look pale.
_CURVE = (
    "format=yuv420p",
    "lutyuv=y='16+219*pow(clip((val-16)/219,0,1),0.8)*1.1':u='128+(val-128)*1.35':v='128+(val-128)*1.35'",
)


def to_sdr(picture: PictureTrack, tonemap: bool) -> tuple[str, ...]:  # noqa: FBT001 - what the ffmpeg at hand can do
    """The filters that an HDR picture needs; none for any other. `tonemap`: whether zscale and tonemap are there."""
    if not picture.hdr:
        return ()
    return _TONEMAP if tonemap else _CURVE
