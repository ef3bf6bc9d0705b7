"""Finding instalments."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, lazyload

from civicfund.campaigns.models import Campaign
from civicfund.core.db import db
from civicfund.grants.models import Award, Disbursement, DisbursementState

LIVE = (
    DisbursementState.PREPARED,
    DisbursementState.APPROVED,
    DisbursementState.EXPORTED,
    DisbursementState.PAID,
)
_NAMES = joinedload(Disbursement.award).options(
    joinedload(Award.campaign).options(lazyload(Campaign.budget_lines)),
    joinedload(Award.organisation),
)


def disbursement_by_id(disbursement_id: int) -> Disbursement | None:
    """One instalment with its award."""
    return db.session.scalar(
        select(Disbursement).options(_NAMES).where(Disbursement.id == disbursement_id)
    )


def disbursement_by_form_key(form_key: str) -> Disbursement | None:
    """The instalment that this form has prepared already."""
    return db.session.scalar(select(Disbursement).where(Disbursement.form_key == form_key))


def disbursements_of(award_ids: Collection[int]) -> dict[int, list[Disbursement]]:
    """The instalments of these awards, by award, in their order."""
    found: dict[int, list[Disbursement]] = defaultdict(list)
    for row in db.session.scalars(
        select(Disbursement)
        .where(Disbursement.award_id.in_(award_ids))
        .order_by(Disbursement.award_id, Disbursement.number)
    ):
        found[row.award_id].append(row)
    return found


def disbursements_in(*states: DisbursementState) -> Sequence[Disbursement]:
    """What waits in these states, the oldest first."""
    return db.session.scalars(
        select(Disbursement)
        .options(_NAMES)
        .where(Disbursement.state.in_(states))
        .order_by(Disbursement.prepared_at, Disbursement.id)
    ).all()


def last_number(award_id: int) -> int:
    """The number of the newest instalment, 0 before the first."""
    return (
        db.session.scalar(
            select(func.max(Disbursement.number)).where(Disbursement.award_id == award_id)
        )
        or 0
    )


def sum_of(award_id: int, *states: DisbursementState) -> int:
    """Yen of the award's instalments in these states."""
    return int(
        db.session.scalar(
            select(func.coalesce(func.sum(Disbursement.amount_yen), 0)).where(
                Disbursement.award_id == award_id, Disbursement.state.in_(states)
            )
        )
        or 0
    )
