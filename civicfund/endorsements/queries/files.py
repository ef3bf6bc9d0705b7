"""The files behind the register: requests, history, papers, reports of misuse."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from civicfund.core.db import db
from civicfund.endorsements.models import (
    OPEN,
    Endorsement,
    EndorsementCondition,
    EndorsementDocument,
    EndorsementEvent,
    EndorsementKind,
    EndorsementState,
    Issuer,
    MisuseReport,
)


def endorsement_by_reference(reference: str) -> Endorsement | None:
    """The file behind the desks, whatever its state."""
    return db.session.scalar(
        select(Endorsement)
        .where(Endorsement.reference == reference)
        .options(joinedload(Endorsement.issuer), selectinload(Endorsement.conditions))
    )


def endorsement_by_form_key(form_key: str) -> Endorsement | None:
    """The request that this form has made already."""
    return db.session.scalar(select(Endorsement).where(Endorsement.form_key == form_key))


def open_request(
    *, issuer: Issuer, kind: EndorsementKind, subject_kind: str, subject_id: int
) -> Endorsement | None:
    """The request of the same kind that this office is already looking at."""
    return db.session.scalar(
        select(Endorsement).where(
            Endorsement.issuer_id == issuer.id,
            Endorsement.kind == kind,
            Endorsement.subject_kind == subject_kind,
            Endorsement.subject_id == subject_id,
            Endorsement.state.in_(OPEN),
        )
    )


def renewal_of(endorsement: Endorsement) -> Endorsement | None:
    """Its successor, asked for or issued."""
    return db.session.scalar(
        select(Endorsement).where(
            Endorsement.supersedes_id == endorsement.id,
            Endorsement.state != EndorsementState.DECLINED,
        )
    )


def predecessor_of(endorsement: Endorsement) -> Endorsement | None:
    """The endorsement that this one renews."""
    if endorsement.supersedes_id is None:
        return None
    return db.session.get(Endorsement, endorsement.supersedes_id)


def endorsements_to_expire(on: date) -> Sequence[Endorsement]:
    """Issued ones whose last day was before the day `on`, locked; what others hold waits."""
    return db.session.scalars(
        select(Endorsement)
        .where(Endorsement.state == EndorsementState.ISSUED, Endorsement.valid_until < on)
        .order_by(Endorsement.valid_until, Endorsement.id)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()


def of_subject(subject_kind: str, subject_id: int) -> Sequence[Endorsement]:
    """All about one subject, the newest first, for the desks."""
    return db.session.scalars(
        requests().where(
            Endorsement.subject_kind == subject_kind, Endorsement.subject_id == subject_id
        )
    ).all()


def requests_of(organisation_ids: Collection[int]) -> Select[Endorsement]:
    """What these organisations asked for, the newest first."""
    return requests().where(Endorsement.subject_organisation_id.in_(organisation_ids))


def requests() -> Select[Endorsement]:
    """Everything that was ever asked for, the newest first."""
    return (
        select(Endorsement)
        .options(joinedload(Endorsement.issuer))
        .order_by(Endorsement.requested_at.desc(), Endorsement.id.desc())
    )


def history_of(endorsement: Endorsement) -> Sequence[EndorsementEvent]:
    """What happened, in the order in which it did."""
    return db.session.scalars(
        select(EndorsementEvent)
        .where(EndorsementEvent.endorsement_id == endorsement.id)
        .order_by(EndorsementEvent.happened_at, EndorsementEvent.id)
    ).all()


def documents_of(endorsement: Endorsement, *, only_public: bool) -> Sequence[EndorsementDocument]:
    """The papers of the file, in the order in which they came."""
    found = (
        select(EndorsementDocument)
        .where(EndorsementDocument.endorsement_id == endorsement.id)
        .options(joinedload(EndorsementDocument.stored_file))
        .order_by(EndorsementDocument.id)
    )
    if only_public:
        found = found.where(EndorsementDocument.is_public)
    return db.session.scalars(found).all()


def document_by_id(document_id: int) -> EndorsementDocument | None:
    """One paper with its file."""
    return db.session.scalar(
        select(EndorsementDocument)
        .where(EndorsementDocument.id == document_id)
        .options(joinedload(EndorsementDocument.stored_file))
    )


def condition_by_id(condition_id: int) -> EndorsementCondition | None:
    """One condition."""
    return db.session.get(EndorsementCondition, condition_id)


def misuse_by_id(report_id: int) -> MisuseReport | None:
    """One report of misuse with its endorsement."""
    return db.session.scalar(
        select(MisuseReport)
        .where(MisuseReport.id == report_id)
        .options(joinedload(MisuseReport.endorsement).joinedload(Endorsement.issuer))
    )


def misuse_by_form_key(form_key: str) -> MisuseReport | None:
    """The report that this form has made already."""
    return db.session.scalar(select(MisuseReport).where(MisuseReport.form_key == form_key))


def file_of_document(document: EndorsementDocument) -> Endorsement:
    """The file that a paper belongs to, with its office."""
    return db.session.scalars(
        select(Endorsement)
        .where(Endorsement.id == document.endorsement_id)
        .options(joinedload(Endorsement.issuer))
    ).one()


def endorsement_of(condition: EndorsementCondition) -> Endorsement:
    """The endorsement that a condition belongs to, with its office."""
    return db.session.scalars(
        select(Endorsement)
        .where(Endorsement.id == condition.endorsement_id)
        .options(joinedload(Endorsement.issuer))
    ).one()
