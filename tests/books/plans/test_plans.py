"""Plans for old money: who writes them, what is refused, what the note and the close say then."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from civicfund.books.statements.plan_queries import plan_of, plans_for
from civicfund.books.statements.spending_plans import SpendingPlan
from civicfund.closing.queries.evidence import old_lots
from civicfund.core import clock
from civicfund.core.audit_log import AuditRecord
from civicfund.core.db import db, transaction
from civicfund.ledger.models import Fund
from tests.browsing import words
from tests.factories.identity import make_user, sign_in
from tests.factories.ledger import make_fund, make_gift
from tests.statements import counted

PATH = "/desk/spending-plans/2026/C-OLD/2020"
PLAN = {"planned_year": "2028", "amount": "１,500円", "planned_use": "遊具の修繕"}


@pytest.fixture(autouse=True)
def _after_the_year() -> Iterator[None]:
    with clock.at(datetime(2027, 5, 1, tzinfo=UTC)):
        yield


@pytest.fixture
def old(house: Flask) -> Fund:
    """1,700 yen of 2020 and 300 of 2026."""
    with transaction():
        fund = make_fund(code="C-OLD", name_ja="古い基金", name_en="Old fund")
        make_gift(fund, amount=1_700, on=date(2020, 5, 1))
        make_gift(fund, amount=300, on=date(2026, 5, 1))
    return fund


@pytest.fixture
def office(client: FlaskClient, old: Fund) -> FlaskClient:
    with transaction():
        user = make_user(name="佐藤 花子", roles=("staff",))
    sign_in(client, user)
    return client


def written() -> list[tuple[int, int, str]]:
    rows = db.session.scalars(select(SpendingPlan).order_by(SpendingPlan.id))
    return [(plan.planned_year, plan.amount_yen, plan.planned_use) for plan in rows]


def test_the_office_writes_a_plan_and_the_note_shows_it(office: FlaskClient, old: Fund) -> None:
    note = "/desk/books/designated-ages?year=2026&lang=ja"
    before = office.get(note).get_data(as_text=True)
    assert "未記入" in before
    assert f'href="{PATH}"' in before, "the blank leads to the form"
    assert [left for _fund, left in old_lots(2026)] == [1_700]

    response = office.post(PATH, data=PLAN, follow_redirects=True)
    assert response.status_code == 200
    assert written() == [(2028, 1_500, "遊具の修繕")]
    for url in (note, note.replace("/desk", "")):
        page = office.get(url).get_data(as_text=True)
        assert "遊具の修繕" in page
        assert "2028年度" in page
        assert "未記入" not in page
    public = office.get(note.replace("/desk", "")).get_data(as_text=True)
    assert "/desk/spending-plans" not in public
    rows = office.get(f"{note}&format=csv").get_data(as_text=True)
    assert "古い基金,2020年度,1700,2028年度,1500,遊具の修繕" in rows
    assert office.get(f"{note}&format=pdf").status_code == 200
    assert old_lots(2026) == [], "the checklist of the close finds nothing missing"
    [record] = db.session.scalars(
        select(AuditRecord).where(AuditRecord.deed == "write_spending_plan")
    )
    assert record.after == {
        "planned_year": 2028, "amount_yen": 1_500, "planned_use": "遊具の修繕",
    }  # fmt: skip


def test_an_earlier_plan_stays_and_the_newest_counts(office: FlaskClient) -> None:
    office.post(PATH, data=PLAN)
    office.post(PATH, data={**PLAN, "planned_use": "図書の購入"})
    assert [use for _year, _amount, use in written()] == ["遊具の修繕", "図書の購入"]
    page = words(office.get(f"{PATH}?lang=ja"))
    assert page.index("図書の購入") < page.index("遊具の修繕")
    assert "佐藤 花子" in page
    note = office.get("/books/designated-ages?year=2026&lang=ja").get_data(as_text=True)
    assert "図書の購入" in note
    assert "遊具の修繕" not in note
    assert plans_for(2025) == {}, "an earlier year's statement stays as it was"


@pytest.mark.parametrize(
    ("year", "left", "holds"),
    [(2026, 1_500, True), (2027, 1_500, True), (2028, 1_500, False), (2027, 1_499, False)],
)
def test_a_plan_holds_until_its_year_or_its_money_has_passed(
    office: FlaskClient, old: Fund, year: int, left: int, holds: bool
) -> None:
    office.post(PATH, data=PLAN)
    found = plan_of(plans_for(year), old.id, 2020, year=year, left=left)
    assert (found is not None) is holds


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount": "1701"}, "Only 1,700 yen is left of that year."),
        ({"amount": "0"}, "Enter an amount of at least 1 yen."),
        ({"amount": ""}, "Enter the amount."),
        ({"planned_year": "2026"}, "Not a valid choice"),
        ({"planned_year": "x"}, "Invalid Choice"),
        ({"planned_use": " "}, "Write what it is for."),
        ({"planned_use": "あ" * 301}, "300"),
    ],
)
def test_nonsense_is_refused_and_what_was_typed_is_kept(
    office: FlaskClient, change: dict[str, str], said: str
) -> None:
    response = office.post(f"{PATH}?lang=en", data={**PLAN, "planned_use": "A bench", **change})
    assert response.status_code == 422
    page = words(response)
    assert said in page
    markup = response.get_data(as_text=True)
    assert change.get("planned_use", "A bench").strip() in markup
    assert written() == []


@pytest.mark.parametrize(
    "path",
    [
        "/desk/spending-plans/2026/C-OLD/2026",
        "/desk/spending-plans/2026/C-NONE/2020",
        "/desk/spending-plans/2099/C-OLD/2020",
        "/desk/spending-plans/2022/C-OLD/2020",
    ],
)
def test_what_is_no_old_money_has_no_plan(office: FlaskClient, path: str) -> None:
    assert office.get(path).status_code == 404
    assert office.post(path, data=PLAN).status_code == 404
    assert written() == []


@pytest.mark.parametrize(
    ("roles", "reads"), [(["approver"], 200), (["auditor"], 200), (["reviewer"], 403), ([], 403)]
)
def test_only_the_office_writes(
    client: FlaskClient, old: Fund, roles: list[str], reads: int
) -> None:
    assert client.post(PATH, data=PLAN).status_code == 302, "asked to sign in"
    with transaction():
        user = make_user(roles=tuple(roles))
    sign_in(client, user)
    page = client.get(PATH)
    assert page.status_code == reads
    assert "planned_use" not in page.get_data(as_text=True)
    assert client.post(PATH, data=PLAN).status_code == 403
    assert client.post(PATH, data=PLAN, csrf=False).status_code == 400
    assert written() == []


@pytest.mark.parametrize(
    "statement", ["UPDATE spending_plans SET amount_yen = 1", "DELETE FROM spending_plans"]
)
def test_a_plan_is_never_changed(office: FlaskClient, statement: str) -> None:
    office.post(PATH, data=PLAN)
    with pytest.raises((ProgrammingError, DBAPIError), match=r"permission denied|append-only"):
        db.session.execute(text(statement))


def test_the_note_costs_as_many_statements_with_many_plans(office: FlaskClient) -> None:
    url = "/books/designated-ages?year=2026"
    office.post(PATH, data=PLAN)
    office.get(url)
    with counted() as few:
        office.get(url)
    with transaction():
        for number in range(5):
            make_gift(make_fund(code=f"C-{number}"), amount=2_000, on=date(2020, 5, 1))
    for number in range(5):
        written_down = office.post(f"/desk/spending-plans/2026/C-{number}/2020", data=PLAN)
        assert written_down.status_code == 302
    with counted() as many:
        office.get(url)
    assert many.count == few.count
