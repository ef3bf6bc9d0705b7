"""Steps 3 and 4: people without an account give; the gateway's news are booked once."""

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from civicfund.core import clock
from civicfund.core.db import db
from civicfund.donors.models import Donation, DonationState
from civicfund.donors.queries import donation_by_reference
from civicfund.ledger.models import JournalEntry
from civicfund.ledger.queries import entries_of_source
from civicfund.payments.models import GatewayEvent
from tests.browsing import fields_of, forms_of, send
from tests.factories.donors import ACCOUNT
from tests.factories.payments import post_news, signed
from tests.jobs import run_jobs
from tests.journeys.nine_steps.ground import Story, link_in, mail_to, moved_on, said


@dataclass(frozen=True)
class Gift:
    """What a person has in hand after giving: the number, and the link to its pages."""

    email: str
    reference: str
    link: str
    amount: int

    @property
    def row(self) -> Donation:
        """The gift as the database has it now."""
        found = donation_by_reference(self.reference)
        assert found is not None
        return found

    @property
    def state(self) -> DonationState:
        """How it stands."""
        return self.row.state

    @property
    def entries(self) -> list[JournalEntry]:
        """Its entries in the book."""
        return list(entries_of_source("donations", self.row.id))


def give(
    story: Story, slug: str, amount: int, *, email: str, method: str = "card", **more: Any
) -> str:
    """The three steps of the form; returns the address of the gateway's page."""
    client, start = story.become(None), f"/campaigns/{slug}/give"
    first = client.get(start)
    [form] = [form for form in forms_of(first) if form.get("action") == f"{start}/you"]
    asked = {"choice": "other", "amount": f"{amount:,}", "method": method}
    if "on_failure" in more:
        asked["on_failure"] = more.pop("on_failure")
    page = client.get(f"{start}/you", query_string=fields_of(form) | asked)
    said(page, "About you", f"{amount:,}")
    account = ACCOUNT if asked.get("on_failure") == "refund" and method == "konbini" else {}
    answers = {"email": email, "publicity": "hidden"} | account | more
    wrong = send(client, page, to="/check", **(answers | {"email": "not an address"}))
    said(wrong, "Check the e-mail address", status=422)
    page = send(client, wrong, to="/check", **answers)
    said(page, "Check before you pay", email, f"Give {amount:,}")
    said(send(client, page, to="/pay"), "agree", status=422)
    return moved_on(send(client, page, to="/pay", accept_terms="y"))


def pay_by_card(
    story: Story, checkout: str, *, card: str = "visa", declined_first: bool = False
) -> str:
    """Choose a test card at the hosted page; returns the address of the way back."""
    client = story.client
    assert checkout.startswith("/sandbox/checkouts/")
    if declined_first:
        page = send(client, checkout, to="/card", card="declined")
        said(page, "declined", status=422)
    return moved_on(send(client, checkout, to="/card", card=card))


def pay_at_the_shop(story: Story, checkout: str) -> str:
    """Take the number, hear of it by mail, pay it over the counter; returns the way back."""
    client = story.client
    voucher = moved_on(send(client, checkout, to="/voucher"))
    back = re.search(r'href="http://localhost(/gifts/[^"]+)"', client.get(voucher).text)
    assert back
    assert run_jobs(), "the news of the number"
    said(client.get(back.group(1)), "Please pay at the store")
    assert moved_on(send(client, voucher, to="/pay")) == voucher
    said(client.get(voucher), "The shop took the money")
    return back.group(1)


def come_back(story: Story, back: str, *, email: str, amount: int) -> Gift:
    """The thanks page before and after the gateway's news were handled."""
    page = said(story.client.get(back), f"{amount:,}")
    run_jobs()
    reference = re.search(r"D-[0-9A-Z-]{9,}", page)
    assert reference, page
    return Gift(email, reference.group(), back.removesuffix("/thanks"), amount)


def gift_by_card(
    story: Story, slug: str, amount: int, *, email: str, card: str = "visa", **more: Any
) -> Gift:
    """A whole gift by card."""
    checkout = give(story, slug, amount, email=email, **more)
    back = pay_by_card(story, checkout, card=card, declined_first=card == "visa")
    return come_back(story, back, email=email, amount=amount)


def gift_at_the_shop(story: Story, slug: str, amount: int, *, email: str, **more: Any) -> Gift:
    """A whole gift in cash."""
    checkout = give(story, slug, amount, email=email, method="konbini", **more)
    return come_back(story, pay_at_the_shop(story, checkout), email=email, amount=amount)


def hear_it_all_again(story: Story, gifts: list[Gift]) -> None:
    """Every webhook comes twice more, the last ones first; nothing changes but the inbox's log."""
    before = {gift.reference: [entry.id for entry in gift.entries] for gift in gifts}
    assert story.carried
    told = [json.loads(body) for body, _ in story.carried]
    for news in [*reversed(told), *told]:
        # Whoever sends again signs again: an old signature is refused.
        assert post_news(*signed(news)).status_code == 200
    run_jobs()
    assert {gift.reference: [entry.id for entry in gift.entries] for gift in gifts} == before


def lies_are_refused(story: Story) -> None:
    """A webhook whose signature does not fit, or is old, is stored nowhere."""
    body, headers = story.carried[0]
    kept = db.session.query(GatewayEvent).count()
    assert post_news(body + b" ", headers).status_code == 400
    with clock.at(clock.now() + timedelta(minutes=6)):
        assert post_news(body, headers).status_code == 400
    assert db.session.query(GatewayEvent).count() == kept


def is_thanked(story: Story, gift: Gift) -> None:
    """A mail with the signed link, which leads to the gift; the page shows the number."""
    mail = mail_to(gift.email, "donors/thanks")
    assert gift.reference in (mail.body_text or "")
    said(story.become(None).get(link_in(mail)), gift.reference, f"{gift.amount:,}")
    said(story.client.get(f"{gift.link}/thanks"), "Thank you", gift.reference)
