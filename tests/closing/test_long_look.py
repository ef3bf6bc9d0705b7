"""What goes through the whole book keeps nobody from booking, and misses nothing."""

from contextlib import suppress
from dataclasses import replace
from datetime import date
from types import ModuleType
from typing import Any

import pytest

from civicfund.closing import services
from civicfund.closing.errors import ChecklistOpen
from civicfund.closing.queries import evidence
from civicfund.core.db import transaction
from civicfund.core.errors import DomainError
from civicfund.core.money import yen
from civicfund.donors import checks as donor_checks
from civicfund.ledger import periods, queries
from civicfund.ledger import services as ledger
from civicfund.ledger.models import FiscalPeriod
from civicfund.ledger.posting_rules import donation_received
from tests.closing.conftest import Office
from tests.factories.closing import prepare
from tests.factories.ledger import make_fund, make_gift


@pytest.mark.parametrize(
    "looking",
    [
        (donor_checks, "run"), (evidence, "gift_sums"), (evidence, "open_items"),
        (evidence, "late_entries"),
    ],
    ids=lambda looking: looking[1],
)  # fmt: skip
@pytest.mark.parametrize(
    ("booked_on", "looks"),
    [(None, 1), (date(2026, 10, 31), 2), (date(2026, 11, 1), 1)],
    ids=["nothing", "of the month", "of the next month"],
)
def test_it_is_before_the_entries_are_held_unless_one_came(
    october: FiscalPeriod,
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    looking: tuple[ModuleType, str],
    booked_on: date | None,
    looks: int,
) -> None:
    prepare(october, office.staff)
    order: list[str] = []
    hold, look = periods.hold_entries, getattr(*looking)

    def booked_at_the_last_moment() -> None:
        if booked_on is not None:
            make_gift(make_fund(code="C-1"), on=booked_on)
        hold()
        order.append("held")

    def seen(*asked: Any) -> Any:
        order.append("looked")
        return look(*asked)

    monkeypatch.setattr(periods, "hold_entries", booked_at_the_last_moment)
    monkeypatch.setattr(*looking, seen)
    with suppress(DomainError), transaction():
        services.close_month(october, by=office.approver)
    assert order == ["looked", "held", "looked"][: looks + 1]


def test_it_finds_what_came_while_it_looked(
    october: FiscalPeriod, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entry of a grant that nobody decided, booked after the book was looked through."""
    prepare(october, office.staff)
    hold = periods.hold_entries

    def booked_at_the_last_moment() -> None:
        general = queries.general_fund()
        draft = donation_received(
            yen(10), operating_share=yen(0), fee=yen(0), fund=make_fund(code="C-1"),
            general=general,
        )  # fmt: skip
        ledger.post_entry(
            replace(draft, kind="grant_awarded"), key="stray", effective_on=date(2026, 10, 31)
        )
        hold()

    monkeypatch.setattr(periods, "hold_entries", booked_at_the_last_moment)
    with pytest.raises(ChecklistOpen) as refusal, transaction():
        services.close_month(october, by=office.approver)
    assert "5" in refusal.value.places["items"]
