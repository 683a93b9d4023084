"""Asking a language model for titles, descriptions and hashtags of clips. One question a clip; it never fails the work.

Whatever goes wrong with a clip is said in the place of its suggestions, and the words of the clip itself serve instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from appliance.domain.errors import ClipperError
from appliance.domain.progress import OnProgress
from appliance.domain.suggestions import Suggestions
from appliance.llm.base import JudgeOptions, Memory, Shown
from appliance.llm.endpoint import Endpoint, Reply, TooLong
from appliance.llm.question import Question
from appliance.llm.written import order, read

_SEEN_SHARE = 0.5  # an endpoint that read less than this of the question has cut it off


@dataclass(frozen=True, slots=True)
class Written:
    """For every clip its suggestions, or in words why there are none; remarks for the person; what it cost in tokens."""

    suggestions: tuple[Suggestions | str, ...]
    notes: tuple[str, ...] = ()
    tokens: int = 0


@dataclass
class _Session:
    """The state of one round of questions."""

    options: JudgeOptions
    endpoint: Endpoint
    memory: Memory
    spent: int = 0
    notes: list[str] = field(default_factory=list)


def write(shown: Sequence[Shown], options: JudgeOptions, api_key: str, memory: Memory, tell: OnProgress) -> Written:
    """Suggestions for every clip, in the order given. Never raises for what the endpoint does or says."""
    session = _Session(options, Endpoint(options.base_url, options.model, api_key, options.timeout), memory)
    out: list[Suggestions | str] = []
    for number, clip in enumerate(shown):
        try:
            out.append(_written(session, clip))
        except ClipperError as error:
            # A dead endpoint stays dead: the others are not asked, so that the wait is bounded.
            why = f"{error.message}. {error.hint}".rstrip(". ") + "."
            out += [why] * (len(shown) - number)
            break
        tell((number + 1) / len(shown), "asking the language model for titles")
    return Written(tuple(out), tuple(dict.fromkeys(session.notes)), session.spent)


def _written(session: _Session, clip: Shown) -> Suggestions | str:
    """The suggestions for one clip, asked with fewer of its sentences when the model cannot read them all."""
    if not any(line.text.strip() for line in clip.lines):
        return "nothing is said in it"
    while True:
        asked = _fitting(clip, session.options.context)
        if asked is None:
            return f"not even one sentence fits {session.options.context} tokens"
        try:
            return _answered(session, asked, clip)
        except TooLong as error:
            if len(clip.lines) < 2:
                return f"the language model could not read it: {error}"
            clip = replace(clip, lines=clip.lines[: len(clip.lines) // 2])


def _fitting(clip: Shown, context: int) -> Question | None:
    """The question with as many of the clip's first sentences as fit the model's context."""
    for count in range(len(clip.lines), 0, -1):
        asked = order(replace(clip, lines=clip.lines[:count]))
        if asked.tokens + asked.answer_tokens <= context * 0.95:
            return asked
    return None


def _answered(session: _Session, asked: Question, clip: Shown) -> Suggestions | str:
    said = " ".join(line.text for line in clip.lines)
    key = hashlib.sha256(f"{session.endpoint.model}\n{asked.whole}".encode()).hexdigest()[:32]
    remembered = session.memory.recall(key)
    if remembered is not None:
        return read(remembered, said).suggestions
    budget = session.options.budget
    if budget and session.spent + asked.tokens + asked.answer_tokens > budget:
        return f"the language model's budget of {budget} tokens is used up"
    reply = session.endpoint.ask(asked)
    session.spent += reply.tokens or asked.tokens + len(reply.text) // 3
    if reply.read_tokens and reply.read_tokens < asked.tokens * _SEEN_SHARE and len(clip.lines) > 1:
        raise TooLong(f"it read only {reply.read_tokens} of about {asked.tokens} tokens")
    found = read(reply.text, said)
    if not found.suggestions.titles:
        return _why(reply, found.refused)
    if reply.cut_off or found.broken:
        session.notes.append("the language model's answer broke off; what was whole was kept")
    else:
        session.memory.keep(key, reply.text)
    if found.refused:
        session.notes.append("titles of the language model that have nothing to do with what is said were left out")
    return found.suggestions


def _why(reply: Reply, refused: int) -> str:
    """Why an answer holds no title."""
    if reply.refusal:
        return f"the language model refused: {reply.refusal[:160]}"
    if not reply.text.strip():
        return "the language model answered nothing"
    if refused:
        return "the language model's titles have nothing to do with what is said"
    return "the language model's answer makes no sense"
