"""Who may see gifts and who may decide about them."""

from typing import Any

from civicfund.campaigns.models import Campaign
from civicfund.identity.policy import acts_for, is_approver, is_auditor, is_staff


def can_open_gift_desk(user: Any) -> bool:
    """The office, the second signature, and the auditor, who only reads."""
    return is_staff(user) or is_approver(user) or is_auditor(user)


def can_see_gift(user: Any, _subject: Any) -> bool:
    """One gift on the desk."""
    return can_open_gift_desk(user)


def can_decide_refunds(user: Any) -> bool:
    """The office answers donors."""
    return is_staff(user) or is_approver(user)


def can_decide(user: Any, _subject: Any) -> bool:
    """A deed on one gift or request."""
    return can_decide_refunds(user)


def can_see_supporters(user: Any, campaign: Campaign) -> bool:
    """Members of its organisation; whoever hides from them is not on their list."""
    return acts_for(user, campaign.organisation_id)
