"""An OpenAI-compatible endpoint: which models it has, and its errors as ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.domain.errors import BadInput, ClipperError, NeedsPerson, Transient

if TYPE_CHECKING:
    from openai import OpenAI

_PING_SECONDS = 5.0


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
