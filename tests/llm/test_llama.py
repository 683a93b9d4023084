from __future__ import annotations

from collections.abc import Iterator

import pytest

from appliance.domain.progress import unwatched
from appliance.llm import JudgeOptions, Line, Shown, ping
from appliance.llm.endpoint import Endpoint, TooLong
from appliance.llm.judge import judge
from appliance.llm.question import question
from tests.llm.standin import nothing_kept
from tests.llm.tiny_llama import build, serving


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real llama.cpp server with a tiny model of random numbers."""
    pytest.importorskip("xllamacpp", reason="there is no llama.cpp for this machine")
    with serving(build(tmp_path_factory.mktemp("llama") / "tiny.gguf")) as base_url:
        yield base_url


SHOWN = [Shown(0, 20, (Line(0, 9, "First of all."), Line(10, 20, "And then it broke.")))]


def test_a_real_server_keeps_to_the_schema(llama: str) -> None:
    """Even random weights answer in the shape that was asked for."""
    asked = question(SHOWN, [0], (("funny", "A joke."),))
    reply = Endpoint(llama, "", "", 60.0).ask(asked)
    assert reply.text.lstrip().startswith("{")
    assert '"ranking"' in reply.text
    assert reply.tokens > reply.read_tokens > 100


def test_whatever_a_real_model_says_the_work_goes_on(llama: str) -> None:
    """A model that knows nothing gives opinions that hold, or a reason; never an exception."""
    options = JudgeOptions(base_url=llama, context=8192, timeout=60.0)
    judgement = judge(SHOWN, options, "", nothing_kept(), unwatched)
    assert (judgement.missing is None) == bool(judgement.opinions)
    assert all(0 <= opinion.score <= 100 and opinion.end >= opinion.start for opinion in judgement.opinions)


def test_a_question_larger_than_a_real_context_is_noticed(llama: str) -> None:
    """llama.cpp refuses it, and that is understood."""
    long = [Shown(0, 20, tuple(Line(n, n + 1, "word " * 60) for n in range(60)))]
    with pytest.raises(TooLong):
        Endpoint(llama, "", "", 60.0).ask(question(long, [0], ()))


def test_a_real_server_tells_its_models(llama: str) -> None:
    """The list is not empty."""
    assert ping(llama, "")
