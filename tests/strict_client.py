"""A test client that holds every page to its promises."""

from typing import Any

import html5lib
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from civicfund.core.db import db, transaction


class StrictClient(FlaskClient):
    """Parses each HTML answer strictly and fails when a request leaves unsaved changes behind."""

    def post(self, *args: Any, csrf: bool = True, **kwargs: Any) -> Any:
        """As a page of ours would send it: with the token, unless `csrf` is false."""
        data = kwargs.get("data", {})
        if csrf and "json" not in kwargs and hasattr(data, "keys") and "csrf_token" not in data:
            kwargs["data"] = {**data, "csrf_token": self.csrf_token()}
        return super().post(*args, **kwargs)

    def csrf_token(self) -> str:
        """A token of this browser's session, as Flask-WTF signs it."""
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", "0" * 40)
        signer = URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token")
        return str(signer.dumps(raw))

    def open(self, *args: Any, **kwargs: Any) -> Any:
        with transaction():
            pass  # the test's own reading must not hold what the request will write
        # A context of its own for each request, as in life: no leaking `g`, no leaking sign-in.
        with self.application.app_context():
            response = self._open_and_look(*args, **kwargs)
        db.session.expire_all()
        return response

    def _open_and_look(self, *args: Any, **kwargs: Any) -> Any:
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.data:
            html5lib.HTMLParser(strict=True).parse(response.get_data(as_text=True))
        session = db.session()
        left = [*session.new, *session.dirty, *session.deleted]
        assert not left, f"unsaved changes left behind: {left}"
        return response
