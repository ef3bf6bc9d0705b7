"""The desk 月次・決算: months, years, opening balances."""

from civicfund.closing.views import months, openings, years
from civicfund.closing.views.ground import bp

__all__ = ["bp", "months", "openings", "years"]
