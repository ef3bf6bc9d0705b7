"""Pages of endorsements: the public register, the requests, the city's desk."""

# Importing the modules gives the blueprint its routes.
import civicfund.endorsements.views.city
import civicfund.endorsements.views.public
import civicfund.endorsements.views.requests  # noqa: F401
from civicfund.endorsements.views.ground import bp

__all__ = ["bp"]
