"""The blueprint of the evidence pages."""

from flask import Blueprint

bp = Blueprint("evidence", __name__, url_prefix="/desk/evidence")
