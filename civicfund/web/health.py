"""Is the house alive, and may it be sent visitors?"""

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from civicfund.core.db import db
from civicfund.core.settings import setting
from civicfund.web.errors import problem
from civicfund.web.guards import public
from civicfund.web.limits import limiter

bp = Blueprint("health", __name__)
limiter.exempt(bp)


@bp.get("/healthz")
@public
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@public
def readyz() -> Response:
    """The database answers and its tables are those of this version."""
    try:
        version = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        return problem(503, kind="not-ready", title="Not ready", detail="The database is away.")
    if version != setting("MIGRATION_HEAD"):
        words = "The tables are of another version. Run `flask civicfund init`."
        return problem(503, kind="not-ready", title="Not ready", detail=words)
    return jsonify(status="ready", version=version)
