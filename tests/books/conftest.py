"""A book with a hidden donor in it, and the people who may read every name."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from civicfund.core import clock
from civicfund.core.db import transaction
from civicfund.core.money import yen
from civicfund.identity.models import User
from civicfund.ledger import posting_rules as rules
from civicfund.ledger import queries, services
from tests.factories.identity import make_user, sign_in
from tests.factories.ledger import make_bank_balance, make_fund, make_gift
from tests.ledger.conftest import unguarded_house

__all__ = ["unguarded_house"]

HIDDEN = "隠岐 かくれ"
# Only what happened in March is late.
RECORDED = datetime(2026, 5, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def book(house: Flask) -> dict[str, int]:
    """Gifts, a named and a hidden one, what the bank holds, a grant with a payment, a reversal."""
    with clock.at(RECORDED), transaction():
        general = queries.general_fund()
        fund = make_fund(code="C-1", name_ja="公園をつくる", name_en="Build a park")
        ids = {"bank": make_bank_balance(50_000, on=date(2026, 3, 31)).id}
        for key, amount, public_name, full_name, on in (
            ("hidden", 10_000, None, HIDDEN, date(2026, 5, 1)),
            ("named", 3_000, "タロウ", "鈴木 太郎", date(2026, 5, 1)),
        ):
            party = services.party(
                kind="donation", ref=key, public_name=public_name, full_name=full_name
            )
            draft = rules.donation_received(
                yen(amount), operating_share=yen(amount * 15 // 100), fee=yen(36), fund=fund,
                general=general,
            )  # fmt: skip
            ids[key] = services.post_entry(
                draft, key=f"donation/{key}", party=party, effective_on=on
            ).id
        award = rules.grant_awarded(yen(9_000), fund=fund)
        ids["award"] = services.post_entry(award, key="award", effective_on=date(2026, 6, 3)).id
        paid = rules.grant_instalment_paid(yen(8_000), fund=fund, general=general)
        ids["paid"] = services.post_entry(paid, key="paid", effective_on=date(2026, 7, 4)).id
        wrong = make_gift(fund, amount=777, on=date(2026, 7, 5))
        ids["wrong"] = wrong.id
        ids["reversal"] = services.reverse_entry(
            wrong.id, key="undo", reason=f"{HIDDEN} の分を誤って記帳", effective_on=date(2026, 8, 6)
        ).id
    return ids


@pytest.fixture
def auditor(house: Flask) -> User:
    return make_user(roles=("auditor",), name="監事 みどり")


@pytest.fixture
def inside(client: FlaskClient, auditor: User) -> FlaskClient:
    sign_in(client, auditor)
    return client
