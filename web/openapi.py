"""The OpenAPI 3.1 document, made from the table of endpoints: what is documented is what runs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from appliance.domain.user import Role
from web import problems
from web.answers import Content
from web.auth import COOKIE
from web.endpoint import Endpoint
from web.matching import Parameter, parts_of
from web.problems import Kind, Problem

_REF = "#/components/schemas/"
_ABOUT = """Everything that Clipper can do, for programs.

Send a key as `X-Api-Key` or as `Authorization: Bearer`; `clipper keys create NAME` makes one. Browsers log in at `/api/v1/sessions`.

Lists come in pages: ask again with `cursor` set to the `next` of the page before.

A POST may carry an `Idempotency-Key`, and is then carried out once however often it is sent.

What is refused is `application/problem+json` with a `hint` that says the next step.

Times are RFC 3339 in UTC, positions on media are seconds."""
# The nouns that most come for; the others follow by name.
_FIRST = ("videos", "clips", "jobs", "channels", "schedules", "lanes", "events", "analyze", "keys")
_SECURITY: tuple[Mapping[str, list[str]], ...] = ({"key": []}, {"bearer": []}, {"session": []})
_IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same request gets the same answer for a day.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
}
_CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


_FOR = {
    None: "Open to everybody.",
    Role.VIEWER: "For a viewer or more.",
    Role.EDITOR: "For an editor or more.",
    Role.ADMIN: "For an admin.",
}


def document(below: Mapping[str, Iterable[Endpoint]], version: str) -> dict[str, Any]:
    """The document for endpoints by the prefix of their paths."""
    every = [(prefix + one.path, one) for prefix, endpoints in below.items() for one in endpoints]
    schemas = _Schemas([kind for _, one in every for kind in _kinds(one)])
    paths: dict[str, dict[str, Any]] = {}
    tags: dict[str, str] = {}
    names = _operation_names(every)
    for path, one in every:
        noun = noun_of(path)
        tags.setdefault(noun, _first_sentence(sys.modules[one.run.__module__].__doc__))
        paths.setdefault(_shown(path), {})[one.method.lower()] = {
            "operationId": names[one.method, path],
            **_operation(one, path, schemas),
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Clipper", "version": version, "description": _ABOUT},
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": tags[name]} for name in sorted(tags, key=_place)],
        "paths": dict(sorted(paths.items())),
        "x-problems": [
            {"name": kind.name, "status": kind.status, "title": kind.title, "about": kind.about}
            for kind in problems.KINDS
        ],
        "components": {
            "schemas": schemas.components,
            "responses": {_name(kind): _refusal(kind) for kind in problems.KINDS},
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
            },
        },
    }


def noun_of(path: str) -> str:
    """What a path is about: the word after /api/v1; `service` for all others."""
    words = path.split("/")
    return words[3].partition(".")[0] if words[1:3] == ["api", "v1"] else "service"


def _place(noun: str) -> tuple[int, str]:
    return (_FIRST.index(noun) if noun in _FIRST else len(_FIRST), noun)


def _operation_names(every: Iterable[tuple[str, Endpoint]]) -> Mapping[tuple[str, str], str]:
    """A name for each operation, after the file and function that answer it; and after its path where that is not enough."""
    names: dict[tuple[str, str], str] = {}
    for path, one in every:
        name = f"{one.run.__module__.rpartition('.')[2]}_{one.run.__name__.strip('_')}"
        if name in names.values():
            last = [part for part in parts_of(path) if isinstance(part, str)][-1]
            name = f"{name}_{last.replace('-', '_')}"
        names[one.method, path] = name
    return names


class _Schemas:
    """The schemas of all types, each once."""

    def __init__(self, kinds: Sequence[Any]) -> None:
        unique = list({repr(kind): kind for kind in (Problem, *kinds)}.values())
        found, components = msgspec.json.schema_components(unique, ref_template=_REF + "{name}")
        self._by_kind = {repr(kind): schema for kind, schema in zip(unique, found, strict=True)}
        self.components: dict[str, Any] = dict(sorted(components.items()))
        _date_times(msgspec.inspect.multi_type_info(unique), self.components)

    def of(self, kind: Any) -> Mapping[str, Any]:
        """The schema of a type, mostly a reference."""
        return self._by_kind[repr(kind)]

    def fields(self, kind: Any) -> Mapping[str, Any]:
        """The schemas of a type's fields by name."""
        said: Mapping[str, Any] = self.components[self.of(kind)["$ref"].removeprefix(_REF)]
        fields: Mapping[str, Any] = said["properties"]
        return fields


def _operation(one: Endpoint, path: str, schemas: _Schemas) -> dict[str, Any]:
    said: dict[str, Any] = {
        "tags": [noun_of(path)],
        "summary": one.summary,
        "description": _description(one),
        "parameters": list(_parameters(one, path, schemas)),
        "responses": _responses(one, schemas),
        "security": [] if one.role is None else list(_SECURITY),
    }
    if one.body is not None:
        said["requestBody"] = {"required": True, "content": {"application/json": {"schema": schemas.of(one.body)}}}
    return said


