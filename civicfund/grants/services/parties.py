"""Who stands beside a grant in the book: the organisation, whose name is public."""

from civicfund.identity.models import Organisation
from civicfund.ledger import services as ledger
from civicfund.ledger.models import Party


def grantee(organisation: Organisation) -> Party:
    """The organisation as a party of an entry."""
    return ledger.party(
        kind="organisation",
        ref=str(organisation.id),
        public_name=organisation.name_ja,
        full_name=organisation.name_ja,
    )
