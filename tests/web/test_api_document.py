"""The API as its document describes it: complete, valid, and true under fire."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from civicfund.donors.links import token_of
from tests.factories.campaigns import make_campaign
from tests.factories.donors import make_donation
from tests.factories.endorsements import make_endorsement
from tests.factories.ledger import make_fund, seal_all
from tests.factories.ledger import make_gift as make_ledger_gift

DOCUMENT = "/api/v1/openapi.json"
PROBLEM = "application/problem+json"
METHODS = {"get", "post", "put", "patch", "delete"}
EXAMPLES = 10

Operation = tuple[str, str, dict[str, Any]]


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    answer = client.get(DOCUMENT)
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    read: dict[str, Any] = answer.get_json()
    return read


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method in METHODS & item.keys():
            yield path, method, item[method]


# -- the document ---------------------------------------------------------------------------------


def undocumented(document: dict[str, Any]) -> list[str]:
    """What somebody who has only the document would miss."""
    lacking = []
    for path, method, operation in operations(document):
        answers = operation.get("responses", {})
        where = f"{method} {path}"
        if not operation.get("summary"):
            lacking.append(f"{where}: no summary")
        if not any(code.startswith("2") for code in answers):
            lacking.append(f"{where}: no success")
        if "default" not in answers:
            lacking.append(f"{where}: no word about refusals")
        if "{" in path and "404" not in answers:
            lacking.append(f"{where}: no word about things that are not there")
        takes = operation.get("requestBody") or [
            parameter for parameter in operation.get("parameters", []) if parameter["in"] != "path"
        ]
        if takes and "422" not in answers:
            lacking.append(f"{where}: no word about what it does not accept")
    return lacking


def test_each_operation_is_documented(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert undocumented(document) == []


def test_an_undocumented_operation_is_found() -> None:
    planted = {
        "paths": {
            "/x/{id}": {
                "post": {"requestBody": {}, "responses": {}, "parameters": [{"in": "path"}]}
            },
            "/y": {"get": {"parameters": [{"in": "query"}], "responses": {}}},
        }
    }
    words = "\n".join(undocumented(planted))
    for fault in ("summary", "success", "refusals", "not there", "not accept"):
        assert fault in words


def test_every_refusal_is_described_as_problem_json(document: dict[str, Any]) -> None:
    responses = document["components"]["responses"]
    for name in ("DEFAULT_ERROR", "NOT_FOUND", "UNPROCESSABLE_ENTITY"):
        assert list(responses[name]["content"]) == [PROBLEM]
    for path, method, operation in operations(document):
        for code, answer in operation["responses"].items():
            if code == "default" or code >= "400":
                described = (
                    responses[answer["$ref"].rsplit("/", 1)[1]] if "$ref" in answer else answer
                )
                assert list(described["content"]) == [PROBLEM], f"{method} {path} {code}"


def test_everything_under_the_door_is_in_the_document(app: Flask, document: dict[str, Any]) -> None:
    documented = {(path, method.upper()) for path, method, _ in operations(document)}
    served = {
        (rule.rule.replace("<", "{").replace(">", "}").replace("{path:", "{"), method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/") and rule.rule != DOCUMENT
    }
    plain = {
        (path.replace("{int:", "{").replace("{string:", "{"), method) for path, method in served
    }
    assert plain == documented
    assert len(documented) >= 8


# -- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/campaigns/nothing", 404),
        ("GET", "/api/v1/endorsements/%00", 400),
        ("DELETE", "/api/v1/endorsements", 405),
        ("GET", "/api/v1/endorsements?page=0", 422),
        ("GET", "/api/v1/ledger/entries?from=yesterday", 422),
    ],
)
@pytest.mark.parametrize(("lang", "other"), [("ja", "en"), ("en", "ja")])
def test_a_refusal_is_a_problem_in_the_language_asked_for(
    client: FlaskClient, method: str, path: str, status: int, lang: str, other: str
) -> None:
    answer = client.open(path, method=method, headers={"Accept-Language": lang})
    assert answer.status_code == status
    assert answer.content_type == PROBLEM
    body = answer.get_json()
    assert body["status"] == status
    assert body["type"].startswith("urn:civicfund:problem:")
    assert body["detail"]
    elsewhere = client.open(path, method=method, headers={"Accept-Language": other}).get_json()
    assert body["title"] != elsewhere["title"]
    if status == 405:
        assert "GET" in answer.headers["Allow"]
    if status == 422:
        assert body["errors"]["query"] != elsewhere["errors"]["query"]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"amount": "\xff"}', "application/json", 400),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"amount=1", "text/plain", 422),
        (b'{"amount": "\\ud800", "email": 5}', "application/json", 422),
    ],
)
def test_a_body_that_cannot_be_read_is_a_problem(
    client: FlaskClient, body: bytes, kind: str, status: int
) -> None:
    campaign = make_campaign()
    path = f"/api/v1/campaigns/{campaign.slug}/donations"
    answer = client.post(path, data=body, content_type=kind, csrf=False)
    assert (answer.status_code, answer.content_type) == (status, PROBLEM)


# -- true under fire ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Described:
    """The document, and names of things that are really there."""

    schema: Any
    names: dict[str, str]


@pytest.fixture
def described(house: Flask) -> Described:
    campaign = make_campaign()
    endorsement = make_endorsement()
    gift = make_donation(campaign)
    make_ledger_gift(make_fund())
    seal_all()

    def fresh(environ: Any, start_response: Callable[..., Any]) -> Iterable[bytes]:
        # As in life, each request has a context of its own.
        with house.app_context():
            return list(house.wsgi_app(environ, start_response))

    names = {
        "slug": campaign.slug,
        "register_no": endorsement.register_no,
        "token": token_of(gift),
        "number": "1",
    }
    return Described(schemathesis.openapi.from_wsgi(DOCUMENT, fresh), names)


def fire(operation: Any, mode: GenerationMode, ask: Callable[[Any], None]) -> None:
    """Let `ask` send many requests of one kind; the same ones at each run."""
    run = settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )(given(case=operation.as_strategy(generation_mode=mode))(ask))
    run()


def test_the_document_is_valid_openapi(described: Described) -> None:
    described.schema.validate()


def statuses_of(described: Described, operation: Any) -> set[int]:
    """Ask about things that are there; rules over several fields stand in no JSON schema."""
    statuses = set()

    def ask(case: Any) -> None:
        for name in described.names.keys() & (case.path_parameters or {}).keys():
            case.path_parameters[name] = described.names[name]
        answer = case.call()
        case.validate_response(answer, excluded_checks=[positive_data_acceptance])
        statuses.add(answer.status_code)

    fire(operation, GenerationMode.POSITIVE, ask)
    return statuses


def ask_wrongly(case: Any) -> None:
    """What is not accepted is refused, as described, and nothing fails."""
    case.call_and_validate()


def test_what_is_accepted_is_answered_as_the_document_says(described: Described) -> None:
    for found in described.schema.get_all_operations():
        operation = found.ok()
        statuses = statuses_of(described, operation)
        assert 200 in statuses or operation.method == "post", operation.label


def test_what_is_not_accepted_is_refused_as_the_document_says(described: Described) -> None:
    for found in described.schema.get_all_operations():
        operation = found.ok()
        try:
            fire(operation, GenerationMode.NEGATIVE, ask_wrongly)
        except Unsatisfiable:
            # Any word may be a name in a path; whatever else it takes can be wrong.
            parameters = [p.definition["in"] for p in operation.iter_parameters()]
            assert set(parameters) <= {"path"}, operation.label
            assert not list(operation.body), operation.label


# -- the page that people read --------------------------------------------------------------------


def test_the_page_for_authors_names_every_call_and_no_other(document: dict[str, Any]) -> None:
    page = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `(GET|POST) (/api/v1[^?`]*)\??([^`]*)` \|", page, re.MULTILINE)
    told = {
        (path, method.lower()): set(re.findall(r"(\w+)=", query)) for method, path, query in named
    }
    described = {(path, method): operation for path, method, operation in operations(document)}
    assert told.keys() == described.keys()
    for call, names in told.items():
        parameters = described[call].get("parameters", [])
        taken = {parameter["name"] for parameter in parameters if parameter["in"] == "query"}
        assert names <= taken, f"{call}: {names - taken}"
