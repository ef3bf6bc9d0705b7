"""Refusals and failures: a page that helps, or problem+json (RFC 9457) for machines."""

import logging
import re
import secrets
from typing import Any

from flask import Flask, Response, abort, current_app, jsonify, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from civicfund.core.db import db
from civicfund.core.errors import N_, DomainError
from civicfund.web.limits import TooManyFiles
from civicfund.web.validation import in_language

log = logging.getLogger(__name__)

# status: (title, what to do)
WORDS = {
    400: (N_("The request could not be read"), N_("Go back, reload the page and try again.")),
    401: (N_("Please sign in"), N_("This page is for people with an account.")),
    403: (N_("Not allowed"), N_("If you think this is a mistake, write to the fund's office.")),
    404: (N_("Page not found"), N_("Check the address, or start from the home page.")),
    405: (N_("This cannot be done here"), N_("Go back and use the buttons of the page.")),
    409: (N_("This is not possible now"), N_("Reload the page to see how things stand.")),
    410: (N_("This is gone"), N_("It was here once. Start from the home page.")),
    413: (N_("The file is too large"), N_("Make the file smaller and try again.")),
    415: (N_("This kind of content is not accepted"), N_("Send application/json.")),
    422: (N_("Please check what you entered"), N_("Go back, mend the marked fields, try again.")),
    429: (N_("Too often in a short time"), N_("Wait a little, then try again.")),
    500: (N_("Something went wrong on our side"), N_("Nothing was lost. Try again in a minute.")),
    503: (N_("Closed for a moment"), N_("We are working on it. Try again in a few minutes.")),
}


def wants_problem() -> bool:
    """A machine asks: the API, a webhook, or someone who prefers JSON to HTML."""
    if request.path.startswith(("/api/", "/webhooks/", "/healthz", "/readyz")):
        return True
    return request.accept_mimetypes.best_match(["text/html", "application/problem+json"]) == (
        "application/problem+json"
    )


def problem(status: int, *, kind: str, title: str, detail: str, **more: Any) -> Response:
    """An RFC 9457 answer."""
    body = {"type": f"urn:civicfund:problem:{kind}", "title": title, "status": status}
    response = jsonify(body | {"detail": detail} | more)
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


def words_of(error: DomainError) -> str:
    """The refusal in the language of the request."""
    text = str(_(error.message))
    # A state's label stands in a sentence of the same language.
    places = {name: _(value) if value and isinstance(value, str) else value
              for name, value in error.places.items()}  # fmt: skip
    return text % places if places else text


def kind_of(error: DomainError) -> str:
    """`KeyReusedWithOtherContent` -> `key-reused-with-other-content`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()


def init_app(app: Flask) -> None:
    """Answer every refusal and failure."""

    @app.before_request
    def refuse_nul() -> None:
        """No address of ours holds a NUL, no page could show it and no column could keep it."""
        if any("\0" in part for part in (request.path, *request.args, *_asked())):
            abort(400)

    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(HTTPException, _http)
    for unstorable in (DataError, UnicodeEncodeError):
        app.register_error_handler(unstorable, _unstorable)
    app.register_error_handler(Exception, _failed)


def _asked() -> list[str]:
    return [value for values in request.args.listvalues() for value in values]


def _refused(error: DomainError) -> Any:
    db.session.rollback()
    answer = _answer(error.status, kind=kind_of(error), detail=words_of(error), error=error)
    if isinstance(error, TooManyFiles):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer


def _stale(_error: CSRFError) -> Any:
    words = _("This page was open for too long or in another session. Reload it and try again.")
    return _answer(400, kind="stale-form", detail=words)


def _unstorable(error: Exception) -> Any:
    """A sign or a number that no column can hold: NUL, half a surrogate pair, 10 to the 30th."""
    db.session.rollback()
    log.warning("unstorable at %s %s: %s", request.method, request.path, type(error).__name__)
    return _answer(400, kind="unreadable", detail=_(WORDS[400][1]))


def _http(error: HTTPException) -> Any:
    if error.response is not None:
        return error.response
    status = error.code or 500
    response = _answer(status, kind=f"http-{status}", detail=_(_known(status)[1]), error=error)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(error.valid_methods)
    for name, value in getattr(error, "headers", None) or ():
        response.headers.setdefault(name, value)
    return response


def _failed(error: Exception) -> Any:
    if current_app.testing:
        raise error
    db.session.rollback()
    mark = secrets.token_hex(4)
    log.error("failure %s at %s %s", mark, request.method, request.path, exc_info=error)
    if wants_problem():
        title, to_do = WORDS[500]
        return problem(500, kind="failure", title=_(title), detail=_(to_do), reference=mark)
    return render_template("errors/500.html", reference=mark), 500


def _known(status: int) -> tuple[str, str]:
    return WORDS.get(status) or WORDS[400 if status < 500 else 500]


def _answer(status: int, *, kind: str, detail: str, error: Exception | None = None) -> Response:
    title, to_do = _known(status)
    if wants_problem():
        more: dict[str, Any] = {}
        if isinstance(error, DomainError) and error.field:
            more["field"] = error.field
        validation = getattr(error, "data", None)
        if isinstance(validation, dict) and "messages" in validation:
            more["errors"] = in_language(validation["messages"])
        return problem(status, kind=kind, title=_(title), detail=detail, **more)
    page = render_template(
        "errors/error.html", status=status, title=_(title), detail=detail, to_do=_(to_do)
    )
    return Response(page, status=status, content_type="text/html; charset=utf-8")
