"""What becomes of an endorsement after it was decided."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from civicfund.core import clock, events
from civicfund.core.db import db, transaction
from civicfund.core.errors import NotAllowedNow
from civicfund.endorsements import errors, queries, services
from civicfund.endorsements.models import (
    Endorsement,
    EndorsementKind,
    EndorsementState,
    EventKind,
)
from civicfund.endorsements.services import IssuerDetails
from civicfund.identity.models import OrganisationKind
from civicfund.notifications.models import Message
from tests.factories.endorsements import (
    KAWASAKI,
    check_all,
    decision,
    make_endorsement,
    make_issuer,
    make_officer,
    make_request,
    terms,
)
from tests.factories.identity import make_organisation, make_user
from tests.jobs import run_jobs


@pytest.fixture
def told() -> Iterator[list[Endorsement]]:
    """Who hears of revocations."""
    heard: list[Endorsement] = []
    events.subscribe("endorsement_revoked", heard.append)
    yield heard
    events._listeners["endorsement_revoked"].remove(heard.append)


def messages(template: str) -> list[Message]:
    return list(
        db.session.scalars(
            select(Message)
            .where(Message.template == f"endorsements/{template}")
            .order_by(Message.id)
        )
    )


def refused(error: type[Exception], verb: Any, *args: Any, **kwargs: Any) -> None:
    with pytest.raises(error), transaction():
        verb(*args, **kwargs)


# -- asking ---------------------------------------------------------------------------------------


def test_changes_are_asked_for_made_and_checked_anew(house: Flask) -> None:
    issuer = make_issuer()
    officer = make_officer(issuer)
    request = make_request(issuer=issuer)
    member = queries.user_by_id(request.requested_by_id)
    check_all(request, officer)
    refused(errors.ReasonMissing, services.ask_for_changes, request, by=officer, reason=" ")
    with transaction():
        services.ask_for_changes(request, by=officer, reason="収支予算書を付けてください")
    assert messages("changes_requested")[0].recipient == member.email
    refused(errors.MayNotRequest, services.resubmit, request, by=make_user(), terms=terms())
    with transaction():
        services.resubmit(request, by=member, terms=terms(scope_text="予算書を付けました"))
    assert request.state is EndorsementState.REQUESTED
    assert not request.criteria_met
    assert len(messages("requested")) == 2
    refused(NotAllowedNow, services.resubmit, request, by=member, terms=terms())


def test_a_refusal_says_why_and_is_the_end(house: Flask) -> None:
    request = make_endorsement(state=EndorsementState.DECLINED)
    assert request.decision_note
    assert len(messages("declined")) == 1
    officer = make_officer(request.issuer)
    refused(NotAllowedNow, services.ask_for_changes, request, by=officer, reason="x")
    # The next request may be made, and no number of the register was used.
    assert request.register_no is None


# -- withdrawing ----------------------------------------------------------------------------------


def test_a_revocation_is_public_at_once_and_told(house: Flask, told: list[Endorsement]) -> None:
    issuer = make_issuer()
    officer = make_officer(issuer)
    endorsement = make_endorsement(issuer=issuer)
    refused(errors.ReasonMissing, services.revoke_endorsement, endorsement, by=officer, reason="")
    assert endorsement.is_valid
    with transaction():
        services.revoke_endorsement(endorsement, by=officer, reason="申請と違う内容だったため")
    assert endorsement.state is EndorsementState.REVOKED
    assert not endorsement.is_valid
    assert queries.live_for("campaigns", [endorsement.subject_id]) == {}
    assert told == [endorsement]
    assert messages("revoked")[0].context["reason"] == "申請と違う内容だったため"
    refused(NotAllowedNow, services.revoke_endorsement, endorsement, by=officer, reason="again")


def test_what_ended_by_itself_cannot_be_revoked(house: Flask, told: list[Endorsement]) -> None:
    endorsement = make_endorsement()
    officer = make_officer(endorsement.issuer)
    with clock.at(clock.start_of(endorsement.valid_until + timedelta(days=1))):
        refused(
            errors.AlreadyEnded, services.revoke_endorsement, endorsement, by=officer, reason="x"
        )
    assert told == []


# -- time -----------------------------------------------------------------------------------------


def test_the_nightly_job_notes_the_end_once(house: Flask) -> None:
    endorsement = make_endorsement()
    endless = make_endorsement(kind=EndorsementKind.ORDINANCE_DESIGNATION)
    with clock.at(clock.end_of(endorsement.valid_until)), transaction():
        assert services.expire_due() == 0
    night_after_next = clock.start_of(endorsement.valid_until + timedelta(days=2))
    with clock.at(night_after_next):
        for expected in (1, 0):
            with transaction():
                assert services.expire_due() == expected
        assert endorsement.state is EndorsementState.EXPIRED
        assert endless.state is EndorsementState.ISSUED
        ended = queries.history_of(endorsement)[-1]
        assert ended.kind is EventKind.EXPIRED
        assert ended.happened_at == clock.start_of(endorsement.valid_until + timedelta(days=1))
        assert ended.actor_id is None
        assert len(messages("expired")) == 1


def test_a_renewal_begins_when_its_predecessor_has_ended(house: Flask) -> None:
    issuer = make_issuer()
    officer = make_officer(issuer)
    first = make_endorsement(issuer=issuer, officer=officer)
    staff = make_user(roles=("staff",))
    refused(errors.MayNotRequest, services.renew_endorsement, first, by=make_user(), terms=terms())
    with transaction():
        second = services.renew_endorsement(first, by=staff, terms=terms())
    assert second.supersedes_id == first.id
    refused(errors.AlreadyRenewed, services.renew_endorsement, first, by=staff, terms=terms())
    check_all(second, officer)
    refused(
        errors.StartsTooEarly, services.issue_endorsement, second, by=officer,
        decision=decision(second),
    )  # fmt: skip
    begins = first.valid_until + timedelta(days=1)
    with transaction():
        services.issue_endorsement(
            second, by=officer,
            decision=decision(second, valid_from=begins, valid_until=begins + timedelta(days=9)),
        )  # fmt: skip
    assert queries.live_for("campaigns", [first.subject_id]) == {first.subject_id: [first]}
    with clock.at(clock.start_of(begins)):
        assert queries.live_for("campaigns", [first.subject_id]) == {first.subject_id: [second]}


def test_what_was_revoked_is_not_renewed(house: Flask) -> None:
    endorsement = make_endorsement(state=EndorsementState.REVOKED)
    staff = make_user(roles=("staff",))
    refused(errors.NotRenewable, services.renew_endorsement, endorsement, by=staff, terms=terms())


def test_reminders_are_sent_once_each(house: Flask) -> None:
    today = clock.today()
    long = make_endorsement(valid_until=today + timedelta(days=90))
    make_endorsement(valid_until=today + timedelta(days=20))  # one event: not renewed
    duty = make_endorsement(
        valid_until=today + timedelta(days=90), conditions=(("案を出す", today),)
    )
    with clock.at(clock.start_of(today + timedelta(days=31))):
        for _ in range(2):
            with transaction():
                services.send_reminders()
    assert {message.source_id for message in messages("ending")} == {long.id, duty.id}
    assert [message.source_id for message in messages("condition_overdue")] == [duty.id]
    with clock.at(clock.start_of(today + timedelta(days=40))):
        for _ in range(2):
            with transaction():
                services.expire_due()
                services.send_reminders()
        assert len(messages("report_overdue")) == 1
        run_jobs()
    assert all(message.body_text for message in messages("report_overdue"))


def test_conditions_and_reports_are_noted_once(house: Flask) -> None:
    issuer = make_issuer()
    officer = make_officer(issuer)
    endorsement = make_endorsement(issuer=issuer, conditions=(("案を出す", clock.today()),))
    condition = endorsement.conditions[0]
    assert len(queries.conditions_awaited([issuer.id])) == 1
    for _ in range(2):
        with transaction():
            services.mark_condition_met(endorsement, condition=condition, by=officer)
            services.receive_report(endorsement, by=officer)
    kinds = [event.kind for event in queries.history_of(endorsement)]
    assert kinds.count(EventKind.CONDITION_MET) == 1
    assert kinds.count(EventKind.REPORT_RECEIVED) == 1
    assert queries.conditions_awaited([issuer.id]) == []
    request = make_request(issuer=issuer)
    refused(NotAllowedNow, services.receive_report, request, by=officer)


# -- misuse ---------------------------------------------------------------------------------------


def test_misuse_is_reported_once_per_form_and_settled_by_the_office(house: Flask) -> None:
    issuer = make_issuer()
    officer = make_officer(issuer)
    endorsement = make_endorsement(issuer=issuer, officer=officer)
    for _ in range(2):
        with transaction():
            report = services.report_misuse(
                endorsement, form_key="f", words="駅前のちらし", email="a@b.example"
            )
    assert [message.recipient for message in messages("misuse")] == [officer.email]
    assert queries.misuse_open([issuer.id]) == [report]
    refused(
        errors.NotTheIssuer, services.settle_misuse, report,
        by=make_user(roles=("staff",)), outcome="x",
    )  # fmt: skip
    refused(errors.ReasonMissing, services.settle_misuse, report, by=officer, outcome="")
    with transaction():
        services.settle_misuse(report, by=officer, outcome="団体に連絡し、はがしてもらった")
    assert queries.misuse_open([issuer.id]) == []


# -- offices --------------------------------------------------------------------------------------


def test_an_office_needs_a_city_a_telephone_and_letters_of_its_own(house: Flask) -> None:
    city = make_organisation(kind=OrganisationKind.CITY, name_ja="市")
    make_issuer(prefix="K", organisation=city)
    with pytest.raises(errors.RegisterPrefixTaken):
        make_issuer(prefix="K", organisation=city)
    with pytest.raises(errors.NotAnIssuersOrganisation):
        make_issuer(organisation=make_organisation())
    nobody = IssuerDetails(body_ja="市", section_ja="課", officer_title_ja="長", phone=" ")
    with pytest.raises(errors.DecisionIncomplete):
        make_issuer(organisation=city, details=nobody)
    assert KAWASAKI.phone
