from __future__ import annotations

import numpy as np
import pytest

from appliance.domain.span import Span
from appliance.ranking.boundaries import refine
from appliance.ranking.bursts import bursts
from appliance.ranking.classic import peaks
from appliance.ranking.edges import edges, silences
from appliance.signals.evidence import Evidence
from tests.signals import material


def test_a_burst_is_followed_back_to_its_onset() -> None:
    """The onset is where the curve last lay under six tenths of the peak, not the peak itself."""
    values = np.zeros(300)
    values[100:121] = np.linspace(0.0, 4.0, 21)
    values[121:140] = np.linspace(3.8, 0.0, 19)
    found = bursts(values)
    assert len(found) == 1
    assert found[0].peak == 120
    assert 111 <= found[0].onset <= 113
    assert found[0].height == pytest.approx(4.0)


def test_bursts_come_highest_first_and_apart() -> None:
    """Two summits within twelve seconds are one burst; the higher of two bursts comes first."""
    values = np.zeros(400)
    values[[100, 106]] = (2.0, 3.0)
    values[300] = 5.0
    assert [burst.peak for burst in bursts(values)] == [300, 106]


def test_a_flat_curve_has_no_bursts() -> None:
    """Nothing stands out of a constant, of nothing known, or of three seconds."""
    assert bursts(np.zeros(100)) == ()
    assert bursts(np.full(100, np.nan)) == ()
    assert bursts(np.array([1.0])) == ()


def test_classic_peaks_have_their_slopes() -> None:
    """A preset's peak reaches from the foot of its climb to the foot of its fall, and low ones are left out."""
    seconds = np.arange(600.0)
    values = 4.0 * np.exp(-0.5 * ((seconds - 200) / 10) ** 2) + 1.0 * np.exp(-0.5 * ((seconds - 450) / 10) ** 2) - 0.2
    found = peaks(values, 60.0)
    assert len(found) == 1
    peak, span = found[0]
    assert peak == pytest.approx(200, abs=1)
    assert 170 <= span.start <= 190
    assert 210 <= span.end <= 230


def test_silences_are_found_at_their_middle() -> None:
    """A pause of half a second is an edge at its middle, one of a tenth is not."""
    scan = material.sound(60)
    scan.fine_db[1000:1025] = -70.0
    scan.fine_db[2000:2005] = -70.0
    assert silences(scan).tolist() == [pytest.approx(20.25)]


def test_sentence_edges_are_worth_most() -> None:
    """A sentence that begins on its own is worth more than one that hangs on the one before, and both more than a comma."""
    spoken = material.transcript(
        [
            (1.0, 5.0, "The storm came at night."),
            (5.5, 10.0, "And he never came back, so they waited."),
            (10.5, 15.0, "Nobody slept."),
        ]
    )
    points = edges(Evidence(16.0, transcript=spoken))
    worth = dict(zip(points.starts.round(2).tolist(), points.start_worth.tolist(), strict=True))
    assert worth[10.25] > worth[5.25] > min(worth.values())


def test_a_flash_is_cut_off_but_never_a_word() -> None:
    """A cut just inside an edge becomes the edge; inside the first word it does not."""
    spoken = material.transcript(
        [(10.25, 14.0, "These are some plain words."), (14.5, 19.6, "And these are some more.")]
    )
    assert refine(Span(10.0, 20.0), (10.2, 19.8), spoken) == Span(10.2, 19.8)
    assert refine(Span(10.0, 20.0), (10.28, 19.75), spoken) == Span(10.0, 19.75)
    assert refine(Span(10.0, 20.0), (12.0, 15.0), spoken) == Span(10.0, 20.0)
    assert refine(Span(10.0, 20.0), (), None) == Span(10.0, 20.0)
