"""Filling in the forms of a page as a person does: what the page has in them is sent along."""

from html import unescape
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient


def forms_of(response: Any) -> list[Element]:
    """The forms of a page, in order."""
    page = html5lib.parse(response.get_data(as_text=True), namespaceHTMLElements=False)
    return list(page.iter("form"))


def fields_of(form: Element) -> dict[str, str]:
    """What a form would send if nobody touched it."""
    sent: dict[str, str] = {}
    for box in form.iter("input"):
        kind = box.get("type", "text")
        ticked = kind not in {"radio", "checkbox"} or "checked" in box.attrib
        if box.get("name") and ticked and kind not in {"submit", "file"}:
            sent[box.get("name", "")] = box.get("value", "")
    for area in form.iter("textarea"):
        sent[area.get("name", "")] = (area.text or "").removeprefix("\n")
    for choice in form.iter("select"):
        options = list(choice.iter("option"))
        chosen = [option for option in options if "selected" in option.attrib] or options[:1]
        sent[choice.get("name", "")] = chosen[0].get("value", "") if chosen else ""
    return sent


def send(client: FlaskClient, page: Any, *, to: str = "", **typed: Any) -> Any:
    """Fill in the form of `page` (a response or an address) whose action contains `to`, send it.

    Without `to`, the first posted form of the page's main part.
    """
    response = client.get(page) if isinstance(page, str) else page
    here = page if isinstance(page, str) else response.request.full_path
    posted = [form for form in forms_of(response) if form.get("method", "get").lower() == "post"]
    fitting = [
        form
        for form in posted
        if (to and to in form.get("action", ""))
        or (not to and "logout" not in form.get("action", ""))
    ]
    assert fitting, f"no form to {to!r} among {[form.get('action') for form in posted]}"
    data = fields_of(fitting[0]) | typed
    return client.post(fitting[0].get("action") or here, data=data)


def words(response: Any) -> str:
    """All that a person reads on a page, in one line."""
    page = html5lib.parse(response.get_data(as_text=True), namespaceHTMLElements=False)
    body = page.find("body")
    return " ".join("".join(body.itertext()).split())


def markup(response: Any) -> str:
    """A page as it was sent, typed values included, its entities resolved."""
    return unescape(response.get_data(as_text=True))
