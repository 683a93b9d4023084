"""Make the sample talk that `clipper demo` works on: drawn pictures, a synthetic voice, its subtitles and its chat.

Everything in it is made here, so it may be shipped. Needs flite (for the voice), numpy, Pillow and ffmpeg; it is run by
hand when the sample should change:  python packaging/make_sample.py config/presets/sample
"""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
import tempfile
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

RATE = 32_000
FPS = 25
SIZE = (1280, 720)
SCALE = 2  # drawn larger and shrunk, for smooth edges
FONTS = Path(__file__).resolve().parent.parent / "config" / "presets" / "fonts"


@dataclass(frozen=True)
class Line:
    """A sentence, the shot it is seen in, the pause after it, and what the room does then."""

    text: str
    shot: str
    pause: float = 0.45
    room: str = ""
    room_seconds: float = 0.0
    slide: str = ""


TALK = (
    Line("Good evening, everyone.", "wide", 0.6),
    Line("My name is Ada Wren, and I repair clocks for a living.", "wide"),
    Line("Tonight I would like to say a few words about time.", "close"),
    Line("A clock is a spring, a train of wheels, and something that swings.", "slide", slide="How a clock works"),
    Line(
        "The first wheel turns once an hour, and the second wheel turns once a minute.",
        "slide",
        slide="How a clock works",
    ),
    Line("That is all there is to it, more or less.", "wide", 1.1),
    # One: the town clock.
    Line("Eleven years ago, our town hall clock went wrong, by seven minutes.", "close"),
    Line("Nobody noticed, because everybody was wrong together.", "close", 0.5, "laugh", 1.6),
    Line("The school was late, the bakery was late, and the train simply gave up.", "wide"),
    Line("So last spring I climbed the tower, and I repaired it.", "close"),
    Line("The next morning the mayor called me, and he was furious.", "close", 0.35),
    Line("Ada, he said, what have you done?", "close", 0.3),
    Line("The whole town is seven minutes early!", "close", 0.3, "laugh", 4.2),
    # Dull.
    Line("Now a word about oil.", "wide", 0.7),
    Line(
        "There are three kinds of oil for clocks, and they differ mostly in how thick they are.",
        "slide",
        slide="Three kinds of oil",
    ),
    Line(
        "The thin one is for the small wheels, and the thick one is for the large wheels.",
        "slide",
        slide="Three kinds of oil",
    ),
    Line("You should change it every five years or so.", "wide", 1.2),
    # Two: the kettle.
    Line("But here is something that I did not expect.", "close"),
    Line("I asked forty people to boil a kettle, and I counted how often they looked at the time.", "close"),
    Line("A kettle takes three minutes.", "close", 0.5),
    Line("Guess how often they looked.", "close", 0.9),
    Line("Nineteen times!", "slide", 0.4, "laugh", 2.2, slide="19"),
    Line("Nineteen looks, for one cup of tea.", "close", 0.3),
    Line("One man checked his watch, his phone, and then he asked me.", "close", 0.3, "laugh", 3.6),
    # Dull.
    Line("The list of tools is on the next page.", "slide", slide="Tools"),
    Line("You need two screwdrivers, a soft brush, and a good lamp.", "slide", slide="Tools"),
    Line("A second lamp does no harm.", "wide", 1.2),
    # Three: the watch.
    Line("When my grandmother died, she left me a watch that had never worked.", "close", 0.7),
    Line("For twenty years I refused to open it.", "close", 0.6),
    Line("I was afraid that I would not be able to mend it.", "close", 0.8),
    Line("Last winter I opened it at last.", "close", 0.7),
    Line("There was nothing broken inside.", "close", 0.9),
    Line("She had stopped it herself, at the minute that I was born.", "close", 1.3, "clap", 5.2),
    # Dull.
    Line("I would like to thank the library for the room.", "wide"),
    Line("The lights were kindly lent to us by the theatre next door.", "wide", 1.1),
    # Four: the advice.
    Line("If you remember only one thing from tonight, remember this.", "close", 0.6),
    Line("Never repair a thing, before you have asked what it is for!", "close", 0.7),
    Line("A broken clock may be somebody's most precious memory.", "close", 0.4),
    Line("And a perfect clock may make a whole town miserable.", "close", 0.3, "laugh", 2.0),
    Line("Be careful what you fix.", "close", 0.4, "clap", 5.5),
    Line("Thank you, and good night.", "wide", 1.2),
)

