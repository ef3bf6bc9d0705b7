"""Tables of campaigns: the appeal, its budget, its reviews, its news and concerns about it."""

from datetime import date, datetime
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
from civicfund.core.money import Money, yen


class CampaignState(Labelled):
    """Where a campaign stands."""

    DRAFT = "draft", N_("Draft")
    SUBMITTED = "submitted", N_("In review")
    CHANGES_REQUESTED = "changes_requested", N_("Changes requested")
    APPROVED = "approved", N_("Approved")
    REJECTED = "rejected", N_("Not accepted")
    LIVE = "live", N_("Open for gifts")
    SUSPENDED = "suspended", N_("Stopped for now")
    SUCCEEDED = "succeeded", N_("Succeeded")
    FAILED = "failed", N_("Not successful")
    CANCELLED = "cancelled", N_("Called off")
    AWARDED = "awarded", N_("Money awarded")
    COMPLETED = "completed", N_("Completed and reported")


class FundingModel(Labelled):
    """What happens when the target is not reached."""

    ALL_OR_NOTHING = "all_or_nothing", N_("All or nothing")
    KEEP_ALL = "keep_all", N_("Keep what comes in")


class Ward(Labelled):
    """The seven wards of Kawasaki, and the whole city."""

    KAWASAKI = "kawasaki", N_("Kawasaki Ward")
    SAIWAI = "saiwai", N_("Saiwai Ward")
    NAKAHARA = "nakahara", N_("Nakahara Ward")
    TAKATSU = "takatsu", N_("Takatsu Ward")
    MIYAMAE = "miyamae", N_("Miyamae Ward")
    TAMA = "tama", N_("Tama Ward")
    ASAO = "asao", N_("Asao Ward")
    CITYWIDE = "citywide", N_("The whole city")


# As they are written on every map, whatever language the page is in.
WARD_NAMES = {
    Ward.KAWASAKI: "川崎区",
    Ward.SAIWAI: "幸区",
    Ward.NAKAHARA: "中原区",
    Ward.TAKATSU: "高津区",
    Ward.MIYAMAE: "宮前区",
    Ward.TAMA: "多摩区",
    Ward.ASAO: "麻生区",
    Ward.CITYWIDE: "市全域",
}


class Theme(Labelled):
    """What a campaign is about."""

    CHILDREN = "children", N_("Children and education")
    WELFARE = "welfare", N_("Welfare and health")
    ENVIRONMENT = "environment", N_("Nature and environment")
    CULTURE = "culture", N_("Culture and arts")
    COMMUNITY = "community", N_("Neighbourhood")
    DISASTER = "disaster", N_("Disaster prevention")
    SPORTS = "sports", N_("Sports and play")
    OTHER = "other", N_("Other")


class ReviewKind(Labelled):
    """The two acts of a review."""

    CONTENT = "content", N_("Content")
    FINANCES = "finances", N_("Finances")


class ReviewDecision(Labelled):
    """What a reviewer may say."""

    APPROVED = "approved", N_("Approve")
    CHANGES_REQUESTED = "changes_requested", N_("Ask for changes")
    REJECTED = "rejected", N_("Do not accept")


class ConcernState(Labelled):
    """Has the office looked into it?"""

    OPEN = "open", N_("Not settled yet")
    SETTLED = "settled", N_("Settled")


EDITABLE = frozenset({CampaignState.DRAFT, CampaignState.CHANGES_REQUESTED})
# Nothing is public before review.
PUBLIC = frozenset(
    {
        CampaignState.LIVE,
        CampaignState.SUSPENDED,
        CampaignState.SUCCEEDED,
        CampaignState.FAILED,
        CampaignState.AWARDED,
        CampaignState.COMPLETED,
    }
)


