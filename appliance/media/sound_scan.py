"""Measuring sound as it streams by: levels, spectrum and voice, one value a second."""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray

from appliance.signals.evidence import SoundScan

Floats = NDArray[np.float32]

HOP_SECONDS = 0.02
SILENCE_DB = -120.0
_WINDOW_SECONDS = 0.032
_PITCH_SECONDS = 0.064
_PITCH_EVERY = 2  # of the hops
_LOWEST_PITCH, _HIGHEST_PITCH = 70.0, 400.0
_CLEAR = 0.5  # a voiced frame's autocorrelation at its period, as a share of that at zero
_AUDIBLE = 1e-3  # of full scale: quieter frames have no pitch
_TINY = np.float32(1e-12)
_FIELDS = ("rms_db", "peak_db", "flux", "flatness", "centroid_hz", "voice_share", "zero_crossings", "harmonic")


class SoundMeter:
    """Takes mono samples in blocks of any size and keeps one value a second of each measure, and the fine level.

    A frame begins every 20 ms and is 32 ms long (Hann window). Pitch is looked for in frames of 64 ms by their
    autocorrelation, divided by the window's own (P. Boersma, Accurate short-term analysis, IFA Proceedings 17, 1993).
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._hop = round(rate * HOP_SECONDS)
        self._window = np.hanning(round(rate * _WINDOW_SECONDS) + 1)[:-1].astype(np.float32)
        self._pitch = _PitchFinder(rate)
        self._hertz = np.fft.rfftfreq(len(self._window), 1 / rate).astype(np.float32)
        self._voice = (self._hertz >= 300) & (self._hertz <= 3400)
        self._before = np.zeros(len(self._hertz), np.float32)
        self._rest = np.zeros(0, np.float32)
        self._kept = {name: array("f") for name in _FIELDS}
        self._fine = array(
            "h"
        )  # hundredths of a decibel: by far the most values, of which eight hours have 1.4 million
        self._samples = 0

    @property
    def seconds(self) -> float:
        """How much was taken so far."""
        return self._samples / self._rate

    def add(self, block: Floats) -> None:
        """Take samples, -1 to 1."""
        self._samples += len(block)
        self._rest = np.concatenate((self._rest, block)) if len(self._rest) else block
        whole = len(self._rest) // self._rate
        # The last second waits until the samples that its last window reaches into are there.
        if whole > 1:
            self._measure(whole - 1)

    def scan(self) -> SoundScan:
        """What was measured; the last second may be a part of one."""
        left = len(self._rest)
        if left:
            seconds = -(-left // self._rate)
            self._rest = np.concatenate((self._rest, np.zeros(seconds * self._rate - left, np.float32)))
            self._measure(seconds, heard=left / self._rate)
        fine = np.frombuffer(self._fine, np.int16)[: -(-self._samples // self._hop)].astype(np.float32)
        fine /= np.float32(100)
        kept = {name: np.frombuffer(values, np.float32).copy() for name, values in self._kept.items()}
        return SoundScan(**kept, fine_db=fine, fine_hop=HOP_SECONDS)

    def _measure(self, seconds: int, heard: float = np.inf) -> None:
        """Measure the first whole `seconds` of what waits; only the first `heard` of them hold sound."""
        used = seconds * self._rate
        self._levels(self._rest[:used].reshape(seconds, self._rate), heard)
        self._spectrum(self._frames(len(self._window), 1, seconds), seconds)
        clear = self._pitch.clear(self._frames(self._pitch.size, _PITCH_EVERY, seconds))
        self._kept["harmonic"].frombytes(clear.reshape(seconds, -1).mean(1, dtype=np.float32).tobytes())
        self._rest = self._rest[used:].copy()

    def _frames(self, size: int, every: int, seconds: int) -> Floats:
        """Overlapping frames of `size` samples (frames, size), one every `every` hops, centred on their hop."""
        count = seconds * self._rate // (self._hop * every)
        short = max(0, (count - 1) * self._hop * every + size - len(self._rest))
        samples = np.concatenate((self._rest, np.zeros(short, np.float32))) if short else self._rest
        views = np.lib.stride_tricks.sliding_window_view(samples, size)
        return views[:: self._hop * every][:count]

    def _levels(self, sound: Floats, heard: float) -> None:
        seconds = len(sound)
        power = np.einsum("ij,ij->i", sound, sound) / np.float32(self._rate)
        share = np.clip(heard - np.arange(seconds), 1 / self._rate, 1).astype(np.float32)
        self._keep("rms_db", _decibels(power / share, 10))
        self._keep("peak_db", _decibels(np.maximum(sound.max(1), -sound.min(1)), 20))
        negative = np.signbit(sound)
        self._keep("zero_crossings", np.count_nonzero(negative[:, 1:] != negative[:, :-1], axis=1) / share)
        hops = sound.reshape(-1, self._hop)
        fine = _decibels(np.einsum("ij,ij->i", hops, hops) / np.float32(self._hop), 10)
        self._fine.frombytes(np.rint(fine * 100).astype(np.int16).tobytes())

    def _spectrum(self, frames: Floats, seconds: int) -> None:
        size = np.abs(np.fft.rfft(frames * self._window, axis=1)).astype(np.float32)
        level = np.log1p(np.float32(100) * size)
        rise = np.diff(level, axis=0, prepend=self._before[None])
        self._before = level[-1]
        power = size * size + _TINY
        total = power.sum(1)
        flat = np.exp(np.log(power[:, 1:]).mean(1)) / power[:, 1:].mean(1)
        weight = total.reshape(seconds, -1)
        whole = weight.sum(1)
        self._keep("flux", np.maximum(rise, 0).mean(1).reshape(seconds, -1).mean(1))
        self._keep("flatness", (flat.reshape(seconds, -1) * weight).sum(1) / whole)
        self._keep("centroid_hz", (power @ self._hertz).reshape(seconds, -1).sum(1) / whole)
        self._keep("voice_share", power[:, self._voice].sum(1).reshape(seconds, -1).sum(1) / whole)

    def _keep(self, name: str, values: NDArray[np.floating]) -> None:
        self._kept[name].frombytes(values.astype(np.float32).tobytes())


class _PitchFinder:
    """Whether frames have a clear pitch between 70 and 400 Hz. Works at half the rate, where the voice's pitch is whole."""

    def __init__(self, rate: int) -> None:
        self.size = round(rate * _PITCH_SECONDS)
        half = self.size // 2
        self._window = np.hanning(half + 1)[:-1].astype(np.float32)
        self._length = 1 << (half * 3 // 2 - 1).bit_length()
        own = self._correlation(np.ones((1, half), np.float32))[0]
        low, high = round(rate / 2 / _HIGHEST_PITCH), round(rate / 2 / _LOWEST_PITCH)
        self._lags = slice(low, high + 1)
        self._own = own[self._lags] / own[0]

    def clear(self, frames: Floats) -> NDArray[np.bool_]:
        """For each frame (frames, size): whether it is voiced."""
        halved = (frames[:, 0::2] + frames[:, 1::2]) / np.float32(2)
        halved = halved - halved.mean(1, keepdims=True)
        correlation = self._correlation(halved)
        power = correlation[:, 0] + _TINY
        best = (correlation[:, self._lags] / self._own).max(1) / power
        loud = np.sqrt(np.einsum("ij,ij->i", halved, halved) / halved.shape[1]) > _AUDIBLE
        voiced: NDArray[np.bool_] = (best > _CLEAR) & loud
        return voiced

    def _correlation(self, frames: Floats) -> Floats:
        spectrum = np.fft.rfft(frames * self._window, self._length, axis=1)
        power = spectrum.real**2 + spectrum.imag**2
        correlation: Floats = np.fft.irfft(power, self._length, axis=1).astype(np.float32)
        return correlation


def _decibels(values: Floats, factor: int) -> Floats:
    levels: Floats = np.maximum(factor * np.log10(np.maximum(values, _TINY)), SILENCE_DB).astype(np.float32)
    return levels
