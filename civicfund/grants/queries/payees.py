"""Finding bank accounts of organisations, and the people to tell about them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from civicfund.core.db import db
from civicfund.grants.models import PayeeAccount, PayeeState
from civicfund.identity.models import Membership, User


def account_by_id(account_id: int) -> PayeeAccount | None:
    """One account with its organisation."""
    return db.session.scalar(
        select(PayeeAccount)
        .options(joinedload(PayeeAccount.organisation))
        .where(PayeeAccount.id == account_id)
    )


def account_in_use(organisation_id: int) -> PayeeAccount | None:
    """Where the organisation's money is sent today."""
    return db.session.scalar(
        select(PayeeAccount).where(
            PayeeAccount.organisation_id == organisation_id,
            PayeeAccount.state == PayeeState.CONFIRMED,
        )
    )


def proposal_of(organisation_id: int) -> PayeeAccount | None:
    """The account that waits to be checked or confirmed."""
    return db.session.scalar(
        select(PayeeAccount).where(
            PayeeAccount.organisation_id == organisation_id,
            PayeeAccount.state.in_([PayeeState.PROPOSED, PayeeState.CHECKED]),
        )
    )


def accounts_of(organisation_id: int) -> Sequence[PayeeAccount]:
    """All accounts that were ever proposed, the newest first."""
    return db.session.scalars(
        select(PayeeAccount)
        .where(PayeeAccount.organisation_id == organisation_id)
        .order_by(PayeeAccount.proposed_at.desc(), PayeeAccount.id.desc())
    ).all()


def accounts_in(state: PayeeState) -> Sequence[PayeeAccount]:
    """What waits in this state, the oldest first."""
    return db.session.scalars(
        select(PayeeAccount)
        .options(joinedload(PayeeAccount.organisation))
        .where(PayeeAccount.state == state)
        .order_by(PayeeAccount.proposed_at, PayeeAccount.id)
    ).all()


def members_of(organisation_id: int) -> Sequence[User]:
    """The active people who act for the organisation."""
    return db.session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == organisation_id, User.active)
        .order_by(User.id)
    ).all()
