"""Every route wears a guard; every job is run by somebody; every page has a name."""

import re
from pathlib import Path

from flask import Flask
from flask.views import View

from civicfund.core import queue

ROOT = Path(__file__).resolve().parent.parent.parent
GUARDS = {"public", "signed_in", "requires"}
# Flask-Security guards its own pages; flask-smorest's document and static files are public.
OTHERS_OWN = ("security.", "api-docs.")
OTHERS = {"static"}


def unguarded(app: Flask) -> list[str]:
    """The endpoints whose view wears no guard of ours."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint in OTHERS or rule.endpoint.startswith(OTHERS_OWN):
            continue
        view = app.view_functions[rule.endpoint]
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        found += [f"{m} {rule.rule}" for m in methods if _guard(view, m) not in GUARDS]
    return found


def _guard(view: object, method: str) -> str | None:
    kind = getattr(view, "view_class", None)
    if isinstance(kind, type) and issubclass(kind, View):
        view = getattr(kind, method.lower(), None)
    while view is not None:
        if hasattr(view, "guard"):
            return str(view.guard)
        view = getattr(view, "__wrapped__", None)
    return None


def test_every_route_wears_a_guard(app: Flask) -> None:
    assert unguarded(app) == []


def test_a_route_without_a_guard_is_found() -> None:
    planted = Flask("planted")
    planted.add_url_rule("/open", "open", lambda: "")
    assert unguarded(planted) == ["GET /open"]


def test_every_job_is_run_by_somebody(app: Flask) -> None:
    """By the clock, or deferred by name somewhere in the code."""
    ticking = {task.task.name for task in queue.app.periodic_registry.periodic_tasks.values()}
    code = "\n".join(file.read_text() for file in (ROOT / "civicfund").rglob("*.py"))
    deferred = set(re.findall(r"defer\(\s*\"([a-z._]+)\"", code))
    ours = {name for name in queue.names() if not name.startswith("procrastinate.")}
    assert ours - ticking - deferred == set()
    assert deferred - ours == set(), "somebody asks for a job that nobody registered"


def test_every_template_compiles_and_every_page_has_a_title(app: Flask) -> None:
    for name in app.jinja_env.list_templates(extensions=["html", "txt"]):
        app.jinja_env.get_template(name)
    pages = [
        file
        for file in (ROOT / "templates").rglob("*.html")
        if not file.name.startswith("_") and "layout" not in file.as_posix()
    ]
    assert pages
    assert [file for file in pages if is_nameless(file.read_text())] == []


def is_nameless(source: str) -> bool:
    """Is it a page, and without a title?"""
    is_page = re.search(r"{%-?\s*extends \"(?!layouts/email)", source)
    return bool(is_page) and not re.search(r"{%-?\s*block (document_)?title", source)


def test_a_page_without_a_title_is_found() -> None:
    assert is_nameless('{% extends "layouts/base.html" %}{% block content %}{% endblock %}')
    assert not is_nameless('{% extends "layouts/base.html" %}{% block title %}x{% endblock %}')


def test_no_page_carries_a_script_or_a_style_of_its_own(app: Flask) -> None:
    """The content security policy would stop it; mails are another matter."""
    carrying = []
    for file in (ROOT / "templates").rglob("*.html"):
        name = file.relative_to(ROOT / "templates").as_posix()
        text = file.read_text()
        inline = re.search(r"<style|\sstyle=\"|\son[a-z]+=\"|<script(?![^>]*\ssrc=)", text)
        if inline and not name.startswith(("emails/", "layouts/email")):
            carrying.append(f"{name}: {inline.group(0)}")
    assert carrying == []
