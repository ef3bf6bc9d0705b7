"""The verbs of campaigns: writing, reviewing, running, telling."""

from civicfund.campaigns.budget import BudgetDraft
from civicfund.campaigns.services.course import (
    cancel_campaign,
    launch,
    launch_due,
    mark,
    resume_campaign,
    suspend_campaign,
)
from civicfund.campaigns.services.drafts import (
    CampaignFields,
    draft_campaign,
    edit_campaign,
    missing_in,
    submit_campaign,
)
from civicfund.campaigns.services.reviews import review_content, review_finances
from civicfund.campaigns.services.voices import post_update, raise_concern, settle_concern

__all__ = [
    "BudgetDraft",
    "CampaignFields",
    "cancel_campaign",
    "draft_campaign",
    "edit_campaign",
    "launch",
    "launch_due",
    "mark",
    "missing_in",
    "post_update",
    "raise_concern",
    "resume_campaign",
    "review_content",
    "review_finances",
    "settle_concern",
    "submit_campaign",
    "suspend_campaign",
]
