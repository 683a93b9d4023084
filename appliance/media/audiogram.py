"""A picture for sound that has none: quiet dark ground, and bars in one colour that move with the voice. Pure."""

from __future__ import annotations

from appliance.media.views import Frame, number

ACCENT = "0xffd23f"
_TOP, _FOOT = "0x20242f", "0x0b0b0f"
_BARS = 28
_HEIGHT = 0.16  # of the canvas, one half of the mirrored bars
_MIDDLE = 0.42


def audiogram(frame: Frame, inlet: str, outlet: str, frames: int) -> list[str]:
    """Chains from sound at label `inlet` to `frames` frames of the canvas at label `outlet`."""
    rate = f"{frame.rate.numerator}/{frame.rate.denominator}"
    bar = frame.width * 2 // 3 // _BARS // 2 * 2
    width, half = bar * _BARS, round(frame.height * _HEIGHT / 2) * 2
    top = round(frame.height * _MIDDLE / 2) * 2 - half
    ground = (
        f"gradients=s={frame.width}x{frame.height}:c0={_TOP}:c1={_FOOT}:n=2:x0=0:y0=0:x1=0:y1={frame.height}"
        f":speed=0.00001:r={rate}:d={number(2 / float(frame.rate))},trim=end_frame=1,format=yuv420p,loop=loop=-1:size=1"
        f",setpts=N/({rate})/TB"
    )
    bars = (
        f"aformat=channel_layouts=mono,showfreqs=s={_BARS}x{half}:mode=bar:ascale=sqrt:fscale=log:win_size=2048"
        f":averaging=3:colors={ACCENT}:rate={rate}"
    )
    return [
        f"{ground}[{outlet}g]",
        f"[{inlet}]{bars}[{outlet}u]",
        f"[{outlet}g][{outlet}u]overlay={(frame.width - width) // 2}:{top}:shortest=1,trim=end_frame={frames}[{outlet}]",
    ]
