"""Only the issuer acts, and what it may do: ask back, decline, issue, revoke, renew."""

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from civicfund.core import clock, events
from civicfund.core.audit_log import AuditRecord
from civicfund.core.db import db, transaction
from civicfund.core.storage import NotEvidence
from civicfund.endorsements import errors, queries, services
from civicfund.endorsements.models import (
    Endorsement,
    EndorsementKind,
    EndorsementState,
    EventKind,
    IssuerKind,
)
from civicfund.identity import queries as people
from civicfund.identity.models import User
from civicfund.identity.services import add_member
from civicfund.notifications.models import Message
from tests.factories.endorsements import (
    check_all,
    decision,
    make_endorsement,
    make_issuer,
    make_officer,
    make_request,
    make_subject,
    terms,
)
from tests.factories.identity import make_organisation, make_user

DECLINED, ISSUED = EndorsementState.DECLINED, EndorsementState.ISSUED


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


def test_an_organisation_asks_and_the_officers_are_told(house: Flask) -> None:
    issuer = make_issuer()
    officer = make_officer(issuer)
    make_user(roles=("officer",))  # of another office: not told
    request = make_request(issuer=issuer)
    assert request.state is EndorsementState.REQUESTED
    assert request.register_no is None
    assert [message.recipient for message in messages("requested")] == [officer.email]
    assert [event.kind for event in queries.history_of(request)] == [EventKind.REQUESTED]


def test_the_office_of_the_fund_asks_for_others_but_strangers_do_not(house: Flask) -> None:
    subject, issuer = make_subject(), make_issuer()
    assert make_request(issuer=issuer, subject=subject, by=make_user(roles=("staff",)))
    ask = {"issuer": issuer, "kind": EndorsementKind.AGREEMENT, "subject": subject}
    for stranger in (make_user(), make_user(organisation=make_organisation(name_ja="他の会"))):
        refused(
            errors.MayNotRequest, services.request_endorsement,
            **ask, by=stranger, terms=terms(),
        )  # fmt: skip


