"""An OpenAI-compatible endpoint: which models it has, and its errors as ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from appliance.domain.errors import BadInput, ClipperError, NeedsPerson, Transient

if TYPE_CHECKING:
    from openai import OpenAI

    from appliance.llm.question import Question

_PING_SECONDS = 5.0


class TooLong(Exception):
    """The question does not fit the model's context."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. `tokens` is the whole cost and `read_tokens` how much of the question was read, 0 where not told."""

    text: str
    refusal: str = ""
    cut_off: bool = False
    tokens: int = 0
    read_tokens: int = 0


class Endpoint:
    """One model behind an endpoint. It learns what its server does not understand and leaves that out from then on."""

    def __init__(self, base_url: str, model: str, api_key: str, timeout: float) -> None:
        """Nothing is asked yet. Without a model's name the first that the endpoint lists is used."""
        self._base_url = base_url
        self._api_key = api_key
        self._client = connect(base_url, api_key, timeout)
        self._model = model
        self._formats = ["json_schema", "json_object", "none"]
        self._limit = "max_tokens"
        self._steady = True

    @property
    def model(self) -> str:
        """The model's name. Raises as `ping` does."""
        if not self._model:
            listed = ping(self._base_url, self._api_key)
            if not listed:
                raise BadInput(f"{self._base_url} lists no model", "Name one in [llm] model.")
            self._model = listed[0]
        return self._model

    def ask(self, asked: Question) -> Reply:
        """One question, one answer. TooLong when it does not fit; else raises what the error means."""
        import openai

        while True:
            try:
                return _reply(self._client.chat.completions.create(**self._call(asked)))
            except openai.BadRequestError as error:
                self._learn(error, _said(error).lower())
            except openai.OpenAIError as error:
                raise meaning(self._base_url, error) from error

    def _call(self, asked: Question) -> dict[str, Any]:
        call: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": "system", "content": asked.system}, {"role": "user", "content": asked.material}],
            self._limit: asked.answer_tokens * 2,
        }
        if self._steady:
            call["temperature"] = 0
        if self._formats[0] == "json_schema":
            shape = {"name": "ranking", "strict": True, "schema": asked.schema}
            call["response_format"] = {"type": "json_schema", "json_schema": shape}
        elif self._formats[0] == "json_object":
            call["response_format"] = {"type": "json_object"}
        return call

    def _learn(self, error: Exception, said: str) -> None:
        """Leave out what the server complained about; raise when that is not it."""
        if "context" in said or "exceed" in said or "too long" in said:
            raise TooLong(said) from error
        if "max_completion_tokens" in said and self._limit == "max_tokens":
            self._limit = "max_completion_tokens"
        elif "temperature" in said and self._steady:
            self._steady = False
        elif ("response_format" in said or "schema" in said or "grammar" in said) and len(self._formats) > 1:
            self._formats.pop(0)
        else:
            raise meaning(self._base_url, error) from error


def _reply(completion: Any) -> Reply:
    """The first choice; thoughts that some servers send apart do not count."""
    choice = completion.choices[0] if completion.choices else None
    usage = completion.usage
    return Reply(
        text=(choice.message.content or "") if choice else "",
        refusal=str(getattr(choice.message, "refusal", "") or "") if choice else "",
        cut_off=bool(choice and choice.finish_reason == "length"),
        tokens=int(usage.total_tokens or 0) if usage else 0,
        read_tokens=int(usage.prompt_tokens or 0) if usage else 0,
    )


def connect(base_url: str, api_key: str, timeout: float) -> OpenAI:
    """A client that never retries by itself. Endpoints at home want no key, but the client does."""
    from openai import OpenAI

    return OpenAI(base_url=base_url, api_key=api_key or "none", timeout=timeout, max_retries=0)


def ping(base_url: str, api_key: str) -> tuple[str, ...]:
    """The models that the endpoint lists. Raises what its silence or refusal means."""
    import openai

    try:
        return tuple(model.id for model in connect(base_url, api_key, _PING_SECONDS).models.list())
    except openai.OpenAIError as error:
        raise meaning(base_url, error) from error


def meaning(base_url: str, error: Exception) -> ClipperError:
    """What an error of the client means."""
    import openai

    match error:
        case openai.APITimeoutError():
            return Transient(
                f"{base_url}: the language model did not answer in time", "Raise [llm] timeout, or use a smaller model."
            )
        case openai.APIConnectionError():
            return Transient(f"{base_url}: no language model answers there", "Start it, or correct [llm] base_url.")
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return NeedsPerson(f"{base_url}: the key is not accepted", "Put a valid key into [llm] api_key_file.")
        case openai.NotFoundError():
            return BadInput(f"{base_url}: {_said(error)}", "Correct [llm] base_url or model.")
        case openai.RateLimitError():
            return Transient(f"{base_url}: too many requests, or the credit is used up", "Try again later.")
        case _:
            return Transient(f"{base_url}: {_said(error)}", "Look at the log of the language model's server.")


def _said(error: Exception) -> str:
    return str(error).split("\n", maxsplit=1)[0][:200]
