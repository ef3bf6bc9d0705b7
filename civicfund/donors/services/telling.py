"""News for donors that do not come from their payment."""

from civicfund.campaigns.subjects import KIND as CAMPAIGN
from civicfund.donors import emails, queries
from civicfund.endorsements.models import Endorsement


def tell_of_revocation(endorsement: Endorsement) -> None:
    """`endorsement_revoked`: whoever gave before its eyes hears that it no longer holds."""
    if endorsement.subject_kind != CAMPAIGN or endorsement.register_no is None:
        return
    title = endorsement.subject_name
    for donation in queries.donations_shown(
        endorsement.register_no, campaign_id=endorsement.subject_id
    ):
        emails.tell_of_revocation(
            donation,
            title,
            register_no=endorsement.register_no,
            reason=endorsement.revocation_reason or "",
        )
