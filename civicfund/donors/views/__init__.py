"""Pages of gifts: for those who give, for the office, for the organisation."""

# Importing the modules gives the blueprint its routes.
import civicfund.donors.views.desk
import civicfund.donors.views.gifts
import civicfund.donors.views.give
import civicfund.donors.views.returns
import civicfund.donors.views.supporters  # noqa: F401
from civicfund.donors.views.ground import bp

__all__ = ["bp"]
