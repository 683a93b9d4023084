from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from appliance.domain.errors import Transient
from appliance.domain.progress import unwatched
from appliance.sources import kick_chat, twitch_chat
from appliance.sources.chatlog import read_chat
from appliance.sources.replay import NAME, Asking, Got, Plan, Reply, replay

BEGIN = datetime(2026, 8, 20, 17, 0, tzinfo=UTC)
GAP = 1.7  # seconds between two messages of the stand-in chats


class KickHost:
    """Answers five seconds of chat at a time, a pinned broken row among them, and troubles where a test wants them."""

    def __init__(self, seconds: float, troubles: Mapping[int, int] | None = None) -> None:
        self.seconds = seconds
        self.troubles = dict(troubles or {})
        self.asked: list[float] = []
        self._lock = threading.Lock()

    def send(self, link: str, _body: bytes | None) -> Reply:
        """The answer to a question."""
        start = datetime.fromisoformat(link.rsplit("start_time=", 1)[1].replace("%3A", ":"))
        at = (start - BEGIN).total_seconds()
        with self._lock:
            self.asked.append(at)
            if status := self.troubles.pop(len(self.asked), 0):
                return status, {"Retry-After": "0"}, b""
        first = int(max(at, 0) / GAP)
        rows: list[object] = [
            {
                "id": f"m{number}",
                "user_id": number % 7,
                "content": f"hello {number} [emote:1:KEKW]",
                "sender": {"id": number % 7, "username": "x"},
                "created_at": (BEGIN + timedelta(seconds=number * GAP)).isoformat(),
            }
            for number in range(first, int((at + 5) / GAP) + 1)
            if number * GAP < self.seconds
        ]
        return 200, {}, json.dumps({"data": {"messages": [*rows, {"id": None}, "broken"], "cursor": ""}}).encode()


class TwitchHost:
    """Answers twenty messages from a whole second on."""

    def __init__(self, seconds: float, gap: float = GAP) -> None:
        self.times = [(number, int(number * gap)) for number in range(int(seconds / gap) + 1)]
        self.asked = 0
        self.missing = 1  # the list is not there at the first question

    def send(self, _link: str, body: bytes | None) -> Reply:
        """The answer to a question."""
        self.asked += 1
        at = json.loads(body or b"")["variables"]["contentOffsetSeconds"]
        if self.asked <= self.missing:
            return 200, {}, json.dumps({"data": {"video": {"comments": None}}}).encode()
        rest = [(number, time) for number, time in self.times if time >= at]
        edges = [
            {
                "cursor": "c",
                "node": {
                    "id": f"t{number}",
                    "contentOffsetSeconds": time,
                    "commenter": None if number % 5 == 0 else {"id": str(number % 5), "login": "x"},
                    "message": {
                        "fragments": [
                            {"text": f"hi {number} ", "emote": None},
                            {"text": "Kappa", "emote": {"emoteID": "25"}},
                        ]
                    },
                },
            }
            for number, time in rest[:20]
        ]
        comments = {"edges": edges, "pageInfo": {"hasNextPage": len(rest) > 20}}
        return 200, {}, json.dumps({"data": {"video": {"comments": comments}}}).encode()


def _kick(host: KickHost, folder: Path, *, piece: float = 30.0) -> Got:
    asking = Asking(host.send, first_pause=0.01)
    ask = partial(kick_chat.ask, asking, "https://chat.example", "668", BEGIN)
    return replay(Plan(host.seconds, piece), folder, ask, asking, unwatched)


def _twitch(host: TwitchHost, folder: Path, seconds: float) -> Got:
    asking = Asking(host.send, first_pause=0.01)
    ask = partial(twitch_chat.ask, asking, "https://chat.example/gql", "123")
    return replay(Plan(seconds, 30.0, workers=2), folder, ask, asking, unwatched)


def test_a_kick_chat_is_whole_and_in_order(tmp_path: Path) -> None:
    """Every message comes once, with its second of the recording and its emote, and broken rows are passed over."""
    host = KickHost(100)
    got = _kick(host, tmp_path)
    chat = read_chat(tmp_path / got.file)
    assert list(chat.times) == [pytest.approx(number * GAP, abs=0.002) for number in range(59)]
    assert chat.emotes == {"KEKW"}
    assert chat.platform == "kick"
    assert chat.unreadable == 0
    assert not list(tmp_path.glob("chat-parts*"))