def test_the_same_form_asks_once_and_a_second_form_is_refused(house: Flask) -> None:
    subject, issuer = make_subject(), make_issuer()
    staff = make_user(roles=("staff",))
    ask = {
        "issuer": issuer, "kind": EndorsementKind.NOMINAL_SUPPORT, "subject": subject,
        "by": staff, "terms": terms(),
    }  # fmt: skip
    with transaction():
        first = services.request_endorsement(**ask, form_key="one")
    with transaction():
        again = services.request_endorsement(**ask, form_key="one")
    assert again.id == first.id
    refused(errors.AlreadyRequested, services.request_endorsement, **ask, form_key="two")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope_text": "  "}, errors.SayWhatFor),
        ({"asked_until": None}, errors.EndMissing),
        ({"asked_until": clock.today() - timedelta(days=1)}, errors.EndsBeforeItBegins),
        ({"event_on": clock.today() + timedelta(days=20)}, errors.LateWithoutReason),
    ],
)
def test_a_request_that_cannot_be_meant_is_refused(
    house: Flask, changes: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        make_request(**changes)
    assert db.session.scalars(select(Endorsement)).all() == []


def test_a_late_request_says_why_and_is_marked(house: Flask) -> None:
    event_on = clock.today() + timedelta(days=20)
    late = make_request(event_on=event_on, late_reason="会場が急に決まったため")
    assert late.is_late
    in_time = make_request(event_on=clock.today() + timedelta(days=40))
    assert in_time.apply_by_on is not None
    assert not in_time.is_late


def test_a_city_gives_no_private_mark(house: Flask) -> None:
    with pytest.raises(errors.KindNotOfThisIssuer):
        make_request(kind=EndorsementKind.PRIVATE_MARK)
    association = make_organisation(name_ja="認証協会")
    mark = make_issuer(organisation=association, kind=IssuerKind.THIRD_PARTY)
    assert make_request(issuer=mark, kind=EndorsementKind.PRIVATE_MARK)


def test_papers_are_checked_by_content(house: Flask) -> None:
    request = make_request()
    member = queries.user_by_id(request.requested_by_id)
    pdf = io.BytesIO(b"%PDF-1.7\n" + b"x" * 100 + b"\n%%EOF")
    with transaction():
        paper = services.attach_document(
            request, by=member, upload=pdf, name="gaiyou.pdf", title=""
        )
    assert paper.title == "gaiyou.pdf"
    assert not paper.is_public
    refused(
        NotEvidence, services.attach_document, request, by=member,
        upload=io.BytesIO(b"MZ not a paper"), name="paper.pdf", title="",
    )  # fmt: skip
    refused(
        errors.MayNotRequest, services.attach_document, request, by=make_user(),
        upload=pdf, name="x.pdf", title="",
    )  # fmt: skip


# -- deciding -------------------------------------------------------------------------------------


def test_the_office_issues_and_the_register_says_what_was_decided(house: Flask) -> None:
    issuer = make_issuer(prefix="K")
    endorsement = make_endorsement(issuer=issuer, further_limits=("雨天時の実施", " "))
    year = clock.today().year
    assert endorsement.register_no == f"K-{year}-0001"
    assert endorsement.is_valid
    assert {"ja": "雨天時の実施", "en": ""} in endorsement.does_not_vouch_for
    assert len(endorsement.does_not_vouch_for) == 6
    assert endorsement.vouches_for[0]["en"]
    assert endorsement.report_due_on == endorsement.valid_until + timedelta(days=14)
    assert [condition.position for condition in endorsement.conditions] == [1, 2, 3]
    assert [message.context["register_no"] for message in messages("issued")] == [f"K-{year}-0001"]
    deeds = db.session.scalars(
        select(AuditRecord.deed).where(AuditRecord.subject_kind == "endorsements")
    ).all()
    assert "endorsement_issued" in deeds
    assert make_endorsement(issuer=issuer).register_no == f"K-{year}-0002"


def outsiders(issuer: Any) -> dict[str, User]:
    """People who must not decide, however important they are."""
    organisation = people.organisation_by_id(issuer.organisation_id)
    return {
        "staff": make_user(roles=("staff",)),
        "staff of the office": make_user(roles=("staff",), organisation=organisation),
        "admin": make_user(roles=("admin",)),
        "officer of another office": make_officer(make_issuer()),
        "officer without an office": make_user(roles=("officer",)),
        "member of the office without the role": make_user(organisation=organisation),
    }


def test_nobody_but_the_issuers_officer_decides(house: Flask) -> None:
    issuer = make_issuer()
    officer = make_officer(issuer)
    request = make_request(issuer=issuer)
    issued = make_endorsement(issuer=issuer, officer=officer)
    check_all(request, officer)
    for who, person in outsiders(issuer).items():
        for verb, target, words in (
            (services.check_criteria, request, {"checked": [True] * 8, "notes": [""] * 8}),
            (services.issue_endorsement, request, {"decision": decision(request)}),
            (services.decline_endorsement, request, {"reason": "x"}),
            (services.ask_for_changes, request, {"reason": "x"}),
            (services.revoke_endorsement, issued, {"reason": "x"}),
            (services.receive_report, issued, {}),
            (services.mark_condition_met, issued, {"condition": issued.conditions[0]}),
        ):
            with pytest.raises(errors.NotTheIssuer):
                verb(target, by=person, **words)
            assert request.state is EndorsementState.REQUESTED, who
            assert issued.state is ISSUED, who
    with transaction():
        services.issue_endorsement(request, by=officer, decision=decision(request))
    assert request.state is ISSUED


def test_no_officer_vouches_for_their_own_organisation(house: Flask) -> None:
    issuer = make_issuer()
    officer = make_officer(issuer)
    club = make_organisation()
    with transaction():
        add_member(user=officer, organisation=club)
    request = make_request(issuer=issuer, subject=make_subject(organisation=club))
    refused(
        errors.OfficerOfTheSubject, services.decline_endorsement, request, by=officer, reason="x"
    )
    colleague = make_officer(issuer)
    with transaction():
        services.decline_endorsement(request, by=colleague, reason="対象外のため")
    assert request.state is DECLINED


def test_what_was_not_checked_is_not_issued(house: Flask) -> None:
    issuer = make_issuer()
    officer = make_officer(issuer)
    request = make_request(issuer=issuer)
    wanted = decision(request)
    refused(errors.CriteriaNotMet, services.issue_endorsement, request, by=officer, decision=wanted)
    with transaction():
        services.check_criteria(
            request, by=officer, checked=[True] * 7 + [False], notes=["確認済み"] + [""] * 7
        )
    assert request.criteria_checked_by_id == officer.id
    assert request.criteria[0]["note"] == "確認済み"
    refused(errors.CriteriaNotMet, services.issue_endorsement, request, by=officer, decision=wanted)
    refused(
        errors.CriteriaChanged, services.check_criteria, request, by=officer,
        checked=[True], notes=[""],
    )  # fmt: skip
    assert request.register_no is None


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"decision_no": " "}, errors.DecisionIncomplete),
        ({"legal_basis": ""}, errors.DecisionIncomplete),
        ({"name_as_displayed": ""}, errors.DecisionIncomplete),
        ({"valid_until": None}, errors.EndMissing),
        ({"valid_until": clock.today() - timedelta(days=1)}, errors.EndsBeforeItBegins),
        (
            {
                "valid_from": clock.today() - timedelta(days=9),
                "valid_until": clock.today() - timedelta(days=1),
            },
            errors.AlreadyOver,
        ),
        ({"cost_borne": True}, errors.CostNotPossible),
    ],
)
def test_a_decision_that_cannot_stand_is_refused(
    house: Flask, changes: dict[str, Any], error: type[Exception]
) -> None:
    issuer = make_issuer()
    officer = make_officer(issuer)
    request = make_request(issuer=issuer)
    check_all(request, officer)
    refused(
        error,
        services.issue_endorsement,
        request,
        by=officer,
        decision=decision(request, **changes),
    )
    row = db.session.scalars(select(Endorsement)).one()
    assert row.state is EndorsementState.REQUESTED
