"""Pages of evidence: what is missing, what there is, attaching and withdrawing."""

# Importing the modules gives the blueprint its routes.
import civicfund.books.evidence.views.missing
import civicfund.books.evidence.views.papers
import civicfund.books.evidence.views.reading  # noqa: F401
from civicfund.books.evidence.views.ground import bp

__all__ = ["bp"]