def test_a_chat_that_broke_off_goes_on_with_the_missing_pieces(tmp_path: Path) -> None:
    """A host that fails in the middle leaves finished pieces, and the next try asks only for the others."""
    broken = KickHost(300, dict.fromkeys(range(16, 400), 503))
    got = _kick(broken, tmp_path)
    assert got.file == ""
    assert "503" in got.notes[0]
    kept = len(list((tmp_path / "chat-parts").glob("*.jsonl")))
    assert 0 < kept < 10
    whole = KickHost(300)
    assert _kick(whole, tmp_path).file == NAME
    assert len(whole.asked) == (10 - kept) * 6
    assert len(read_chat(tmp_path / NAME).times) == 177


def test_a_host_that_wants_a_pause_gets_it_and_nothing_is_lost(tmp_path: Path) -> None:
    """A few 429 and 500 answers are waited for and asked again."""
    host = KickHost(100, {2: 429, 3: 429, 5: 500, 9: 502})
    assert _kick(host, tmp_path).file == NAME
    assert len(read_chat(tmp_path / NAME).times) == 59


@pytest.mark.parametrize(("status", "word"), [(403, "browser"), (404, "gone"), (400, "way of asking")])
def test_a_refusal_ends_it_at_once(tmp_path: Path, status: int, word: str) -> None:
    """What is refused is asked by each worker once at most, and the note says why."""
    host = KickHost(3000, dict.fromkeys(range(1, 2000), status))
    got = _kick(host, tmp_path)
    assert got.file == ""
    assert word in got.notes[0]
    assert len(host.asked) <= 4


def test_a_network_that_is_down_is_told_and_not_asked_for_ever(tmp_path: Path) -> None:
    """The reason stands in the note."""

    def down(_link: str, _body: bytes | None) -> Reply:
        raise Transient("the network is unreachable")

    asking = Asking(down, tries=3, first_pause=0.001)
    ask = partial(kick_chat.ask, asking, "https://chat.example", "668", BEGIN)
    got = replay(Plan(60.0, 30.0), tmp_path, ask, asking, unwatched)
    assert got == Got("", ("no chat: the network is unreachable (0 of 2 pieces are kept)",))


def test_an_empty_chat_is_no_file(tmp_path: Path) -> None:
    """Nobody wrote: there is nothing to read, and that is said."""
    asking = Asking(lambda *_: (200, {}, b'{"data": {"messages": []}}'))
    ask = partial(kick_chat.ask, asking, "https://chat.example", "668", BEGIN)
    got = replay(Plan(60.0, 30.0), tmp_path, ask, asking, unwatched)
    assert got == Got("", ("nobody wrote in the chat",))


def test_a_finished_chat_is_not_asked_for_again(tmp_path: Path) -> None:
    """The file that is there counts."""
    assert _kick(KickHost(30), tmp_path).file == NAME
    again = KickHost(30)
    assert _kick(again, tmp_path) == Got(NAME, ())
    assert not again.asked


def test_a_twitch_chat_is_whole_and_in_order(tmp_path: Path) -> None:
    """Paging by second loses nothing, a missing list is asked for again, and people without an account are taken."""
    host = TwitchHost(100)
    chat = read_chat(tmp_path / _twitch(host, tmp_path, 100).file)
    assert list(chat.times) == [int(number * GAP) for number in range(59)]
    assert chat.emotes == {"Kappa"}
    assert chat.platform == "twitch"


def test_a_second_with_more_messages_than_an_answer_holds_is_passed(tmp_path: Path) -> None:
    """A burst longer than a page does not stop the walk."""
    host = TwitchHost(10, gap=0.01)
    chat = read_chat(tmp_path / _twitch(host, tmp_path, 10).file)
    assert set(chat.times) == set(range(11))


def test_a_question_that_twitch_does_not_know_any_more_is_told(tmp_path: Path) -> None:
    """The web player's question has a new hash: its refusal is in the note."""
    said = json.dumps({"errors": [{"message": "PersistedQueryNotFound"}]}).encode()
    asking = Asking(lambda *_: (200, {}, said))
    ask = partial(twitch_chat.ask, asking, "https://chat.example/gql", "123")
    got = replay(Plan(60.0, 30.0), tmp_path, ask, asking, unwatched)
    assert "PersistedQueryNotFound" in got.notes[0]
