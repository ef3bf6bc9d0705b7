"""The public register, and what is valid now."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from civicfund.core import clock
from civicfund.core.db import db
from civicfund.endorsements.models import (
    IN_REGISTER,
    Endorsement,
    EndorsementKind,
    EndorsementState,
    Issuer,
    StateNow,
)


@dataclass(frozen=True)
class RegisterFilter:
    """What a visitor of the register looks for; empty means all."""

    kind: EndorsementKind | None = None
    issuer_id: int | None = None
    state: StateNow | None = None
    # Already normalised, see `core.search`.
    words: tuple[str, ...] = ()


def live_for(subject_kind: str, subject_ids: Collection[int]) -> dict[int, list[Endorsement]]:
    """What pages of these subjects may show now, the oldest word first: one statement.

    Subjects without a valid endorsement have no key.
    """
    if not subject_ids:
        return {}
    rows = db.session.scalars(
        select(Endorsement)
        .where(
            Endorsement.subject_kind == subject_kind,
            Endorsement.subject_id.in_(subject_ids),
            is_now(StateNow.VALID),
        )
        .options(joinedload(Endorsement.issuer))
        .order_by(Endorsement.subject_id, Endorsement.valid_from, Endorsement.id)
    )
    found: dict[int, list[Endorsement]] = defaultdict(list)
    for row in rows:
        found[row.subject_id].append(row)
    return dict(found)


def endorsed_ids(subject_kind: str) -> frozenset[int]:
    """The subjects of a kind that a valid endorsement names."""
    rows = db.session.scalars(
        select(Endorsement.subject_id)
        .where(Endorsement.subject_kind == subject_kind, is_now(StateNow.VALID))
        .order_by(Endorsement.subject_id)
        .distinct()
    )
    return frozenset(rows)


def register(wanted: RegisterFilter) -> Select[Endorsement]:
    """The public register: granted, expired and revoked ones, the newest first."""
    found = (
        select(Endorsement)
        .where(Endorsement.state.in_(IN_REGISTER))
        .options(joinedload(Endorsement.issuer))
    )
    if wanted.kind is not None:
        found = found.where(Endorsement.kind == wanted.kind)
    if wanted.issuer_id is not None:
        found = found.where(Endorsement.issuer_id == wanted.issuer_id)
    if wanted.state is not None:
        found = found.where(is_now(wanted.state))
    for word in wanted.words:
        found = found.where(Endorsement.search_text.contains(word, autoescape=True))
    return found.order_by(Endorsement.issued_at.desc(), Endorsement.id.desc())


def latest(*, at_most: int) -> Sequence[Endorsement]:
    """The newest valid ones, for the home page."""
    return db.session.scalars(
        select(Endorsement)
        .where(is_now(StateNow.VALID))
        .options(joinedload(Endorsement.issuer))
        .order_by(Endorsement.issued_at.desc(), Endorsement.id.desc())
        .limit(at_most)
    ).all()


def is_now(state: StateNow) -> ColumnElement[bool]:
    """`Endorsement.state_now`, said to the database."""
    today = clock.today()
    is_over = func.coalesce(Endorsement.valid_until < today, False)
    is_issued = Endorsement.state == EndorsementState.ISSUED
    conditions: dict[StateNow, ColumnElement[bool]] = {
        StateNow.REVOKED: Endorsement.state == EndorsementState.REVOKED,
        StateNow.EXPIRED: or_(
            Endorsement.state == EndorsementState.EXPIRED, and_(is_issued, is_over)
        ),
        StateNow.UPCOMING: and_(is_issued, ~is_over, Endorsement.valid_from > today),
        StateNow.VALID: and_(is_issued, ~is_over, Endorsement.valid_from <= today),
    }
    return conditions[state]


def endorsement_by_register_no(register_no: str) -> Endorsement | None:
    """The entry of the public register."""
    return db.session.scalar(
        select(Endorsement)
        .where(Endorsement.register_no == register_no)
        .options(joinedload(Endorsement.issuer), selectinload(Endorsement.conditions))
    )


def last_register_number(issuer: Issuer, year: int) -> int:
    """The highest number that was given; 0 before the first."""
    number = db.session.scalar(
        select(func.max(Endorsement.register_number)).where(
            Endorsement.issuer_id == issuer.id, Endorsement.register_year == year
        )
    )
    return int(number or 0)