# What the viewers write: at the end of which sentence, how many of them, and from which words they choose.
BURSTS = {
    "The whole town is seven minutes early!": (
        46,
        ("LMAO", "hahaha", "7 minutes early", "the MAYOR", "lol", "💀", "I'm crying", "omg", "KEKW"),
    ),
    "Nobody noticed, because everybody was wrong together.": (
        14,
        ("lol", "haha", "same here", "wrong together", "KEKW"),
    ),
    "Nineteen times!": (28, ("NINETEEN", "19??", "no way", "that's me", "lol", "guilty", "omg")),
    "One man checked his watch, his phone, and then he asked me.": (
        38,
        ("HAHAHA", "lmao", "he asked HER", "💀", "I know that man", "KEKW"),
    ),
    "She had stopped it herself, at the minute that I was born.": (
        52,
        ("oh", "wow", "crying", "😭", "my heart", "who is cutting onions", "wow wow", "chills", "❤️"),
    ),
    "Never repair a thing, before you have asked what it is for!": (
        24,
        ("YES", "this", "clip it", "quote of the year", "so true"),
    ),
    "Be careful what you fix.": (36, ("clip that", "👏", "👏👏👏", "what a talk", "bravo", "GG", "wow")),
}
CALM = (
    "hi all",
    "hello from Lisbon",
    "what is she saying",
    "nice stage",
    "first",
    "sound is good",
    "ok",
    "I have that oil",
    "hm",
    "brb",
)


def say(text: str, folder: Path) -> np.ndarray:
    """The sentence as flite speaks it, at RATE, without silence around it."""
    raw, out = folder / "raw.wav", folder / "out.wav"
    subprocess.run(["flite", "-voice", "slt", "--setf", "duration_stretch=1.06", "-t", text, "-o", raw], check=True)
    subprocess.run(["sox", raw, "-r", str(RATE), out, "highpass", "90", "treble", "+3", "reverb", "8"], check=True)
    with wave.open(str(out)) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / 32768
    loud = np.flatnonzero(np.abs(sound) > 0.012)
    return sound[max(0, loud[0] - 400) : loud[-1] + 1600]


def laugh(seconds: float, rng: np.random.Generator) -> np.ndarray:
    """A room that laughs: many voices, each a row of breathy bursts five times a second, swelling and dying away."""
    length = int(seconds * RATE)
    room = np.zeros(length, np.float32)
    time = np.arange(length) / RATE
    for _ in range(26):
        pitch, pace, begin = rng.uniform(150, 420), rng.uniform(4.2, 6.2), rng.uniform(0, seconds * 0.35)
        last = rng.uniform(0.5, 1.0) * seconds
        burst = np.clip(np.sin(2 * np.pi * pace * (time - begin)), 0, 1) ** 2
        wobble = pitch * (1 + 0.06 * np.sin(2 * np.pi * pace * time + rng.uniform(0, 6)))
        phase = 2 * np.pi * np.cumsum(wobble) / RATE
        voice = sum(np.sin(k * phase) / k for k in range(1, 7)) * 0.35 + rng.normal(0, 0.5, length)
        envelope = np.clip((time - begin) / 0.25, 0, 1) * np.clip((last - time) / 0.7, 0, 1)
        room += (voice * burst * envelope * rng.uniform(0.3, 1.0)).astype(np.float32)
    return _soft(room) * 0.34


