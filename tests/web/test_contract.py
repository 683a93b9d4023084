"""The API against its own document: made-up requests of all kinds, over a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from appliance.actions.channels import adopt_tables
from appliance.actions.schedules import adopt_rules
from appliance.domain.states import ClipState
from appliance.domain.user import Role
from appliance.store import users
from tests.web.content import analysed, rendered, watched
from tests.web.serving import Site, site

EXAMPLES = 15  # of each operation in each mode
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Streams never end, and who takes away their own key or account is answered 401 from then on.
LEFT_OUT = {
    "GET /api/v1/events",
    "DELETE /api/v1/keys/{id}",
    "DELETE /api/v1/users/{id}",
    "PATCH /api/v1/users/{id}",
    "PUT /api/v1/users/{id}/password",
    "POST /api/v1/users/{id}/password",
}
KNOWN = ("clip.mp4", "clip.jpg", "gpu", "cpu")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A box with a few of everything."""
    tables = {"channel": [{"url": "https://www.twitch.tv/fromfile"}]}
    with site(tmp_path_factory.mktemp("box"), tables) as served:
        served.key(Role.ADMIN)
        found = users.named("admin")
        assert found is not None
        adopt_tables(served.box)
        adopt_rules(served.box)
        channel = watched(served.box, found[0].id)
        for n in range(3):
            video = analysed(served.box, found[0].id, f"video{n}", channel.id)
            rendered(served.box, video, score=90.0 - n)
            rendered(served.box, video, ClipState.REJECTED)
        sources = [f"https://videos.example/{n}.mp4" for n in range(3)]
        assert served.ask("POST", "/api/v1/videos", {"sources": sources}, role=Role.ADMIN).status == 202
        yield served


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_documented(here: Site, mode: GenerationMode) -> None:
    """Whatever is sent, right or wrong: no 5xx, no status, type, header or body that the document does not know."""
    document = here.ask("GET", "/api/openapi.json").json
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=f"http://localhost:{here.port}")
    headers = {"X-Api-Key": here.key(Role.ADMIN)}
    tried, wrong = 0, []
    for result in schema.get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr]
        if operation.label in LEFT_OUT:
            continue
        try:
            _try(operation, mode, headers)
        except Unsatisfiable:
            continue  # it takes nothing that could be wrong
        except schemathesis.core.failures.FailureGroup as found:
            wrong.append(f"{operation.label}: {found}")
        tried += 1
    assert not wrong, "\n\n".join(wrong)
    assert tried > 40
    assert here.ask("GET", "/api/v1/system", role=Role.ADMIN).status == 200


def _try(operation: Any, mode: GenerationMode, headers: dict[str, str]) -> None:
    """A few requests to one operation; half of them about things that are there."""

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode), st.integers(1, 12), st.sampled_from(KNOWN))
    def ask(case: Any, number: int, name: str) -> None:
        # A request line of more than 64 kB never reaches the API: uvicorn answers it by itself.
        assume(len(str(case.query)) < 4000)
        if "id" in case.path_parameters and number < 8:
            case.path_parameters["id"] = number
        if "name" in case.path_parameters and number < 8:
            case.path_parameters["name"] = name
        case.call_and_validate(headers=headers, checks=CHECKS, timeout=20)

    ask()
