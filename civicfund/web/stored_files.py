"""Handing out stored files: never guessed by the browser, never run."""

import unicodedata
from urllib.parse import quote

from flask import Response, request
from werkzeug.http import dump_options_header

from civicfund.core.storage import StoredFile, open_stored, printable_name


def send_stored(stored: StoredFile, *, public: bool) -> Response:
    """Stream a stored file; a public one may be cached for a year, for its name is its content."""
    if request.if_none_match.contains(stored.sha256):
        return Response(status=304)
    response = Response(open_stored(stored), content_type=stored.media_type)
    response.content_length = stored.size_bytes
    response.set_etag(stored.sha256)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if public else "private, no-store"
    )
    return response


def attachment(name: str) -> str:
    """A Content-Disposition that keeps a received file's name: no header carries it as it is."""
    told = printable_name(name)
    plain = unicodedata.normalize("NFKD", told).encode("ascii", "ignore").decode()
    names = {"filename": plain if plain == told else plain.strip(" .") or "file"}
    if plain != told:
        names["filename*"] = f"UTF-8''{quote(told, safe='')}"
    return dump_options_header("attachment", names)