def clap(seconds: float, rng: np.random.Generator) -> np.ndarray:
    """A room that applauds: thousands of short claps, swelling fast and dying slowly."""
    length = int(seconds * RATE)
    room = np.zeros(length + RATE, np.float32)
    for _ in range(int(seconds * 150)):
        at = rng.beta(1.4, 1.8) * seconds
        body = rng.normal(0, 1, 700).astype(np.float32) * np.exp(-np.arange(700) / rng.uniform(60, 170))
        start = int(at * RATE)
        room[start : start + 700] += body * rng.uniform(0.2, 1.0)
    time = np.arange(length) / RATE
    shape = np.clip(time / 0.5, 0, 1) * np.clip((seconds - time) / 1.6, 0, 1)
    return _soft(room[:length] * shape.astype(np.float32)) * 0.4


def _soft(sound: np.ndarray) -> np.ndarray:
    """Level it and take the edge off, as a hall does."""
    kernel = np.exp(-np.arange(24) / 6).astype(np.float32)
    dull = np.convolve(sound, kernel / kernel.sum())[: len(sound)]
    return np.tanh(dull / (np.abs(dull).max() + 1e-6) * 1.6).astype(np.float32)


@dataclass(frozen=True)
class Placed:
    """A sentence with its times, and those of the room after it."""

    line: Line
    start: float
    end: float
    until: float


def speak(folder: Path) -> tuple[np.ndarray, list[Placed]]:
    """The whole sound and where everything is in it."""
    rng = np.random.default_rng(7)
    pieces, placed, at = [np.zeros(int(0.8 * RATE), np.float32)], [], 0.8
    for line in TALK:
        sound = say(line.text, folder) * 0.8
        start, end = at, at + len(sound) / RATE
        tail = np.zeros(int(max(line.pause, line.pause + line.room_seconds * 0.85) * RATE), np.float32)
        if line.room:
            made = (laugh if line.room == "laugh" else clap)(line.room_seconds, rng)
            lead = int(0.12 * RATE)
            tail = np.concatenate([tail, np.zeros(max(0, lead + len(made) - len(tail)), np.float32)])
            tail[lead : lead + len(made)] += made
        pieces += [sound, tail]
        at = end + len(tail) / RATE
        placed.append(Placed(line, start, end, at))
    sound = np.concatenate(pieces)
    return sound + rng.normal(0, 0.0011, len(sound)).astype(np.float32), placed


def _font(size: int, name: str = "Montserrat") -> ImageFont.FreeTypeFont:
    found = sorted(FONTS.rglob(f"{name}*Bold*.ttf")) or sorted(FONTS.rglob("*.ttf"))
    return ImageFont.truetype(str(found[0]), size)


