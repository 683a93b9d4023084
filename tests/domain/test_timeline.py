from __future__ import annotations

import pickle

import msgspec
import pytest

from appliance.domain.errors import BadInput, ClipperError, ConfigError, NeedsPerson, Permanent, Transient
from appliance.domain.timeline import Aspect, Box, Canvas, Cut, Key, Layout, Scene, SourceFile, Timeline, View
from appliance.domain.transcript import join

TIMELINE = Timeline(
    title="A title",
    canvas=Canvas(1080, 1920, 30.0),
    sources=(SourceFile("a", "talk.mp4"),),
    cuts=(
        Cut("a", 10.0, 14.0, (Scene(10.0, 14.0, Layout.CROP, (View((Key(10.0, Box(0.1, 0, 0.3, 1)),)),)),)),
        Cut("a", 20.0, 26.0),
    ),
)


def test_a_moment_of_the_source_has_its_place_in_the_clip() -> None:
    """Time in the clip counts over all cuts; what is cut out has no place."""
    assert TIMELINE.seconds == 10.0
    assert TIMELINE.place("a", 11.5) == 1.5
    assert TIMELINE.place("a", 21.0) == 5.0
    assert TIMELINE.place("a", 16.0) is None
    assert TIMELINE.place("b", 11.0) is None


def test_a_timeline_survives_json() -> None:
    """What is written as JSON is read back as the same value."""
    assert msgspec.json.decode(msgspec.json.encode(TIMELINE), type=Timeline) == TIMELINE


@pytest.mark.parametrize("aspect", list(Aspect))
def test_every_aspect_has_the_size_that_its_name_says(aspect: Aspect) -> None:
    """Width to height is as named, and both are even."""
    width, height = aspect.size
    across, up = map(int, aspect.split(":"))
    assert width * up == height * across
    assert width % 2 == height % 2 == 0


@pytest.mark.parametrize("kind", [Transient, Permanent, NeedsPerson, BadInput, ConfigError])
def test_errors_travel_between_processes_whole(kind: type[ClipperError]) -> None:
    """Message and hint survive pickling."""
    error = pickle.loads(pickle.dumps(kind("what", "next")))
    assert type(error) is kind
    assert (error.message, error.hint) == ("what", "next")


def test_words_are_joined_as_their_script_is_written() -> None:
    """Spaces between Latin words, none between Han characters."""
    assert join(["Hello", "there."]) == "Hello there."
    assert join(["今", "天", "很", "好。"]) == "今天很好。"
