"""Handing out stored files: never guessed by the browser, never run."""

from flask import Response, request

from civicfund.core.storage import StoredFile, open_stored


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