def backdrop(width: int, height: int) -> Image.Image:
    """The stage: a dark teal wall with a warm pool of light."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    glow = np.exp(-(((x / width - 0.62) / 0.42) ** 2 + ((y / height - 0.42) / 0.5) ** 2))
    floor = np.clip((y / height - 0.8) * 5, 0, 1)
    red, green, blue = 14 + 60 * glow, 34 + 62 * glow, 48 + 58 * glow
    stage = np.stack([red * (1 - 0.45 * floor), green * (1 - 0.45 * floor), blue * (1 - 0.4 * floor)], -1)
    return Image.fromarray(np.clip(stage, 0, 255).astype(np.uint8))


def clock(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, time: float, faint: float) -> None:
    """A large clock of light lines, its hands going seven minutes a second."""
    tone = tuple(int(40 + (215 - 40) * faint * part) for part in (0.86, 0.9, 0.8))
    draw.ellipse([x - radius, y - radius, x + radius, y + radius], outline=tone, width=int(radius * 0.045))
    for tick in range(60):
        angle, length = math.radians(tick * 6), 0.13 if tick % 5 == 0 else 0.05
        inner = radius * (0.93 - length)
        draw.line(
            [
                x + inner * math.sin(angle),
                y - inner * math.cos(angle),
                x + radius * 0.93 * math.sin(angle),
                y - radius * 0.93 * math.cos(angle),
            ],
            fill=tone,
            width=max(1, int(radius * (0.02 if tick % 5 == 0 else 0.008))),
        )
    for length, speed, width in ((0.5, 0.06, 0.04), (0.78, 0.72, 0.025)):
        angle = time * speed
        draw.line(
            [x, y, x + radius * length * math.sin(angle), y - radius * length * math.cos(angle)],
            fill=tone,
            width=int(radius * width),
        )
    draw.ellipse([x - radius * 0.04, y - radius * 0.04, x + radius * 0.04, y + radius * 0.04], fill=tone)


def person(draw: ImageDraw.ImageDraw, x: float, y: float, size: float, time: float, open_: float, mood: str) -> None:
    """Ada: `x`, `y` is the middle of her face, `size` the height of her head, `open_` how far her mouth is open (0..1)."""
    skin, shade, hair, coat = (236, 190, 160), (214, 160, 132), (92, 44, 34), (198, 74, 58)
    sway = math.sin(time * 1.3) * 0.035 + math.sin(time * 2.9) * 0.016
    nod = math.sin(time * 4.1) * 0.012 + open_ * 0.015
    x, y = x + sway * size, y + nod * size

    def at(px: float, py: float) -> tuple[float, float]:
        return x + px * size, y + py * size

    def oval(px: float, py: float, w: float, h: float, fill: tuple[int, int, int]) -> None:
        draw.ellipse([*at(px - w, py - h), *at(px + w, py + h)], fill=fill)

    lift = (0.16 * math.sin(time * 1.7) + 0.2 * open_) if size < 260 else 0.0
    if size < 260:  # in the close shots her hands are out of the picture
        draw.line(
            [*at(0.62, 1.15), *at(0.98, 1.62 - lift), *at(1.12, 1.02 - lift * 1.6)],
            fill=coat,
            width=int(size * 0.2),
            joint="curve",
        )
        oval(1.14, 0.94 - lift * 1.6, 0.1, 0.12, skin)
    draw.rounded_rectangle([*at(-0.78, 0.74), *at(0.78, 2.9)], radius=size * 0.42, fill=coat)
    draw.polygon([at(-0.3, 0.72), at(0.3, 0.72), at(0, 1.35)], fill=(246, 238, 224))
    draw.rounded_rectangle([*at(-0.17, 0.3), *at(0.17, 0.86)], radius=size * 0.12, fill=shade)
    oval(0, -0.12, 0.52, 0.6, hair)
    draw.rounded_rectangle([*at(-0.52, -0.12), *at(0.52, 0.44)], radius=size * 0.2, fill=hair)
    oval(0, 0, 0.4, 0.5, skin)
    for side in (-1, 1):
        oval(side * 0.41, 0.04, 0.06, 0.1, shade)
    draw.pieslice([*at(-0.46, -0.62), *at(0.46, 0.22)], 180, 360, fill=hair)
    draw.polygon([at(-0.43, -0.2), at(0.14, -0.24), at(-0.36, -0.06)], fill=hair)
    blink = time % 3.7 < 0.12
    raised = 0.05 if mood in {"laugh", "clap"} else 0.02 * open_
    for side in (-1, 1):
        oval(side * 0.17, 0.02, 0.088, 0.016 if blink else 0.058, (252, 250, 246))
        if not blink:
            oval(side * 0.17 + 0.012 * math.sin(time * 0.9), 0.022, 0.038, 0.046, (44, 34, 30))
        draw.arc(
            [*at(side * 0.17 - 0.13, -0.1), *at(side * 0.17 + 0.13, 0.14)],
            0,
            360,
            fill=(46, 52, 66),
            width=max(1, int(size * 0.018)),
        )
        draw.line(
            [*at(side * 0.28, -0.15 - raised), *at(side * 0.07, -0.17 - raised)], fill=hair, width=int(size * 0.028)
        )
    draw.line([*at(-0.04, 0.02), *at(0.04, 0.02)], fill=(46, 52, 66), width=max(1, int(size * 0.018)))
    draw.line([*at(0, 0.06), *at(-0.03, 0.17), *at(0.03, 0.18)], fill=shade, width=int(size * 0.02), joint="curve")
    for side in (-1, 1):
        oval(side * 0.25, 0.2, 0.07, 0.04, (232, 160, 138))
    if mood in {"laugh", "clap"} and open_ < 0.1:
        draw.chord([*at(-0.15, 0.18), *at(0.15, 0.38)], 0, 180, fill=(150, 44, 48))
        draw.chord([*at(-0.12, 0.22), *at(0.12, 0.32)], 0, 180, fill=(250, 246, 240))
    else:
        oval(0, 0.29, 0.1 - 0.02 * open_, 0.018 + 0.08 * open_, (140, 42, 46))
        if open_ > 0.35:
            oval(0, 0.33, 0.06, 0.03 * open_, (214, 108, 104))


def audience(draw: ImageDraw.ImageDraw, width: int, height: int, time: float, mood: str) -> None:
    """Heads in the first rows; they bob when the room reacts."""
    rng = random.Random(3)
    for row in range(2):
        for seat in range(15):
            bob = (
                math.sin(time * 9 + seat * 1.7 + row) * 0.012 if mood else math.sin(time * 0.8 + seat) * 0.002
            ) * height
            x = (seat + 0.5 * row + rng.uniform(-0.15, 0.15)) / 14 * width
            y = height * (0.93 + 0.05 * row) + bob
            r = height * 0.04
            tone = (9 + 4 * row, 18 + 4 * row, 26 + 5 * row)
            draw.ellipse([x - r, y - r, x + r, y + r], fill=tone)
            draw.rounded_rectangle([x - r * 1.7, y + r * 0.8, x + r * 1.7, y + r * 5], radius=r, fill=tone)


def slide(draw: ImageDraw.ImageDraw, width: int, height: int, text: str, time: float) -> None:
    """A plain projected page: a title with bars, or one big number."""
    draw.rectangle([0, 0, width, height], fill=(238, 234, 224))
    if text.isdigit():
        font = _font(int(height * 0.55))
        draw.text((width / 2, height * 0.46), text, font=font, anchor="mm", fill=(198, 74, 58))
        draw.text(
            (width / 2, height * 0.82),
            "looks for one cup of tea",
            font=_font(int(height * 0.06)),
            anchor="mm",
            fill=(40, 56, 66),
        )
        return
    draw.text((width * 0.08, height * 0.16), text, font=_font(int(height * 0.085)), anchor="lm", fill=(40, 56, 66))
    for row, share in enumerate((0.62, 0.44, 0.55, 0.3)):
        y = height * (0.36 + row * 0.14)
        draw.rounded_rectangle(
            [width * 0.08, y, width * (0.08 + 0.8 * share), y + height * 0.055],
            radius=height * 0.02,
            fill=(120, 150, 156),
        )
    clock(draw, width * 0.84, height * 0.62, height * 0.2, time, 0.35)


def frames(sound: np.ndarray, placed: list[Placed], seconds: float):
    """Every picture of the talk, in order."""
    width, height = SIZE[0] * SCALE, SIZE[1] * SCALE
    wall = backdrop(width, height)
    wide, close = wall.copy(), wall.copy().filter(ImageFilter.GaussianBlur(6))
    step = RATE // FPS
    level = np.sqrt(np.array([np.mean(sound[n * step : (n + 1) * step] ** 2) for n in range(int(seconds * FPS))]))
    level = np.clip(level / 0.13, 0, 1)
    opened = 0.0
    for number in range(int(seconds * FPS)):
        time = number / FPS
        now = next((p for p in reversed(placed) if p.start - 0.25 <= time), placed[0])
        speaks = now.start <= time <= now.end
        mood = now.line.room if time > now.end + 0.1 and now.line.room else ""
        opened = 0.45 * opened + 0.55 * (float(level[number]) if speaks else 0.0)
        shot = (
            now.line.shot
            if not mood or now.line.room_seconds < 3
            else ("wide" if time > now.end + 1.4 else now.line.shot)
        )
        picture = (close if shot == "close" else wide).copy()
        draw = ImageDraw.Draw(picture)
        if shot == "slide":
            slide(draw, width, height, now.line.slide, time)
        elif shot == "close":
            clock(draw, width * 0.2, height * 0.4, height * 0.42, time, 0.22)
            person(draw, width * 0.56, height * 0.4, height * 0.28, time, opened, mood)
        else:
            clock(draw, width * 0.3, height * 0.4, height * 0.3, time, 0.55)
            person(draw, width * 0.68, height * 0.42, height * 0.17, time, opened, mood)
            audience(draw, width, height, time, mood)
        yield picture.resize(SIZE, Image.Resampling.BOX).tobytes()


def subtitles(placed: list[Placed]) -> str:
    """The sentences as SRT, with what the room does in brackets."""
    blocks = []
    for p in placed:
        blocks.append((p.start, p.end, p.line.text))
        if p.line.room:
            blocks.append((p.end + 0.15, p.until - 0.2, {"laugh": "[laughter]", "clap": "[applause]"}[p.line.room]))

    def stamp(seconds: float) -> str:
        whole = round(seconds * 1000)
        return f"{whole // 3600000:02}:{whole // 60000 % 60:02}:{whole // 1000 % 60:02},{whole % 1000:03}"

    return "\n".join(f"{n}\n{stamp(a)} --> {stamp(b)}\n{text}\n" for n, (a, b, text) in enumerate(blocks, 1))


def chat(placed: list[Placed], seconds: float) -> str:
    """Messages as JSONL: a calm trickle, and bursts some seconds after what caused them."""
    rng = random.Random(11)
    people = [
        f"{a}{b}"
        for a in ("tick", "mira", "old", "sea", "nico", "lamp", "juno", "kit")
        for b in ("_wren", "42", "fan", "", "_tv", "77", "owl")
    ]
    messages = [(rng.uniform(0, seconds), rng.choice(people), rng.choice(CALM)) for _ in range(int(seconds * 0.35))]
    for p in placed:
        if p.line.text in BURSTS:
            count, words = BURSTS[p.line.text]
            messages += [
                (p.end + 2.2 + rng.gammavariate(2.0, 1.7), rng.choice(people), rng.choice(words)) for _ in range(count)
            ]
    rows = sorted((round(t, 2), user, text) for t, user, text in messages if t < seconds)
    return "".join(
        json.dumps({"t": t, "user": user, "text": text}, ensure_ascii=False) + "\n" for t, user, text in rows
    )


def main(out: Path) -> None:
    """Write talk.mp4, talk.srt and talk.chat.jsonl."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        sound, placed = speak(folder)
        seconds = len(sound) / RATE
        with wave.open(str(folder / "talk.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes((np.clip(sound * 0.7, -1, 1) * 32767).astype(np.int16).tobytes())
        (out / "talk.srt").write_text(subtitles(placed), encoding="utf-8")
        (out / "talk.chat.jsonl").write_text(chat(placed, seconds), encoding="utf-8")
        encoder = subprocess.Popen(
            ["ffmpeg", "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "1280x720", "-r", str(FPS), "-i", "-",
             "-i", str(folder / "talk.wav"), "-c:v", "libx264", "-preset", "veryslow", "-crf", "25", "-tune", "animation",
             "-pix_fmt", "yuv420p", "-g", "100", "-c:a", "aac", "-b:a", "72k", "-movflags", "+faststart",
             "-metadata", "title=Ada Wren: Be careful what you fix", str(out / "talk.mp4")],
            stdin=subprocess.PIPE,
        )  # fmt: skip
        assert encoder.stdin
        for picture in frames(sound, placed, seconds):
            encoder.stdin.write(picture)
        encoder.stdin.close()
        encoder.wait()
    sys.stderr.write(f"{seconds:.0f} s, {(out / 'talk.mp4').stat().st_size / 1e6:.1f} MB\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
