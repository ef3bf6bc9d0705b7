"""Pages of campaigns: for the public, for the organisation, for the office."""

# Importing the modules gives the blueprint its routes.
import civicfund.campaigns.views.npo
import civicfund.campaigns.views.public
import civicfund.campaigns.views.review  # noqa: F401
from civicfund.campaigns.views.ground import bp

__all__ = ["bp"]