def _description(one: Endpoint) -> str:
    who = _FOR[one.role]
    return f"{' '.join((one.run.__doc__ or one.summary).split())} {who}"


def _parameters(one: Endpoint, path: str, schemas: _Schemas) -> Iterator[dict[str, Any]]:
    for part in parts_of(path):
        if isinstance(part, Parameter):
            schema = (
                {"type": "integer", "minimum": 1, "maximum": 10**18 - 1}
                if part.integer
                else {"type": "string", "minLength": 1, "pattern": "^[^/]+$"}
            )
            yield {"name": part.name, "in": "path", "required": True, "schema": schema}
    if one.query is not None:
        for name, schema in schemas.fields(one.query).items():
            yield {"name": name, "in": "query", "required": False, "schema": _without_null(schema)}
    if takes_key(one):
        yield _IDEMPOTENCY


def takes_key(one: Endpoint) -> bool:
    """Whether the endpoint takes an Idempotency-Key."""
    return one.method == "POST" and one.replays and one.role is not None


def _responses(one: Endpoint, schemas: _Schemas) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if one.answer is None:
        said[str(204 if one.status == 200 else one.status)] = {"description": "Done."}
    elif isinstance(one.answer, Content):
        content = {one.answer.media_type: {"schema": {} if "json" in one.answer.media_type else {"type": "string"}}}
        about = one.answer.about or "The file."
        for status in (one.status, *one.answer.also):
            said[str(status)] = {"description": about} | (
                {} if status == 204 or 300 <= status < 400 else {"content": content}
            )
    else:
        for status in (one.status, *one.also):
            said[str(status)] = {
                "description": "What was asked for.",
                "content": {"application/json": {"schema": schemas.of(one.answer)}},
            }
    by_status = {kind.status: kind for kind in problems.KINDS}
    for status in sorted(_refused(one)):
        said.setdefault(str(status), {"$ref": f"#/components/responses/{_name(by_status[status])}"})
    return said


def _refused(one: Endpoint) -> set[int]:
    """Every status that a request to it may be refused with."""
    found = {400, 421, 429, 500, 503, *one.refusals}
    if one.role is not None:
        found |= {401, 403}
    if "{" in one.path:
        found |= {404, 410}
    if one.method in _CHANGES:
        found |= {403, 409, 413, 422, 507}
    if one.body is not None:
        found.add(415)
    return found


def _refusal(kind: Kind) -> dict[str, Any]:
    said: dict[str, Any] = {
        "description": kind.title,
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": f"{_REF}Problem"}}},
    }
    if kind.status in {429, 503}:
        said["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    return said


def _name(kind: Kind) -> str:
    return "".join(word.capitalize() for word in kind.name.split("-"))


def _kinds(one: Endpoint) -> Iterator[Any]:
    for kind in (one.body, one.query, one.answer):
        if kind is not None and not isinstance(kind, Content):
            yield kind


def _shown(path: str) -> str:
    return "/".join(f"{{{part.name}}}" if isinstance(part, Parameter) else part for part in parts_of(path))


def _first_sentence(said: str | None) -> str:
    return (said or "").strip().split("\n")[0]


def _without_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A query leaves out what it does not say."""
    plain = {key: value for key, value in schema.items() if key != "anyOf" and not (key == "default" and value is None)}
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) == 1:
        return {**plain, **kinds[0]}
    return plain | ({"anyOf": kinds} if kinds else {})


def _date_times(infos: Iterable[msgspec.inspect.Type], components: dict[str, Any]) -> None:
    """Say of every time that it is one: msgspec says only text of those that may have no zone, and ours all have one."""
    todo = list(infos)
    seen: set[Any] = set()
    while todo:
        info = todo.pop()
        if isinstance(info, msgspec.inspect.DataclassType | msgspec.inspect.StructType):
            key = (info.cls, tuple(map(repr, info.fields)) if hasattr(info.cls, "__parameters__") else ())
            if key in seen:
                continue
            seen.add(key)
            fields = components.get(info.cls.__name__, {}).get("properties", {})
            for field in info.fields:
                if _is_time(field.type) and field.encode_name in fields:
                    _mark(fields[field.encode_name])
                todo.append(field.type)
        else:
            todo += _inside(info)


def _inside(info: msgspec.inspect.Type) -> Iterator[msgspec.inspect.Type]:
    for name in ("type", "item_type", "key_type", "value_type"):
        inner = getattr(info, name, None)
        if isinstance(inner, msgspec.inspect.Type):
            yield inner
    for name in ("types", "item_types"):
        yield from getattr(info, name, ())


def _is_time(info: msgspec.inspect.Type) -> bool:
    if isinstance(info, msgspec.inspect.UnionType):
        return any(_is_time(one) for one in info.types)
    return isinstance(info, msgspec.inspect.DateTimeType)


def _mark(schema: dict[str, Any]) -> None:
    for one in (schema, *schema.get("anyOf", ())):
        if one.get("type") == "string":
            one["format"] = "date-time"