class Campaign(Numbered):
    """An organisation's appeal for support.

    The columns that a draft may leave empty are typed as always there: the database holds every
    later state to a whole campaign.
    """

    __tablename__ = "campaigns"
    __table_args__ = (
        CheckConstraint("target_yen > 0", name="target_positive"),
        CheckConstraint("deadline_on >= starts_on", name="deadline_after_start"),
        CheckConstraint("operating_share_percent BETWEEN 0 AND 100", name="share_is_percent"),
        CheckConstraint(
            "state IN ('draft', 'changes_requested', 'cancelled') OR (story <> '' "
            "AND summary <> '' AND ward IS NOT NULL AND theme IS NOT NULL "
            "AND target_yen IS NOT NULL AND funding_model IS NOT NULL "
            "AND starts_on IS NOT NULL AND deadline_on IS NOT NULL)",
            name="whole_once_submitted",
        ),
        CheckConstraint(
            "state IN ('draft', 'submitted', 'changes_requested', 'rejected', 'cancelled') "
            "OR (fund_id IS NOT NULL AND approved_at IS NOT NULL)",
            name="fund_once_approved",
        ),
        CheckConstraint(
            "launched_at IS NULL OR (operating_share_percent IS NOT NULL AND rules IS NOT NULL)",
            name="rules_once_launched",
        ),
        CheckConstraint("state <> 'suspended' OR suspended_reason <> ''", name="suspended_why"),
        Index("ix_campaigns_state_deadline", "state", "deadline_on", "id"),
    )

    reference: Mapped[str] = mapped_column(String(20), unique=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    # The form that made it: sent twice, it makes one campaign.
    form_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    organisation_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("organisations.id"), index=True
    )
    created_by_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"))
    created_at: Mapped[datetime]
    edited_by_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"))
    edited_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(Integer, default=1)
    state: Mapped[CampaignState] = mapped_column(
        enum_type(CampaignState), default=CampaignState.DRAFT
    )

    title: Mapped[str] = mapped_column(String(100))
    summary: Mapped[str] = mapped_column(String(200), default="")
    story: Mapped[str] = mapped_column(Text, default="")
    ward: Mapped[Ward] = mapped_column(enum_type(Ward), nullable=True)
    theme: Mapped[Theme] = mapped_column(enum_type(Theme), nullable=True)
    target_yen: Mapped[int] = mapped_column(BigInteger, nullable=True)
    funding_model: Mapped[FundingModel] = mapped_column(enum_type(FundingModel), nullable=True)
    starts_on: Mapped[date] = mapped_column(nullable=True)
    deadline_on: Mapped[date] = mapped_column(nullable=True)
    image_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("stored_files.id"))
    image_alt: Mapped[str] = mapped_column(String(200), default="")
    search_text: Mapped[str] = mapped_column(Text, default="")

    submission_number: Mapped[int] = mapped_column(Integer, default=0)
    submitted_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    launched_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    # Copied at launch from the settings in force, and never changed after.
    operating_share_percent: Mapped[int] = mapped_column(Integer, nullable=True)
    rules: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=True)
    fund_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("funds.id"), unique=True, nullable=True
    )
    suspended_reason: Mapped[str | None] = mapped_column(Text)
    cancelled_reason: Mapped[str | None] = mapped_column(Text)

    budget_lines: Mapped[list["BudgetLine"]] = relationship(
        order_by="BudgetLine.position", cascade="all, delete-orphan", lazy="selectin"
    )

    MOVES: ClassVar[dict[CampaignState, frozenset[CampaignState]]] = {
        CampaignState.DRAFT: frozenset({CampaignState.SUBMITTED, CampaignState.CANCELLED}),
        CampaignState.SUBMITTED: frozenset(
            {
                CampaignState.CHANGES_REQUESTED,
                CampaignState.APPROVED,
                CampaignState.REJECTED,
                CampaignState.CANCELLED,
            }
        ),
        CampaignState.CHANGES_REQUESTED: frozenset(
            {CampaignState.SUBMITTED, CampaignState.CANCELLED}
        ),
        CampaignState.APPROVED: frozenset({CampaignState.LIVE, CampaignState.CANCELLED}),
        CampaignState.LIVE: frozenset(
            {
                CampaignState.SUSPENDED,
                CampaignState.SUCCEEDED,
                CampaignState.FAILED,
                CampaignState.CANCELLED,
            }
        ),
        CampaignState.SUSPENDED: frozenset({CampaignState.LIVE, CampaignState.CANCELLED}),
        # Every saved card may still be declined: then there is nothing to award.
        CampaignState.SUCCEEDED: frozenset({CampaignState.AWARDED, CampaignState.FAILED}),
        CampaignState.AWARDED: frozenset({CampaignState.COMPLETED}),
    }

    @property
    def deadline_at(self) -> datetime:
        """The last instant at which a gift counts: 23:59:59 in Japan."""
        return clock.end_of(self.deadline_on)

    @property
    def target(self) -> Money:
        """What it asks for."""
        return yen(self.target_yen)

    @property
    def budget_total_yen(self) -> int:
        """What the budget lines add up to."""
        return sum(line.amount_yen for line in self.budget_lines)

    @property
    def is_editable(self) -> bool:
        """May its organisation still change it?"""
        return self.state in EDITABLE

    @property
    def is_public(self) -> bool:
        """May anyone see it? A cancelled one stays visible if it once was."""
        return self.state in PUBLIC or (
            self.state is CampaignState.CANCELLED and self.launched_at is not None
        )

    @property
    def may_be_cancelled(self) -> bool:
        """Is it not over yet, and its money not passed on?"""
        return CampaignState.CANCELLED in self.MOVES.get(self.state, frozenset())

    @property
    def is_open_for_gifts(self) -> bool:
        """May a gift be started now?"""
        return self.state is CampaignState.LIVE and clock.now() <= self.deadline_at


