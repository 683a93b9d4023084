from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.domain.errors import BadInput
from appliance.domain.source import Chapter
from appliance.signals.evidence import Comment, Heat
from appliance.sources.infojson import Info, read_info


def read(folder: Path, document: object) -> Info:
    path = folder / "v.info.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return read_info(path)


def test_all_fields(tmp_path: Path) -> None:
    """Everything that yt-dlp tells and the ranking uses is taken."""
    info = read(
        tmp_path,
        {
            "id": "abc",
            "title": "A talk",
            "uploader": "Ann",
            "extractor": "youtube",
            "webpage_url": "https://example.org/v",
            "upload_date": "20260102",
            "duration": 61.5,
            "view_count": 10,
            "heatmap": [
                {"start_time": 0, "end_time": 2.5, "value": 0.5},
                {"start_time": 2.5, "end_time": 5, "value": 1.7},
            ],
            "comments": [{"text": "0:10 ha", "like_count": 4}, {"text": "hm"}],
            "chapters": [{"start_time": 0, "end_time": 30, "title": "One"}, {"start_time": 30, "title": "Two"}],
        },
    )
    assert (info.id, info.title, info.uploader, info.extractor) == ("abc", "A talk", "Ann", "youtube")
    assert (info.upload_date, info.duration, info.view_count) == ("20260102", 61.5, 10)
    assert info.heatmap == (Heat(0.0, 2.5, 0.5), Heat(2.5, 5.0, 1.0))
    assert info.comments == (Comment("0:10 ha", 4), Comment("hm", 0))
    assert info.chapters == (Chapter(0.0, 30.0, "One"), Chapter(30.0, 61.5, "Two"))
    assert info.notes == ()


def test_nothing_is_needed(tmp_path: Path) -> None:
    """An object without any known field, and nulls, are read as nothing known."""
    assert read(tmp_path, {}) == Info()
    assert read(tmp_path, {"heatmap": None, "chapters": None, "title": None, "duration": None}) == Info()


def test_wrong_types_cost_only_their_field(tmp_path: Path) -> None:
    """A field of a wrong type is left out and told; the others stay."""
    info = read(
        tmp_path,
        {
            "title": ["no"],
            "uploader": "Ann",
            "duration": "soon",
            "view_count": -1,
            "heatmap": "hot",
            "comments": [{"text": 5}, {"text": "ok", "like_count": "many"}, 7],
            "chapters": [{"start_time": "x"}],
        },
    )
    assert info.uploader == "Ann"
    assert (info.title, info.duration, info.view_count, info.heatmap, info.chapters) == ("", None, None, None, None)
    assert info.comments == (Comment("ok", 0),)
    notes = " ".join(info.notes)
    for field in ("title", "duration", "view_count", "heatmap", "comments", "chapters"):
        assert field in notes


@pytest.mark.parametrize("content", [b"", b"not json", b"[1]", b'{"title": "cut'])
def test_what_is_no_info_is_refused(tmp_path: Path, content: bytes) -> None:
    """A file that is no JSON object is an error with the path and a next step."""
    path = tmp_path / "v.info.json"
    path.write_bytes(content)
    with pytest.raises(BadInput) as caught:
        read_info(path)
    assert str(path) in caught.value.message
    assert caught.value.hint


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """No file: BadInput with the path."""
    with pytest.raises(BadInput, match=r"no\.info\.json"):
        read_info(tmp_path / "no.info.json")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["start_time", "end_time", "value", "text", "title"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["title", "duration", "view_count", "heatmap", "comments", "chapters", "id"]), _JSON
    )
)
def test_no_value_breaks_the_reader(tmp_path: Path, document: dict[str, object]) -> None:
    """Whatever the fields hold, the rest is read."""
    assert isinstance(read(tmp_path, document), Info)


@pytest.mark.shared
def test_a_real_info_json(shared: Path) -> None:
    """The info.json of a real download gives its title, length and chapters."""
    info = read_info(shared / "media" / "api" / "pinchflat_example.info.json")
    assert info.title
    assert info.duration == 582
    assert info.chapters is not None
    assert len(info.chapters) == 7
    assert info.heatmap is None
