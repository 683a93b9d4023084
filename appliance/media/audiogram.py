"""A picture for sound that has none: quiet dark ground, and bars in one colour that move with the voice. Pure."""

from __future__ import annotations

from appliance.media.views import COLOURS, Frame, number

ACCENT = "0xffd23f"
_TOP, _FOOT = "0x2a2f3d", "0x0d0e13"
_BARS, _STEPS = 32, 80
_WIDTH = 0.8  # of the canvas' width
_HEIGHT = 0.36  # of the canvas' height, both halves of the mirrored bars
_MIDDLE = 0.42  # above the captions
_LOWEST, _HIGHEST = 100, 3800  # hertz, from the first bar to the last


def audiogram(frame: Frame, inlet: str, outlet: str, frames: int) -> list[str]:
    """Chains from sound at label `inlet` to `frames` frames of the canvas at label `outlet`.

    The bars are a constant-Q spectrum of 32 columns, drawn small and enlarged, then mirrored. Every part has an end of its
    own: two endless parts would wait for each other for ever.
    """
    rate = f"{frame.rate.numerator}/{frame.rate.denominator}"
    step = max(4, round(frame.width * _WIDTH / _BARS / 2) * 2)
    half = max(8, round(frame.height * _HEIGHT / 4) * 2)
    width, gap = step * _BARS, max(2, round(step * 0.36))
    left = (frame.width - width + gap) // 4 * 2
    top = round(frame.height * _MIDDLE / 2) * 2 - half
    ground = (
        f"gradients=s={frame.width}x{frame.height}:c0={_TOP}:c1={_FOOT}:n=2:x0=0:y0=0:x1=0:y1={frame.height - 1}"
        f":speed=0.00001:r={rate}:d=1,trim=end_frame=1,format=yuv420p,loop=loop={frames - 1}:size=1,setpts=N/({rate})/TB"
    )
    bars = (
        f"showcqt=s={_BARS}x{_STEPS}:fps={rate}:axis=0:sono_h=0:bar_h={_STEPS}:bar_g=6:basefreq={_LOWEST}:endfreq={_HIGHEST}"
        ":bar_v=15*a_weighting(f):cscheme=1|1|1|1|1|1:tc=0.12:count=2,format=gray,lut=y='if(gt(val,24),255,0)'"
        f",drawbox=x=0:y={_STEPS - 1}:w={_BARS}:h=1:c=white:t=fill,tpad=stop_mode=clone:stop={frames},trim=end_frame={frames}"
    )
    up, down, mask, colour = (f"{outlet}{letter}" for letter in "udmk")
    length = number(frames / float(frame.rate) + 1)
    enlarged = f"scale={width}:{half}:flags=neighbor"
    return [
        f"[{inlet}]{bars},split[{up}][{down}]",
        f"[{up}]{enlarged}[{up}e]",
        f"[{down}]vflip,{enlarged}[{down}e]",
        f"[{up}e][{down}e]vstack,drawgrid=w={step}:h={half * 2 + 1}:t={gap}:c=black[{mask}]",
        f"color=c={ACCENT}:s={width}x{half * 2}:r={rate}:d={length},trim=end_frame={frames},format=yuva420p[{colour}]",
        f"[{colour}][{mask}]alphamerge[{outlet}b]",
        f"{ground}[{outlet}g]",
        f"[{outlet}g][{outlet}b]overlay={left}:{top},trim=end_frame={frames},format=yuv420p,{COLOURS}[{outlet}]",
    ]
