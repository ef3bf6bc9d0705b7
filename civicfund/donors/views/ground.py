"""What the pages of this package share: their blueprint, and who may keep a copy of them."""

from flask import Blueprint

from civicfund.donors.links import keep_private

bp = Blueprint("donors", __name__)
bp.after_request(keep_private)
