"""A list page asks the database the same for two rows as for six."""

import pytest
from flask.testing import FlaskClient

from civicfund.core.db import transaction
from civicfund.grants import services
from civicfund.grants.models import AwardState, DisbursementState
from tests.factories.grants import (
    Cast,
    account_words,
    file_report,
    make_award,
    make_cast,
    make_disbursement,
)
from tests.factories.identity import sign_in
from tests.statements import counted


def _more(cast: Cast) -> None:
    """One of everything that may wait."""
    award = make_award(cast, bank=0)
    make_disbursement(award, cast, amount=1_000, state=DisbursementState.EXPORTED)
    make_disbursement(award, cast, amount=1_000, state=DisbursementState.APPROVED)
    make_disbursement(award, cast, amount=1_000)
    file_report(award, cast)
    make_award(cast, bank=0, gift=100_000, target=10_000, state=AwardState.PROPOSED)
    other = make_cast()
    with transaction():
        services.propose_account(other.npo, by=other.member, words=account_words())
    third = make_cast()
    with transaction():
        account = services.propose_account(third.npo, by=third.member, words=account_words())
        services.check_account(account, by=cast.staff, how="通帳")


@pytest.mark.parametrize(
    ("path", "who"),
    [("/desk/grants", "staff"), ("/desk/approvals", "approver"), ("/desk/npo/awards", "member")],
)
def test_lists_do_not_ask_per_row(client: FlaskClient, cast: Cast, path: str, who: str) -> None:
    person = getattr(cast, who)
    _more(cast)
    sign_in(client, person)
    client.get(path)
    with counted() as few:
        assert client.get(path).status_code == 200
    for _ in range(3):
        _more(cast)
    with counted() as many:
        assert client.get(path).status_code == 200
    assert many.count == few.count, "\n".join(many.texts)
