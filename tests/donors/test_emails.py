"""Every mail reads well in both languages and leads to the page of its gift."""

from typing import Any

import pytest
from flask import Flask

from civicfund.campaigns.models import Campaign, CampaignState, FundingModel
from civicfund.core.db import db
from civicfund.core.money import yen
from civicfund.core.tokens import sign
from civicfund.donors import emails, queries, services
from civicfund.donors.models import Method
from civicfund.donors.services import charging
from civicfund.notifications.models import Message
from civicfund.notifications.rendering import render
from civicfund.payments.models import Refund
from tests.donors.conftest import end, endorse, mails_to, paid_by
from tests.factories.campaigns import make_campaign
from tests.factories.donors import Outcome, TestCard, make_donation, pay_donation
from tests.factories.identity import make_user


def written() -> dict[str, Message]:
    """The messages so far, rendered, the latest of each template."""
    found = db.session.query(Message).filter(Message.template.startswith("donors/"))
    messages = {}
    for message in found.order_by(Message.id):
        render(message)
        messages[message.template.removeprefix("donors/")] = message
    return messages


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_every_mail_can_be_read(house: Flask, locale: str) -> None:
    live_through_everything(locale)
    messages = written()
    assert set(messages) == {
        "thanks", "pledged", "voucher", "held", "expired", "declined", "lapsed", "cancelled",
        "not_reached", "late_money", "refund_asked", "refund_declined", "refund_granted",
        "refund_paid", "endorsement_revoked", "office_refund_asked", "office_refund_failed",
    }  # fmt: skip
    for name, message in messages.items():
        assert message.subject, name
        body = message.body_text or ""
        assert "None" not in body, (name, body)
        assert "%(" not in body, (name, body)
        assert "\n\n\n\n" not in body, (name, body)
        if not name.startswith("office"):
            assert "/gifts/" in body, name
            assert ("Dear donor," in body) is (locale == "en"), (name, body)
            assert ("寄付者の方へ" in body) is (locale == "ja"), (name, body)


def live_through_everything(locale: str) -> None:
    """One gift for each mail; the office's own mails are in Japanese."""
    staff = make_user(roles=("staff",))
    plain = make_campaign(funding_model=FundingModel.KEEP_ALL)
    conditional = make_campaign(funding_model=FundingModel.ALL_OR_NOTHING)
    cash = {"method": Method.KONBINI, "locale": locale}
    shown = endorse(plain)
    paid = make_donation(plain, locale=locale, endorsements_shown=[shown.register_no])
    services.tell_of_revocation(shown)
    first = services.request_refund(paid, reason="まちがえました")
    services.decline_refund(first, by=staff, note="-")
    second = services.request_refund(paid)
    services.grant_refund(second, by=staff, note="どうぞ")
    services.record_refund(db.session.get(Refund, second.refund_id))  # type: ignore[arg-type]
    broken = services.refund_by_office(
        make_donation(plain, locale=locale), by=staff, amount=yen(5), reason="-"
    )
    services.record_failed_refund(db.session.get(Refund, broken.refund_id))  # type: ignore[arg-type]
    pay_donation(make_donation(plain, **cash, outcome=Outcome.TAKE_VOUCHER), outcome=Outcome.EXPIRE)
    make_donation(conditional, **cash)
    pledge = make_donation(conditional, locale=locale, card=TestCard.DECLINES_LATER)
    services.cancel_donation(make_donation(conditional, locale=locale))
    late = make_donation(conditional, **cash, outcome=Outcome.TAKE_VOUCHER)
    charging.begin_charge(pledge)
    charging.note_decline(pledge, paid_by(pledge))
    emails.tell_of_lapse(pledge, conditional.title)
    end(conditional, CampaignState.FAILED)
    services.return_held(conditional)
    pay_donation(late)


def test_the_link_of_a_mail_opens_its_gift(client: Any, keep_all: Campaign) -> None:
    donation = make_donation(keep_all)
    body = written()["thanks"].body_text or ""
    link = next(word for word in body.split() if "/gifts/" in word)
    assert sign("gift", donation.reference) in link
    assert donation.reference in client.get(link).get_data(as_text=True)


def test_a_revoked_endorsement_is_told_to_those_who_saw_it(keep_all: Campaign) -> None:
    shown = endorse(keep_all)
    saw = make_donation(keep_all, endorsements_shown=[shown.register_no])
    saw_nothing = make_donation(keep_all)
    never_paid = make_donation(
        keep_all, endorsements_shown=[shown.register_no], outcome=Outcome.EXPIRE
    )
    services.tell_of_revocation(shown)
    services.tell_of_revocation(shown)
    assert mails_to(saw.donor.email) == ["thanks", "endorsement_revoked"]
    assert mails_to(saw_nothing.donor.email) == ["thanks"]
    assert mails_to(never_paid.donor.email) == []


def test_who_was_forgotten_gets_no_mail(keep_all: Campaign) -> None:
    donation = make_donation(keep_all, outcome=None)
    donor = queries.donor_by_email(donation.donor.email)
    assert donor is not None
    donor.erased_at = donation.started_at
    db.session.flush()
    pay_donation(donation)
    assert mails_to(donor.email) == []
