"""What all pages of this package hang on."""

from flask import Blueprint

bp = Blueprint("identity", __name__)
