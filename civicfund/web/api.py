"""The machines' door: an Api whose every refusal is problem+json, and shapes that all share."""

import http
from typing import Any

import flask_smorest
import marshmallow as ma
from flask import Response
from flask_smorest.utils import prepare_response

from civicfund.web.guards import public
from civicfund.web.pagination import Page

PROBLEM_JSON = "application/problem+json"
LAST_PAGE = 100_000


class ProblemSchema(ma.Schema):
    """A refusal as RFC 9457 writes it; `title` and `detail` are in the language asked for."""

    type = ma.fields.String(required=True, metadata={"description": "urn:civicfund:problem:..."})
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String(required=True)
    field = ma.fields.String(metadata={"description": "The field that the refusal is about."})
    errors = ma.fields.Dict(
        metadata={"description": "What is wrong, by place (query, json), field and message."}
    )
    reference = ma.fields.String(metadata={"description": "To quote when you write to us."})


class PageQuerySchema(ma.Schema):
    """Which page of a list."""

    page = ma.fields.Integer(
        load_default=1,
        validate=ma.validate.Range(1, LAST_PAGE),
        metadata={"description": "Pages are counted from 1."},
    )


def page_schema(item: type[ma.Schema]) -> type[ma.Schema]:
    """The shape of one page of a list of `item`s."""
    name = item.__name__.removesuffix("Schema")
    fields: dict[str, Any] = {
        "items": ma.fields.List(ma.fields.Nested(item), required=True),
        "page": ma.fields.Integer(required=True),
        "pages": ma.fields.Integer(required=True, metadata={"description": "At least 1."}),
        "per_page": ma.fields.Integer(required=True),
        "total": ma.fields.Integer(required=True),
    }
    return type(f"{name}PageSchema", (ma.Schema,), fields)


def page_of(page: Page[Any], items: list[Any] | None = None) -> dict[str, Any]:
    """A page of a list as `page_schema` writes it; `items` if they are not the rows themselves."""
    return {
        "items": page.items if items is None else items,
        "page": page.number,
        "pages": page.pages,
        "per_page": page.size,
        "total": page.total,
    }


class Api(flask_smorest.Api):
    """The library's Api, but `web.errors` speaks for it and the document says so."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """None: `web.errors` answers for the whole house."""

    def _register_responses(self) -> None:
        statuses = {status.name: (status.phrase, status) for status in http.HTTPStatus}
        for name, (phrase, status) in statuses.items():
            self._problem_response(name, phrase, with_body=status >= http.HTTPStatus.BAD_REQUEST)
        self._problem_response("DEFAULT_ERROR", "A refusal", with_body=True)

    def _problem_response(self, name: str, phrase: str, *, with_body: bool) -> None:
        response: dict[str, Any] = {"description": phrase}
        if with_body:
            response["schema"] = self.ERROR_SCHEMA
        prepare_response(response, self.spec, PROBLEM_JSON)
        self.spec.components.response(name, response, lazy=True)

    @public
    def _openapi_json(self) -> Response:
        """The document that says all this to machines."""
        answer: Response = super()._openapi_json()
        return answer
