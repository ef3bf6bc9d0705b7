"""The blueprint that all pages of campaigns stand on."""

from flask import Blueprint

bp = Blueprint("campaigns", __name__)