class BudgetLine(Numbered):
    """One thing that the money is asked for."""

    __tablename__ = "budget_lines"
    __table_args__ = (
        CheckConstraint("amount_yen > 0", name="amount_positive"),
        UniqueConstraint("campaign_id", "position", name="uq_budget_lines_campaign_position"),
    )

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaigns.id"))
    position: Mapped[int] = mapped_column(Integer)
    label: Mapped[str] = mapped_column(String(120))
    amount_yen: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(String(300), default="")


class CampaignReview(Numbered):
    """One person's judgement of one part of one submission."""

    __tablename__ = "campaign_reviews"
    __table_args__ = (
        UniqueConstraint(
            "campaign_id", "submission_number", "kind", name="uq_campaign_reviews_part"
        ),
        # Content and finances are two acts of two persons.
        UniqueConstraint(
            "campaign_id", "submission_number", "reviewer_id", name="uq_campaign_reviews_person"
        ),
        CheckConstraint("decision = 'approved' OR notes <> ''", name="notes_unless_approved"),
    )

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaigns.id"))
    submission_number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[ReviewKind] = mapped_column(enum_type(ReviewKind))
    decision: Mapped[ReviewDecision] = mapped_column(enum_type(ReviewDecision))
    checklist: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    notes: Mapped[str] = mapped_column(Text, default="")
    reviewer_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"), index=True)
    decided_at: Mapped[datetime]


class CampaignUpdate(Numbered):
    """News of the organisation for those who gave or may give."""

    __tablename__ = "campaign_updates"
    __table_args__ = (Index("ix_campaign_updates_campaign", "campaign_id", text("posted_at DESC")),)

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaigns.id"))
    author_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"))
    form_key: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(100))
    body: Mapped[str] = mapped_column(Text)
    posted_at: Mapped[datetime]


class CampaignConcern(Numbered):
    """Somebody reports that something may be wrong with a campaign."""

    __tablename__ = "campaign_concerns"
    __table_args__ = (
        Index(
            "ix_campaign_concerns_open",
            "raised_at",
            postgresql_where=text("state = 'open'"),
        ),
        CheckConstraint(
            "state = 'open' OR (outcome <> '' AND settled_at IS NOT NULL)", name="settled_how"
        ),
    )

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaigns.id"), index=True)
    form_key: Mapped[str] = mapped_column(String(64), unique=True)
    words: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(String(254), default="")
    raised_at: Mapped[datetime]
    state: Mapped[ConcernState] = mapped_column(enum_type(ConcernState), default=ConcernState.OPEN)
    outcome: Mapped[str] = mapped_column(Text, default="")
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))

    MOVES: ClassVar[dict[ConcernState, frozenset[ConcernState]]] = {
        ConcernState.OPEN: frozenset({ConcernState.SETTLED}),
    }
