"""Who may vouch: the desks of a city, of a network, of a third party."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from civicfund.core.db import Numbered
from civicfund.core.enums import Labelled, enum_type
from civicfund.core.errors import N_


class IssuerKind(Labelled):
    """What kind of office vouches."""

    CITY = "city", N_("City")
    WARD = "ward", N_("Ward office")
    EDUCATION_BOARD = "education_board", N_("Board of education")
    NETWORK = "network", N_("Network")
    THIRD_PARTY = "third_party", N_("Third party")


class Issuer(Numbered):
    """A desk that may vouch: a body, its bureau and section, with the telephone to ask."""

    __tablename__ = "issuers"
    __table_args__ = (
        CheckConstraint("register_prefix ~ '^[A-Z]{1,6}$'", name="register_prefix"),
        CheckConstraint("phone <> ''", name="phone"),
    )

    organisation_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("organisations.id"), index=True
    )
    kind: Mapped[IssuerKind] = mapped_column(enum_type(IssuerKind), default=IssuerKind.CITY)
    # The letters before each number of its register: K-2026-0001.
    register_prefix: Mapped[str] = mapped_column(String(6), unique=True)
    body_ja: Mapped[str] = mapped_column(String(120))
    body_en: Mapped[str] = mapped_column(String(120), default="")
    bureau_ja: Mapped[str] = mapped_column(String(120), default="")
    bureau_en: Mapped[str] = mapped_column(String(120), default="")
    section_ja: Mapped[str] = mapped_column(String(120))
    section_en: Mapped[str] = mapped_column(String(120), default="")
    # Who signs, by title; the person's name stays inside the office.
    officer_title_ja: Mapped[str] = mapped_column(String(120))
    officer_title_en: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(40))
    email: Mapped[str] = mapped_column(String(320), default="")
    website: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    # For signed badges: did:web of the issuer and its Ed25519 Multikey.
    did: Mapped[str | None] = mapped_column(String(300))
    public_key: Mapped[str | None] = mapped_column(String(200))

    @property
    def name_ja(self) -> str:
        """The office as one reads it on a letter."""
        return " ".join(part for part in (self.body_ja, self.bureau_ja, self.section_ja) if part)

    @property
    def name_en(self) -> str:
        """The office in English: section first."""
        parts = (self.section_en, self.bureau_en, self.body_en)
        return ", ".join(part for part in parts if part) or self.name_ja
