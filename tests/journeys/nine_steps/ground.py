"""What every step of the journey stands on: the people, the days, the postman, the book."""

import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from flask.testing import FlaskClient

from civicfund.core import clock, queue
from civicfund.core.db import db
from civicfund.endorsements.models import Issuer
from civicfund.identity.models import Organisation, User
from civicfund.ledger import queries as book
from civicfund.notifications.models import Message
from civicfund.payments.gateways.sandbox.delivery import delivering_through
from tests.browsing import words
from tests.factories.endorsements import make_issuer, make_officer
from tests.factories.identity import make_member, make_organisation, make_user, sign_in, sign_out
from tests.factories.payments import carry_to_app
from tests.jobs import run_jobs

FIRST_DAY = date(2026, 4, 6)
Parcel = tuple[bytes, dict[str, str]]


@dataclass
class Story:
    """One browser, the people who use it in turn, and what is carried between the houses."""

    client: FlaskClient
    npo: Organisation
    member: User
    content_reviewer: User
    finance_reviewer: User
    approver: User
    auditor: User
    issuer: Issuer
    officer: User
    carried: list[Parcel] = field(default_factory=list)

    def become(self, person: User | None) -> FlaskClient:
        """The browser is this person's from now on; None is anybody in the street."""
        if person is None:
            sign_out(self.client)
        else:
            sign_in(self.client, person)
        return self.client


def begin(client: FlaskClient) -> Story:
    """An organisation that the office has checked, the people of the fund, the city's office."""
    client.set_cookie("lang", "en")
    content_reviewer = make_user(roles=("staff",), name="Haruka Office")
    issuer = make_issuer(prefix="K")
    npo = make_organisation(verified_by=content_reviewer)
    return Story(
        client=client,
        npo=npo,
        member=make_member(npo, name="Ayumi Hinata"),
        content_reviewer=content_reviewer,
        finance_reviewer=make_user(roles=("staff",), name="Makoto Books"),
        approver=make_user(roles=("approver",), name="Chiyo Board"),
        auditor=make_user(roles=("auditor",), name="Fumio Auditor"),
        issuer=issuer,
        officer=make_officer(issuer, name="Ryo City"),
    )


def on_day(number: int, hour: int = 10, minute: int = 0) -> AbstractContextManager[None]:
    """The clock of the whole house stands at this day of the story."""
    return clock.at(datetime.combine(the_day(number), time(hour, minute), tzinfo=clock.JST))


def the_day(number: int) -> date:
    """A day of the story."""
    return FIRST_DAY + timedelta(days=number)


def tick(job: str) -> list[str]:
    """What the worker does when the clock names this job: the job, and all that follows."""
    queue.run(job)
    return run_jobs()


@contextmanager
def postman(story: Story) -> Iterator[None]:
    """Webhooks are carried to the app over HTTP, and a copy of each is kept."""

    def carry(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        story.carried.append((body, dict(headers)))
        return carry_to_app(url, body, headers)

    with delivering_through(carry):
        yield


def mail_to(address: str, template: str) -> Message:
    """The one mail of this kind to somebody; it was sent."""
    [found] = db.session.query(Message).filter_by(recipient=address, template=template).all()
    assert found.body_text, "run_jobs() has sent it"
    return found


def link_in(message: Message) -> str:
    """The signed link of a gift, as it stands in the text of a mail."""
    found = re.search(r"http://localhost(/gifts/\S+)", message.body_text or "")
    assert found, message.body_text
    return found.group(1)


def said(response: Any, *expected: str, status: int = 200) -> str:
    """All that the page says; it must say these things."""
    assert response.status_code == status, (response.status_code, words(response))
    text = words(response)
    for part in expected:
        assert part in text, (part, text)
    return text


def moved_on(response: Any) -> str:
    """Where a deed that was accepted leads."""
    if response.status_code not in {302, 303}:
        raise AssertionError((response.status_code, words(response)))
    return str(response.location).removeprefix("http://localhost")


def in_book() -> dict[str, int]:
    """Every line of the chart that is not empty: what it holds, on its own side."""
    lines = book.trial_balance().lines
    return {line.code: abs(line.balance) for line in lines if line.balance}
