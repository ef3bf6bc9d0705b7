"""Pages of grants: for the office, for approvers, for the organisation, for donors."""

from civicfund.grants.views import accounts, approvals, desk, evidence, instalments, npo, review
from civicfund.grants.views.ground import bp

__all__ = ["accounts", "approvals", "bp", "desk", "evidence", "instalments", "npo", "review"]
