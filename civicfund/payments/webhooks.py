"""Where gateways bring their news: verified, kept, and only then answered with 2xx."""

from flask import Blueprint, Response, jsonify, request

from civicfund.core.db import transaction
from civicfund.payments import services
from civicfund.web.guards import public
from civicfund.web.limits import limiter

# No gateway's news are longer than this.
LARGEST_BODY = 256 * 1024

bp = Blueprint("webhooks", __name__)
limiter.exempt(bp)


@bp.post("/webhooks/<gateway>")
@public
def receive(gateway: str) -> Response:
    """Known or new, the answer is the same: the event is on disk."""
    request.max_content_length = LARGEST_BODY
    body = request.get_data(cache=False)
    with transaction():
        services.keep_event(gateway, body, dict(request.headers))
    return jsonify(status="kept")
