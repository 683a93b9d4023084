from __future__ import annotations

from pathlib import Path

import pytest

from appliance.domain.errors import ConfigError
from appliance.media.encoders import CPU, Wish, choose_encoder, encoder_of, test_encode
from appliance.media.ffmpeg import Ffmpeg

try_encode = test_encode
del test_encode  # pytest would take it for a test


def test_the_processor_always_works(ffmpeg: Ffmpeg) -> None:
    """x264 passes the test encode."""
    assert try_encode(ffmpeg, CPU) == ""
    assert choose_encoder(ffmpeg, Wish("cpu")).name == "cpu"


@pytest.mark.parametrize("kind", ["nvenc", "qsv", "vaapi"])
def test_hardware_is_proved_or_the_true_reason_told(ffmpeg: Ffmpeg, kind: str) -> None:
    """A wished encoder is used if it really encodes; else the processor is, with ffmpeg's own words."""
    chosen = choose_encoder(ffmpeg, Wish(kind))
    fault = try_encode(ffmpeg, encoder_of(kind, Wish(kind)))
    if fault:
        assert chosen.on_cpu
        assert fault in chosen.notes[0]
    else:
        assert chosen.name == kind


@pytest.mark.gpu
def test_nvenc_encodes_where_a_card_can(ffmpeg: Ffmpeg) -> None:
    """On a machine with an NVIDIA card the automatic choice is NVENC, or says why not."""
    if not Path("/dev/nvidiactl").exists():
        pytest.skip("no NVIDIA card here")
    chosen = choose_encoder(ffmpeg, Wish("auto"))
    assert chosen.name == "nvenc" or any("nvenc" in note for note in chosen.notes)


def test_what_was_tried_is_remembered(ffmpeg: Ffmpeg) -> None:
    """A second choice with the same memory tries nothing again: what the memory says is believed."""
    known: dict[str, str] = {}
    first = choose_encoder(ffmpeg, Wish("nvenc"), known)
    assert len(known) == 1
    key = next(iter(known))
    assert ffmpeg.version in key
    known[key] = "" if first.on_cpu else "remembered fault"
    assert choose_encoder(ffmpeg, Wish("nvenc"), known).on_cpu != first.on_cpu


def test_arguments_of_the_settings_are_used_and_proved(ffmpeg: Ffmpeg) -> None:
    """Further arguments come last; nonsense among them is a mistake in the settings."""
    chosen = choose_encoder(ffmpeg, Wish("cpu", ("-crf", "28")))
    assert chosen.args[-2:] == ("-crf", "28")
    with pytest.raises(ConfigError, match="encode_args"):
        choose_encoder(ffmpeg, Wish("cpu", ("-preset", "nonsense")))


def test_an_unknown_kind_is_refused(ffmpeg: Ffmpeg) -> None:
    """A kind that there is not is named."""
    with pytest.raises(ConfigError, match="there is no 'gpu'"):
        choose_encoder(ffmpeg, Wish("gpu"))
