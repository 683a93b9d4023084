"""Asking a language model to compare the best candidates. It never finds moments and never fails the work.

An endpoint that is dead, slow, too small, silent, or talks nonsense costs its opinion and leaves a remark, nothing else.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from appliance.domain.curve import Missing
from appliance.domain.errors import ClipperError
from appliance.domain.progress import OnProgress
from appliance.llm.answer import read
from appliance.llm.base import Judgement, JudgeOptions, Memory, Shown
from appliance.llm.endpoint import Endpoint, Reply, TooLong
from appliance.llm.question import Question, groups, question
from appliance.signals.evidence import Opinion

_SEEN_SHARE = 0.5  # an endpoint that read less than this of the question has cut it off


@dataclass
class _Session:
    """The state of one round of questions."""

    options: JudgeOptions
    endpoint: Endpoint
    memory: Memory
    spent: int = 0
    notes: list[str] = field(default_factory=list)

    def affords(self, asked: Question) -> bool:
        """Whether the budget still covers the question and its answer."""
        cost = asked.tokens + asked.answer_tokens
        return not self.options.budget or self.spent + cost <= self.options.budget


def judge(shown: Sequence[Shown], options: JudgeOptions, api_key: str, memory: Memory, tell: OnProgress) -> Judgement:
    """Opinions on the candidates, as far as the endpoint gives any that hold."""
    if not shown:
        return Judgement(
            missing=Missing("judge", "there is no text to judge", "Subtitles or a speech model give some.")
        )
    waiting = deque(groups(shown, options.criteria, options.context))
    if not waiting:
        return Judgement(missing=Missing("judge", f"nothing fits {options.context} tokens", "Raise [llm] context."))
    session = _Session(options, Endpoint(options.base_url, options.model, api_key, options.timeout), memory)
    opinions: list[Opinion] = []
    done, whole = 0, len(shown)
    while waiting:
        group = waiting.popleft()
        asked = question(shown, group, options.criteria)
        try:
            found = _asked(session, asked, shown)
        except TooLong as error:
            if len(group) > 1:
                waiting.extendleft((group[1::2], group[::2]))
            else:
                session.notes.append(f"the language model could not read a candidate: {error}")
            continue
        except ClipperError as error:
            return _ended(session, opinions, error)
        if found is None:
            session.notes.append(
                f"the language model's budget of {options.budget} tokens is used up: {whole - done} candidates were not judged"
            )
            break
        opinions += found
        done += len(group)
        tell(done / whole, "asking the language model")
    if not opinions:
        why = "; ".join(dict.fromkeys(session.notes)) or "the language model gave no answer that can be used"
        return Judgement((), tuple(session.notes), Missing("judge", why, "Try another model in [llm]."), session.spent)
    return Judgement(tuple(opinions), tuple(dict.fromkeys(session.notes)), None, session.spent)


def _asked(session: _Session, asked: Question, shown: Sequence[Shown]) -> list[Opinion] | None:
    """The opinions on one question; None when it cannot be afforded."""
    key = hashlib.sha256(f"{session.endpoint.model}\n{asked.whole}".encode()).hexdigest()[:32]
    remembered = session.memory.recall(key)
    if remembered is not None:
        return list(read(remembered, asked, shown).opinions)
    if not session.affords(asked):
        return None
    reply = session.endpoint.ask(asked)
    session.spent += reply.tokens or asked.tokens + len(reply.text) // 3
    if reply.read_tokens and reply.read_tokens < asked.tokens * _SEEN_SHARE and len(asked.asked) > 1:
        raise TooLong(f"it read only {reply.read_tokens} of about {asked.tokens} tokens")
    found = read(reply.text, asked, shown)
    session.notes.extend(_remarks(reply, found.refused, broken=found.broken, used=len(found.opinions)))
    if found.opinions and not found.broken:
        session.memory.keep(key, reply.text)
    return list(found.opinions)


def _remarks(reply: Reply, refused: int, *, broken: bool, used: int) -> list[str]:
    """What a person should know about an answer."""
    if reply.refusal:
        return [f"the language model refused: {reply.refusal[:160]}"]
    if not reply.text.strip():
        return ["the language model answered nothing"]
    if not used:
        return ["the language model's answer makes no sense"]
    remarks = []
    if reply.cut_off or broken:
        remarks.append(f"the language model's answer broke off; {used} opinions were saved")
    if refused:
        remarks.append(f"{refused} of the language model's answers named candidates that there are not")
    return remarks


def _ended(session: _Session, opinions: Sequence[Opinion], error: ClipperError) -> Judgement:
    """What there is when the endpoint fails in the middle."""
    if opinions:
        return Judgement(tuple(opinions), (*session.notes, error.message), None, session.spent)
    return Judgement((), tuple(session.notes), Missing("judge", error.message, error.hint), session.spent)
