"""What waits for the offices, and who works there."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload

from civicfund.core import clock
from civicfund.core.db import db
from civicfund.endorsements.models import (
    OPEN,
    Endorsement,
    EndorsementCondition,
    EndorsementState,
    Issuer,
    MisuseReport,
    MisuseState,
    StateNow,
)
from civicfund.endorsements.queries.register import is_now
from civicfund.identity.models import Membership, Role, RoleName, User

# So long before its end the office and the organisation are told that a renewal is due.
RENEWAL_DAYS = 60


def waiting_for(issuer_ids: Collection[int]) -> Sequence[Endorsement]:
    """What these offices have to decide, the oldest request first."""
    return _of(issuer_ids, Endorsement.state == EndorsementState.REQUESTED)


def back_with_applicant(issuer_ids: Collection[int]) -> Sequence[Endorsement]:
    """Where these offices wait for changes, the oldest request first."""
    return _of(issuer_ids, Endorsement.state == EndorsementState.CHANGES_REQUESTED)


def expiring_soon(issuer_ids: Collection[int]) -> Sequence[Endorsement]:
    """Valid ones that end within the time of renewal and have no successor, the next end first."""
    renewed = select(Endorsement.supersedes_id).where(
        Endorsement.supersedes_id.is_not(None), Endorsement.state != EndorsementState.DECLINED
    )
    return db.session.scalars(
        select(Endorsement)
        .where(
            Endorsement.issuer_id.in_(issuer_ids),
            is_now(StateNow.VALID),
            Endorsement.valid_until <= clock.today() + timedelta(days=RENEWAL_DAYS),
            Endorsement.id.not_in(renewed),
        )
        .options(joinedload(Endorsement.issuer))
        .order_by(Endorsement.valid_until, Endorsement.id)
    ).all()


def reports_awaited(issuer_ids: Collection[int]) -> Sequence[Endorsement]:
    """Ended ones whose report has not come, the oldest duty first."""
    return db.session.scalars(
        select(Endorsement)
        .where(
            Endorsement.issuer_id.in_(issuer_ids),
            is_now(StateNow.EXPIRED),
            Endorsement.report_due_on.is_not(None),
            Endorsement.report_received_at.is_(None),
        )
        .options(joinedload(Endorsement.issuer))
        .order_by(Endorsement.report_due_on, Endorsement.id)
    ).all()


def conditions_awaited(
    issuer_ids: Collection[int],
) -> Sequence[tuple[EndorsementCondition, Endorsement]]:
    """Conditions with a day that are not met, the next day first, with their endorsement."""
    rows = db.session.execute(
        select(EndorsementCondition, Endorsement)
        .join(Endorsement, Endorsement.id == EndorsementCondition.endorsement_id)
        .where(
            Endorsement.issuer_id.in_(issuer_ids),
            Endorsement.state == EndorsementState.ISSUED,
            EndorsementCondition.due_on.is_not(None),
            EndorsementCondition.met_at.is_(None),
        )
        .order_by(EndorsementCondition.due_on, EndorsementCondition.id)
    )
    return [(condition, endorsement) for condition, endorsement in rows]


def decided_by_offices(issuer_ids: Collection[int]) -> Select[Endorsement]:
    """Everything that these offices have decided, the newest first."""
    return (
        select(Endorsement)
        .where(Endorsement.issuer_id.in_(issuer_ids), Endorsement.state.not_in(OPEN))
        .options(joinedload(Endorsement.issuer))
        .order_by(Endorsement.id.desc())
    )


def _of(issuer_ids: Collection[int], condition: ColumnElement[bool]) -> Sequence[Endorsement]:
    return db.session.scalars(
        select(Endorsement)
        .where(Endorsement.issuer_id.in_(issuer_ids), condition)
        .options(joinedload(Endorsement.issuer))
        .order_by(Endorsement.requested_at, Endorsement.id)
    ).all()


def misuse_open(issuer_ids: Collection[int]) -> Sequence[MisuseReport]:
    """Reports of misuse that these offices have to look into, the oldest first."""
    return db.session.scalars(
        select(MisuseReport)
        .join(MisuseReport.endorsement)
        .where(Endorsement.issuer_id.in_(issuer_ids), MisuseReport.state == MisuseState.OPEN)
        .options(joinedload(MisuseReport.endorsement).joinedload(Endorsement.issuer))
        .order_by(MisuseReport.reported_at, MisuseReport.id)
    ).all()


def issuers() -> Sequence[Issuer]:
    """Every office that may vouch."""
    return db.session.scalars(select(Issuer).order_by(Issuer.body_ja, Issuer.id)).all()


def issuer_by_id(issuer_id: int) -> Issuer | None:
    """One office."""
    return db.session.get(Issuer, issuer_id)


def issuer_by_prefix(prefix: str) -> Issuer | None:
    """The office whose register begins with these letters."""
    return db.session.scalar(select(Issuer).where(Issuer.register_prefix == prefix))


def issuers_of(organisation_ids: Collection[int]) -> Sequence[Issuer]:
    """The offices of these organisations."""
    return db.session.scalars(
        select(Issuer).where(Issuer.organisation_id.in_(organisation_ids)).order_by(Issuer.id)
    ).all()


def officers_of(issuer: Issuer) -> Sequence[User]:
    """The officers who may act for an office and can still sign in."""
    return db.session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organisation_id == issuer.organisation_id,
            User.active,
            User.roles.any(Role.name == RoleName.OFFICER),
        )
        .order_by(User.id)
    ).all()


def user_by_id(user_id: int) -> User | None:
    """The person who asked."""
    return db.session.get(User, user_id)


def names_of_people(ids: Collection[int | None]) -> dict[int, str]:
    """Names for the desks; never for a public page."""
    rows = db.session.execute(
        select(User.id, User.name)
        .where(User.id.in_([known for known in ids if known is not None]))
        .order_by(User.id)
    )
    return {row.id: row.name for row in rows}
