"""The act itself: asked for, decided, valid for a term, with its conditions."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicfund.core import clock
from civicfund.core.db import Numbered
from civicfund.core.enums import Labelled, enum_type
from civicfund.core.errors import N_
from civicfund.endorsements.models.issuers import Issuer


class EndorsementKind(Labelled):
    """What the office does when it lends its word; `kinds.py` says what each means."""

    CO_HOSTING = "co_hosting", N_("Co-hosting")
    NOMINAL_SUPPORT = "nominal_support", N_("Nominal support")
    SUPPORTING_CONSENT = "supporting_consent", N_("Supporting consent")
    RECOMMENDATION = "recommendation", N_("Recommendation")
    AGREEMENT = "agreement", N_("Agreement")
    CERTIFICATION = "certification", N_("Certification")
    ORDINANCE_DESIGNATION = "ordinance_designation", N_("Designation by ordinance")
    DESIGNATED_NPO = "designated_npo", N_("Designated NPO")
    REGISTRATION = "registration", N_("Registration")
    SUBSIDY = "subsidy", N_("Subsidy or contract")
    NETWORK_SUPPORT = "network_support", N_("A network's nominal support")
    PRIVATE_MARK = "private_mark", N_("Private mark")


class EndorsementState(Labelled):
    """Where the act stands in the files; `Endorsement.state_now` is what a page may show."""

    REQUESTED = "requested", N_("Requested")
    CHANGES_REQUESTED = "changes_requested", N_("Changes requested")
    DECLINED = "declined", N_("Not approved")
    ISSUED = "issued", N_("Issued")
    EXPIRED = "expired", N_("Term over")
    REVOKED = "revoked", N_("Revoked")


class StateNow(Labelled):
    """How an entry of the register stands at this moment, by the clock."""

    UPCOMING = "upcoming", N_("Not valid yet")
    VALID = "valid", N_("Valid")
    EXPIRED = "expired", N_("Term over")
    REVOKED = "revoked", N_("Revoked")


# What the public register lists; a request and a refusal are between the two parties.
IN_REGISTER = frozenset(
    {EndorsementState.ISSUED, EndorsementState.EXPIRED, EndorsementState.REVOKED}
)
OPEN = frozenset({EndorsementState.REQUESTED, EndorsementState.CHANGES_REQUESTED})
# The only kind that lasts until the ordinance is changed.
ENDLESS = frozenset({EndorsementKind.ORDINANCE_DESIGNATION})


class Endorsement(Numbered):
    """One act of one issuer about one subject, from the request to its end.

    The columns that only a decision fills are typed as always there: the database holds every
    entry of the register to a whole one, and keeps what was issued as it was issued.
    """

    __tablename__ = "endorsements"
    __table_args__ = (
        UniqueConstraint(
            "issuer_id", "register_year", "register_number", name="uq_endorsements_register"
        ),
        UniqueConstraint("issuer_id", "status_list_index", name="uq_endorsements_status_list"),
        CheckConstraint(
            "state NOT IN ('issued', 'expired', 'revoked') OR valid_until IS NOT NULL "
            "OR kind = 'ordinance_designation'",
            name="ends_one_day",
        ),
        CheckConstraint("valid_until >= valid_from", name="term"),
        CheckConstraint(
            "state IN ('requested', 'changes_requested', 'declined') OR (register_no IS NOT NULL "
            "AND register_year IS NOT NULL AND register_number IS NOT NULL "
            "AND name_as_displayed <> '' AND legal_basis <> '' AND decision_no <> '' "
            "AND decision_on IS NOT NULL AND valid_from IS NOT NULL AND issued_at IS NOT NULL "
            "AND issued_by_id IS NOT NULL AND jsonb_array_length(vouches_for) > 0 "
            "AND jsonb_array_length(does_not_vouch_for) > 0 "
            "AND jsonb_array_length(criteria) > 0 "
            "AND NOT jsonb_path_exists(criteria, '$[*] ? (@.checked != true)'))",
            name="whole_once_issued",
        ),
        CheckConstraint("(register_no IS NULL) = (issued_at IS NULL)", name="numbered_once_issued"),
        CheckConstraint(
            "CASE WHEN state = 'revoked' THEN revoked_at IS NOT NULL AND revoked_by_id IS NOT NULL "
            "AND btrim(coalesce(revocation_reason, '')) <> '' ELSE revoked_at IS NULL "
            "AND revoked_by_id IS NULL AND revocation_reason IS NULL END",
            name="revoked_why",
        ),
        CheckConstraint(
            "state NOT IN ('changes_requested', 'declined') OR btrim(decision_note) <> ''",
            name="refused_why",
        ),
        CheckConstraint(
            "(report_received_at IS NULL) = (report_received_by_id IS NULL)", name="report_received"
        ),
        Index("ix_endorsements_subject", "subject_kind", "subject_id", "state"),
        Index("ix_endorsements_issuer_state", "issuer_id", "state", "id"),
        Index("ix_endorsements_register", text("issued_at DESC"), text("id DESC")),
        # One open request per office, kind and subject.
        Index(
            "uq_endorsements_open",
            "issuer_id", "kind", "subject_kind", "subject_id",
            unique=True,
            postgresql_where=text("state IN ('requested', 'changes_requested')"),
        ),
        Index(
            "uq_endorsements_renewal",
            "supersedes_id",
            unique=True,
            postgresql_where=text("state <> 'declined'"),
        ),
    )  # fmt: skip

    reference: Mapped[str] = mapped_column(String(20), unique=True)
    # The form that made it: sent twice, it makes one request.
    form_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    issuer_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("issuers.id"))
    kind: Mapped[EndorsementKind] = mapped_column(enum_type(EndorsementKind))
    state: Mapped[EndorsementState] = mapped_column(
        enum_type(EndorsementState), default=EndorsementState.REQUESTED
    )
    # What it is about, as it was called then; the packages above know what `subject_kind` means.
    subject_kind: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    subject_name: Mapped[str] = mapped_column(String(200))
    subject_url: Mapped[str] = mapped_column(String(500))
    subject_organisation_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("organisations.id"), index=True
    )

    requested_by_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"))
    requested_at: Mapped[datetime]
    scope_text: Mapped[str] = mapped_column(Text)
    asked_from: Mapped[date]
    asked_until: Mapped[date | None]
    # The day of the event, if there is one, and the day until which the office wants to be asked.
    event_on: Mapped[date | None]
    apply_by_on: Mapped[date | None]
    late_reason: Mapped[str] = mapped_column(Text, default="")
    supersedes_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("endorsements.id"))

    # Each with its text in `ja` and `en`, whether it was `checked`, and a `note`.
    criteria: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    criteria_checked_at: Mapped[datetime | None]
    criteria_checked_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    # To the one who asked: what to change, or why not.
    decision_note: Mapped[str] = mapped_column(Text, default="")

    register_no: Mapped[str] = mapped_column(String(20), unique=True, nullable=True)
    register_year: Mapped[int] = mapped_column(Integer, nullable=True)
    register_number: Mapped[int] = mapped_column(Integer, nullable=True)
    name_as_displayed: Mapped[str] = mapped_column(String(200), default="")
    # Texts in `ja` and `en`, copied from `kinds.py` when it is issued.
    vouches_for: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    does_not_vouch_for: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    legal_basis: Mapped[str] = mapped_column(String(200), default="")
    decision_no: Mapped[str] = mapped_column(String(100), default="")
    decision_on: Mapped[date] = mapped_column(nullable=True)
    valid_from: Mapped[date] = mapped_column(nullable=True)
    valid_until: Mapped[date | None]
    cost_borne: Mapped[bool] = mapped_column(default=False)
    liability: Mapped[str] = mapped_column(Text, default="")
    # The name is one thing, the city's emblem another permission.
    logo_allowed: Mapped[bool] = mapped_column(default=False)
    issued_by_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"), nullable=True)
    issued_at: Mapped[datetime] = mapped_column(nullable=True)

    report_due_on: Mapped[date | None]
    report_received_at: Mapped[datetime | None]
    report_received_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    revocation_reason: Mapped[str | None] = mapped_column(Text)

    # The signed badge (Open Badges 3.0), the key that signed it, its place in the status lists.
    credential: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    key_id: Mapped[str | None] = mapped_column(String(300))
    status_list_index: Mapped[int | None] = mapped_column(Integer)
    search_text: Mapped[str] = mapped_column(Text, default="")

    issuer: Mapped[Issuer] = relationship()
    conditions: Mapped[list["EndorsementCondition"]] = relationship(
        order_by="EndorsementCondition.position"
    )

    MOVES: ClassVar[dict[EndorsementState, frozenset[EndorsementState]]] = {
        EndorsementState.REQUESTED: frozenset(
            {
                EndorsementState.CHANGES_REQUESTED,
                EndorsementState.DECLINED,
                EndorsementState.ISSUED,
            }
        ),
        EndorsementState.CHANGES_REQUESTED: frozenset(
            {EndorsementState.REQUESTED, EndorsementState.DECLINED}
        ),
        EndorsementState.ISSUED: frozenset({EndorsementState.EXPIRED, EndorsementState.REVOKED}),
    }

    @property
    def state_now(self) -> StateNow | None:
        """How the register shows it now; None for what is not in the register.

        The clock decides, not the nightly job: the word ends with the last second of its last day.
        """
        if self.state not in IN_REGISTER:
            return None
        if self.state is EndorsementState.REVOKED:
            return StateNow.REVOKED
        today = clock.today()
        if self.state is EndorsementState.EXPIRED or self._is_over(today):
            return StateNow.EXPIRED
        return StateNow.UPCOMING if today < self.valid_from else StateNow.VALID

    @property
    def is_valid(self) -> bool:
        """May a page show it now?"""
        return self.state_now is StateNow.VALID

    @property
    def ended_at(self) -> datetime | None:
        """When it stopped to count: revoked, or the first instant after its term."""
        if self.state is EndorsementState.REVOKED:
            return self.revoked_at
        if self.valid_until is not None and self.state_now is StateNow.EXPIRED:
            return clock.start_of(self.valid_until + timedelta(days=1))
        return None

    @property
    def is_late(self) -> bool:
        """Was it asked for after the day that the office's rules name?"""
        return self.apply_by_on is not None and clock.day_of(self.requested_at) > self.apply_by_on

    @property
    def criteria_met(self) -> bool:
        """Has somebody looked, and is every criterion met?"""
        return bool(self.criteria) and all(criterion["checked"] for criterion in self.criteria)

    @property
    def is_renewable(self) -> bool:
        """May its time be extended by a new one?"""
        return self.state in {EndorsementState.ISSUED, EndorsementState.EXPIRED} and (
            self.valid_until is not None
        )

    def _is_over(self, today: date) -> bool:
        return self.valid_until is not None and today > self.valid_until


class EndorsementCondition(Numbered):
    """A duty that came with the word; `due_on` if it has a day."""

    __tablename__ = "endorsement_conditions"
    __table_args__ = (
        UniqueConstraint("endorsement_id", "position", name="uq_endorsement_conditions_position"),
        CheckConstraint("btrim(text) <> ''", name="words"),
        CheckConstraint("(met_at IS NULL) = (met_by_id IS NULL)", name="met"),
    )

    endorsement_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("endorsements.id"))
    position: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date | None]
    met_at: Mapped[datetime | None]
    met_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
