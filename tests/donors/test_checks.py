"""Each check finds the fault that it is there for, planted behind the triggers' back."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from civicfund.campaigns.models import CampaignState, FundingModel
from civicfund.core.db import db, transaction
from civicfund.core.embedded import EmbeddedServer
from civicfund.core.money import yen
from civicfund.donors import checks, services
from civicfund.donors.models import Method, OnFailure
from tests.donors.conftest import end
from tests.factories.campaigns import make_campaign
from tests.factories.donors import Outcome, make_donation
from tests.factories.identity import make_user
from tests.planting import unguarded

# What is planted, and the checks that must tell.
FAULTS = {
    "a gift whose amount was edited": (
        "UPDATE donations SET amount_yen = amount_yen + 1, project_yen = project_yen + 1 "
        "WHERE id = :paid",
        {"gift_entries", "campaign_sums"},
    ),
    "a gift that points at another entry": (
        "UPDATE donations SET gift_entry_id = (SELECT held_entry_id FROM donations "
        "WHERE id = :held) WHERE id = :paid",
        {"gift_entries", "operating_share"},
    ),
    "a gift called paid": (
        "UPDATE donations SET state = 'paid' WHERE id = :pledged",
        {"gift_states"},
    ),
    "a paid gift called cancelled": (
        "UPDATE donations SET state = 'cancelled' WHERE id = :paid",
        {"gift_states"},
    ),
    "a gift booked twice": (
        "UPDATE journal_entries SET source_id = :paid WHERE kind = 'donation_received'",
        {"gift_entries"},
    ),
    "money kept safe whose entry is another one's": (
        "UPDATE donations SET held_entry_id = (SELECT gift_entry_id FROM donations "
        "WHERE id = :paid) WHERE id = :held",
        {"held_gifts"},
    ),
    "money kept safe that is called paid": (
        "UPDATE donations SET state = 'paid' WHERE id = :held",
        {"gift_states", "campaign_sums"},
    ),
    "an operating share that grew": (
        "UPDATE donations SET operating_yen = operating_yen + 1, project_yen = project_yen - 1 "
        "WHERE id = :paid",
        {"operating_share"},
    ),
    "terms that were edited": (
        "UPDATE donations SET terms = terms || '{\"operating_share_percent\": 0}' WHERE id = :paid",
        {"operating_share"},
    ),
    "a return that is not booked": (
        "UPDATE refund_requests SET entry_id = NULL WHERE donation_id = :refunded",
        {"refunds", "campaign_sums"},
    ),
    "a return of another amount": (
        "UPDATE refund_requests SET amount_yen = amount_yen - 1 WHERE donation_id = :refunded",
        {"refunds", "campaign_sums", "owed_to_donors"},
    ),
    "a return called paid": (
        "UPDATE refund_requests SET state = 'paid' WHERE donation_id = :refunded",
        {"refunds", "owed_to_donors"},
    ),
    "a gift that says more went back": (
        "UPDATE donations SET refunded_yen = refunded_yen + 1 WHERE id = :refunded",
        {"refunds"},
    ),
    "a refunded gift called paid": (
        "UPDATE donations SET state = 'paid' WHERE id = :refunded",
        {"refunds"},
    ),
    "a list of returns with a line too much": (
        "UPDATE refund_requests SET state = 'declined', decision_note = '-' "
        "WHERE donation_id = :refunded",
        {"owed_to_donors", "refunds"},
    ),
}
# Checks look for what constraints refuse as well: these stand in the way of the planting.
IN_THE_WAY = (
    "donations DROP CONSTRAINT ck_donations_unpaid_is_not_booked",
    "donations DROP CONSTRAINT ck_donations_held_is_booked_as_held",
    "donations DROP CONSTRAINT ck_donations_paid_is_booked",
)


@pytest.fixture(scope="module")
def story(app: Flask, server: EmbeddedServer) -> Iterator[tuple[Connection, dict[str, object]]]:
    """One story on a connection that may do anything, triggers or not; nothing stays."""
    with unguarded(app, server) as connection:
        rows = _gifts()
        db.session.remove()
        yield connection, rows


def _gifts() -> dict[str, object]:
    """A gift in each state that the book knows."""
    conditional = make_campaign(funding_model=FundingModel.ALL_OR_NOTHING)
    failed = make_campaign(funding_model=FundingModel.ALL_OR_NOTHING)
    plain = make_campaign(funding_model=FundingModel.KEEP_ALL)
    staff = make_user(roles=("staff",))
    with transaction():
        cash = {"method": Method.KONBINI}
        made = {
            "paid": make_donation(plain, amount=10_000),
            "other": make_donation(plain, amount=2_000),
            "refunded": make_donation(plain, amount=5_000, **cash),
            "pledged": make_donation(conditional),
            "held": make_donation(conditional, **cash),
            "pending": make_donation(conditional, **cash, outcome=Outcome.TAKE_VOUCHER),
            "returned": make_donation(failed, **cash),
            "left": make_donation(failed, **cash, on_failure=OnFailure.LEAVE_TO_FUND),
        }
        services.refund_by_office(made["refunded"], by=staff, amount=yen(1_500), reason="おわび")
        services.refund_by_office(made["other"], by=staff, amount=yen(2_000), reason="おわび")
        end(failed, CampaignState.FAILED)
        services.return_held(failed)
    return {name: donation.id for name, donation in made.items()}


def failing() -> set[str]:
    return {finding.name for finding in checks.run() if not finding.holds}


def test_sound_gifts_pass_every_check(story: tuple[Connection, dict[str, object]]) -> None:
    assert failing() == set()


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_planted_fault_is_found(story: tuple[Connection, dict[str, object]], fault: str) -> None:
    connection, ids = story
    statement, expected = FAULTS[fault]
    with connection.begin_nested() as planting:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for constraint in IN_THE_WAY:
            connection.execute(text(f"ALTER TABLE {constraint}"))
        used = {name: value for name, value in ids.items() if f":{name}" in statement}
        assert connection.execute(text(statement), used).rowcount != 0
        found = failing()
        db.session.remove()
        planting.rollback()
    assert found == expected


def test_every_check_is_planted_against() -> None:
    planted = set().union(*(names for _, names in FAULTS.values()))
    assert planted == {check.name for check in checks.CHECKS}
