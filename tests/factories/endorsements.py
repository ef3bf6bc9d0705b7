"""Offices, officers and endorsements in any state, brought there by the services."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from civicfund.core import clock
from civicfund.core.db import db, transaction
from civicfund.endorsements import services
from civicfund.endorsements.kinds import meaning
from civicfund.endorsements.models import (
    Endorsement,
    EndorsementKind,
    EndorsementState,
    Issuer,
)
from civicfund.endorsements.services import Decision, IssuerDetails, RequestTerms
from civicfund.endorsements.subjects import Subject
from civicfund.identity import queries as people
from civicfund.identity.models import Organisation, OrganisationKind, User
from tests.factories.identity import make_organisation, make_user

_number = count(1)

KAWASAKI = IssuerDetails(
    body_ja="川崎市",
    body_en="City of Kawasaki",
    bureau_ja="市民文化局",
    bureau_en="Citizens and Culture Bureau",
    section_ja="市民活動推進課",
    section_en="Citizens' Activities Section",
    officer_title_ja="市民文化局長",
    officer_title_en="Director-General, Citizens and Culture Bureau",
    phone="044-200-0000",
    website="https://city.example.jp/endorsements",
)


def make_issuer(
    *,
    prefix: str | None = None,
    organisation: Organisation | None = None,
    details: IssuerDetails = KAWASAKI,
    **more: Any,
) -> Issuer:
    """An office with a register of its own; the letters count up unless given."""
    organisation = organisation or make_organisation(
        kind=OrganisationKind.CITY, name_ja="川崎市", name_en="City of Kawasaki"
    )
    with transaction():
        return services.create_issuer(
            organisation=organisation,
            register_prefix=prefix or _letters(next(_number)),
            details=details,
            by=None,
            **more,
        )


def make_officer(issuer: Issuer, **more: Any) -> User:
    """Somebody who may act for the office."""
    organisation = people.organisation_by_id(issuer.organisation_id)
    return make_user(roles=("officer",), organisation=organisation, **more)


def make_subject(
    *, organisation: Organisation | None = None, name: str = "みんなの公園", number: int = 0
) -> Subject:
    """Something that can be endorsed; unless told otherwise each is another one."""
    organisation = organisation or make_organisation()
    number = number or 10_000 + next(_number)
    return Subject("campaigns", number, name, f"/campaigns/c-{number}", organisation.id)


def terms(**changes: Any) -> RequestTerms:
    """What somebody asks for: from today for thirty days."""
    today = clock.today()
    words: dict[str, Any] = {
        "scope_text": "公園づくりのちらしに名前をのせたい",
        "asked_from": today,
        "asked_until": today + timedelta(days=30),
    }
    return RequestTerms(**(words | changes))


def decision(endorsement: Endorsement, **changes: Any) -> Decision:
    """What an office decides: what was asked for, under the usual conditions."""
    words: dict[str, Any] = {
        "name_as_displayed": "後援：川崎市 市民文化局",
        "legal_basis": "川崎市市民文化局後援等名義使用事務取扱要綱 第3条",
        "decision_no": f"8川市活第{endorsement.id}号",
        "decision_on": clock.today(),
        "valid_from": endorsement.asked_from,
        "valid_until": endorsement.asked_until,
        "conditions": tuple((text, None) for text in meaning(endorsement.kind).conditions),
    }
    return Decision(**(words | changes))


def make_request(
    *,
    issuer: Issuer | None = None,
    subject: Subject | None = None,
    kind: EndorsementKind = EndorsementKind.NOMINAL_SUPPORT,
    by: User | None = None,
    **changes: Any,
) -> Endorsement:
    """A request that waits on the desk; `changes` are those of its terms."""
    issuer = issuer or make_issuer()
    subject = subject or make_subject()
    by = by or _member_of(subject)
    with transaction():
        return services.request_endorsement(
            issuer=issuer, kind=kind, subject=subject, by=by, terms=terms(**changes)
        )


def make_endorsement(
    *,
    subject: Subject | None = None,
    state: EndorsementState = EndorsementState.ISSUED,
    issuer: Issuer | None = None,
    officer: User | None = None,
    kind: EndorsementKind = EndorsementKind.NOMINAL_SUPPORT,
    valid_from: date | None = None,
    valid_until: date | None = None,
    by: User | None = None,
    **changes: Any,
) -> Endorsement:
    """An endorsement in `state`; `changes` are those of its decision.

    One that is expired was asked for and issued in its time, thirty days ago unless told.
    """
    issuer = issuer or make_issuer()
    officer = officer or make_officer(issuer)
    is_over = state is EndorsementState.EXPIRED
    first = valid_from or clock.today() - timedelta(days=30 if is_over else 0)
    last = valid_until or (clock.today() - timedelta(days=1) if is_over else None)
    asked = {"asked_from": first, "asked_until": last or first + timedelta(days=30)}
    if kind is EndorsementKind.ORDINANCE_DESIGNATION and valid_until is None:
        asked["asked_until"] = None
    with clock.at(min(clock.now(), clock.start_of(first))):
        endorsement = make_request(issuer=issuer, subject=subject, kind=kind, by=by, **asked)
        _decide(endorsement, state, officer, changes)
    if is_over:
        with transaction():
            services.expire_due()
    return endorsement


def check_all(endorsement: Endorsement, officer: User) -> None:
    """Find every criterion met."""
    with transaction():
        number = len(endorsement.criteria)
        services.check_criteria(
            endorsement, by=officer, checked=[True] * number, notes=[""] * number
        )


def _decide(
    endorsement: Endorsement, state: EndorsementState, officer: User, changes: dict[str, Any]
) -> None:
    if state is EndorsementState.REQUESTED:
        return
    if state in {EndorsementState.CHANGES_REQUESTED, EndorsementState.DECLINED}:
        verb = (
            services.decline_endorsement
            if state is EndorsementState.DECLINED
            else services.ask_for_changes
        )
        with transaction():
            verb(endorsement, by=officer, reason="対象が一部の会員に限られているため")
        return
    check_all(endorsement, officer)
    with transaction():
        services.issue_endorsement(
            endorsement, by=officer, decision=decision(endorsement, **changes)
        )
    if state is EndorsementState.REVOKED:
        with transaction():
            services.revoke_endorsement(endorsement, by=officer, reason="申請の内容と違ったため")


def _member_of(subject: Subject) -> User:
    organisation = people.organisation_by_id(subject.organisation_id or 0)
    assert organisation is not None
    db.session.refresh(organisation)
    if organisation.memberships:
        return organisation.memberships[0].user
    return make_user(organisation=organisation)


def _letters(number: int) -> str:
    """1 -> B, 25 -> Z, 26 -> BA: the A is the zero."""
    letters = ""
    while number:
        number, rest = divmod(number, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
