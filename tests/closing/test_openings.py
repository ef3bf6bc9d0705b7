"""A fund moves in: prepared by one, booked by another, once, as the beginning of the book."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection
from sqlalchemy import text as sql
from sqlalchemy.exc import ProgrammingError

from civicfund.closing import services
from civicfund.closing.errors import (
    AnotherPersonSigns,
    BookHasBegun,
    OpeningChanged,
    OpeningDayClosed,
    OpeningKnown,
    OpeningPrepared,
    WrongFile,
)
from civicfund.closing.models import OpeningImport, OpeningState
from civicfund.closing.queries import openings as queries
from civicfund.core import clock
from civicfund.core.db import db, transaction
from civicfund.core.errors import Forbidden, NotAllowedNow
from civicfund.core.money import yen
from civicfund.identity.models import User
from civicfund.ledger import checks, posting_rules
from civicfund.ledger import queries as book
from civicfund.ledger.drafts import AccountKey
from civicfund.ledger.models import FundClass, FundKind, JournalEntry
from tests.browsing import send, words
from tests.closing.conftest import Office, make_office
from tests.closing.test_opening_file import GOOD
from tests.factories.identity import sign_in
from tests.factories.ledger import make_bank_balance, make_closed_period
from tests.racing import race

APRIL = date(2026, 4, 1)
PAGE = "/desk/closing/opening"


@pytest.fixture(autouse=True)
def _tenth_of_april() -> Iterator[None]:
    with clock.at(datetime(2026, 4, 10, 3, 0, tzinfo=UTC)):
        yield


def prepared(by: User, *, text: str = GOOD, on: date = APRIL) -> OpeningImport:
    opening = services.read_opening(text.encode(), opens_on=on)
    with transaction():
        return services.prepare_opening(opening, opens_on=on, file_name="開始残高.csv", by=by)


def test_one_prepares_another_books(office: Office) -> None:
    opening = prepared(office.staff)
    assert db.session.query(JournalEntry).count() == 0
    assert book.fund_by_code("N-YAMADA") is None
    with transaction():
        services.sign_opening(opening, by=office.approver)
    fund = book.fund_by_code("N-YAMADA")
    assert fund is not None
    assert (fund.kind, fund.designation, fund.name_ja) == (
        FundKind.NAMED, FundClass.DESIGNATED, "山田記念こども基金",
    )  # fmt: skip
    assert {line.code: line.balance for line in book.trial_balance(on=APRIL).lines} == {
        "1112": 3_450_000, "1115": 450_000, "2111": 120_000, "3100": 450_000, "3200": 3_330_000,
    }  # fmt: skip
    assert book.available_in(fund.id) == yen(450_000)
    entry = book.entry_by_id(opening.entry_id or 0)
    assert entry is not None
    assert (entry.kind, entry.recorded_by_id, entry.approved_by_id) == (
        "opening_balances", office.staff.id, office.approver.id,
    )  # fmt: skip
    assert [(lot.received_year, lot.amount_yen) for lot in queries.lots_of(opening.id)] == [
        (2023, 300_000), (2025, 150_000),
    ]  # fmt: skip
    assert [found.name for found in checks.run() if not found.holds] == []


def test_a_fund_with_many_funds_moves_in_with_as_many_entries_as_hold_them(office: Office) -> None:
    text = "科目コード,基金コード,基金名,基金の種類,借方,貸方,受領年度\n1112,,,,600000,,\n"
    text += "".join(f"3100,N-{n},冠基金{n},冠基金,,1000,2024\n" for n in range(600))
    opening = prepared(office.staff, text=text)
    with transaction():
        services.sign_opening(opening, by=office.approver)
    entries = book.entries_of_source("opening_imports", opening.id)
    assert [len(entry.transfers) for entry in entries] == [500, 100]
    assert opening.entry_id == entries[0].id
    assert book.balance_of("3100") == yen(600_000)


class TestTwoPeople:
    def test_are_two(self, office: Office) -> None:
        opening = prepared(office.both)
        with pytest.raises(AnotherPersonSigns), transaction():
            services.sign_opening(opening, by=office.both)
        for person in (office.staff, office.auditor):
            with pytest.raises(Forbidden), transaction():
                services.sign_opening(opening, by=person)
        for person in (office.approver, office.auditor):
            with pytest.raises(Forbidden):
                prepared(person)

    def test_book_it_once(self, office: Office) -> None:
        opening = prepared(office.staff)
        with pytest.raises(OpeningPrepared):
            prepared(office.both)
        with transaction():
            services.sign_opening(opening, by=office.approver)
        with pytest.raises(NotAllowedNow), transaction():
            services.sign_opening(opening, by=office.second_approver)
        with pytest.raises(OpeningKnown):
            prepared(office.staff)
        assert db.session.query(JournalEntry).count() == 1

    def test_can_withdraw_it(self, office: Office) -> None:
        opening = prepared(office.staff)
        with transaction():
            services.withdraw_opening(opening, by=office.approver)
        assert opening.state is OpeningState.WITHDRAWN
        with pytest.raises(NotAllowedNow), transaction():
            services.sign_opening(opening, by=office.approver)
        assert prepared(office.staff).id != opening.id


FORGED = [
    "lines = replace(lines::text, '3450000', '9450000')::jsonb",
    "lines = replace(lines::text, '2023', '2024')::jsonb",
    "lines = '[]'",
    "opens_on = opens_on + 1",
]


class TestBetweenTheSignatures:
    @pytest.mark.parametrize("change", [*FORGED, "digest = repeat('0', 64)", "prepared_by_id = 1"])
    def test_the_application_changes_nothing(self, office: Office, change: str) -> None:
        prepared(office.staff)
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            db.session.begin_nested(),
        ):
            db.session.execute(sql(f"UPDATE opening_imports SET {change}"))

    @pytest.mark.parametrize("change", FORGED)
    def test_what_somebody_changed_is_not_booked(
        self, unguarded_house: Connection, change: str
    ) -> None:
        office = make_office()
        opening = prepared(office.staff)
        unguarded_house.execute(sql(f"UPDATE opening_imports SET {change}"))
        db.session.refresh(opening)
        with pytest.raises(OpeningChanged), transaction():
            services.sign_opening(opening, by=office.approver)
        assert db.session.query(JournalEntry).count() == 0
        with transaction():
            services.withdraw_opening(opening, by=office.approver)


class TestTheBeginning:
    def test_entries_before_the_day_refuse_it(self, office: Office) -> None:
        with transaction():
            make_bank_balance(5, on=date(2026, 3, 31))
        with pytest.raises(BookHasBegun):
            prepared(office.staff)

    def test_entries_that_came_after_the_first_signature_do_too(self, office: Office) -> None:
        opening = prepared(office.staff)
        with transaction():
            make_bank_balance(5, on=date(2026, 3, 31))
        with pytest.raises(BookHasBegun), transaction():
            services.sign_opening(opening, by=office.approver)

    def test_a_closed_month_refuses_it(self, office: Office) -> None:
        with transaction():
            make_closed_period(date(2026, 3, 1), date(2026, 3, 31))
        with pytest.raises(OpeningDayClosed):
            prepared(office.staff, on=date(2026, 3, 1))
        assert prepared(office.staff).opens_on == APRIL

    def test_a_file_with_faults_is_not_prepared(self, office: Office) -> None:
        with pytest.raises(WrongFile):
            prepared(office.staff, text=GOOD.replace("120000", "120001"))


def test_two_who_sign_at_once_book_it_once(open_house: Flask) -> None:
    office = make_office()
    number = prepared(office.staff).id
    people = [office.approver.id, office.second_approver.id]

    def sign(person: int) -> str:
        services.sign_opening(
            db.session.get_one(OpeningImport, number), by=db.session.get_one(User, person)
        )
        return "booked"

    answers = race(open_house, *[partial(sign, person) for person in people])
    assert sorted(answers, key=str) == [NotAllowedNow, "booked"]
    assert db.session.query(JournalEntry).count() == 1


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    debits=st.lists(st.integers(1, 10**9), min_size=1, max_size=20),
    cuts=st.lists(st.integers(0, 10**10), max_size=20),
)
def test_debits_and_credits_are_paired_to_the_yen(debits: list[int], cuts: list[int]) -> None:
    whole = sum(debits)
    edges = sorted({0, whole, *(cut % whole for cut in cuts)})
    credits = [high - low for low, high in pairwise(edges)]
    left = [(AccountKey("1", number), yen(amount)) for number, amount in enumerate(debits)]
    right = [(AccountKey("2", number), yen(amount)) for number, amount in enumerate(credits)]
    [draft] = posting_rules.opening_balances(left, right)
    for side, wanted in (("debit", left), ("credit", right)):
        sums: dict[AccountKey, int] = {}
        for line in draft.lines:
            key = getattr(line, side)
            sums[key] = sums.get(key, 0) + line.amount.minor
        assert sums == {key: amount.minor for key, amount in wanted}
    assert len(draft.lines) < len(left) + len(right)


class TestPages:
    def upload(self, client: FlaskClient, text: str, **more: str) -> object:
        return client.post(
            PAGE,
            data={
                "opens_on": "2026-04-01",
                "file": (io.BytesIO(text.encode("cp932")), "開始残高.csv"),
            }
            | more,
        )

    def test_from_the_sample_to_the_book(self, client: FlaskClient, office: Office) -> None:
        client.set_cookie("lang", "en")
        sign_in(client, office.staff)
        sample = client.get(f"{PAGE}/sample.csv").get_data(as_text=True)
        assert sample.startswith("\ufeff科目コード")
        looked = words(self.upload(client, sample.lstrip("\ufeff")))
        assert "The file has no faults" in looked
        assert "will be opened" in looked
        assert queries.openings() == []
        assert self.upload(client, GOOD, deed="prepare").status_code == 302
        [opening] = queries.openings()
        page = f"{PAGE}/{opening.id}"
        assert "You prepared this import" in words(client.get(page))
        sign_in(client, office.approver)
        assert send(client, page, to="/sign").status_code == 302
        assert "See the entry in the book" in words(client.get(page))
        assert client.post(f"{page}/sign").status_code == 409
        assert client.post(f"{page}/withdraw").status_code == 409

    def test_faults_are_listed_by_line(self, client: FlaskClient, office: Office) -> None:
        client.set_cookie("lang", "en")
        sign_in(client, office.staff)
        answer = self.upload(client, GOOD.replace("2111", "2999"), deed="prepare")
        assert answer.status_code == 422
        assert "Line 4: There is no account “2999” in the chart of accounts." in words(answer)
        assert queries.openings() == []

    @pytest.mark.parametrize(
        ("typed", "said"),
        [({"opens_on": "soon"}, "year, month and day"), ({"file": (io.BytesIO(), "")}, "Choose")],
        ids=["no day", "no file"],
    )
    def test_a_form_with_a_fault_says_so(
        self, client: FlaskClient, office: Office, typed: dict[str, object], said: str
    ) -> None:
        client.set_cookie("lang", "en")
        sign_in(client, office.staff)
        answer = self.upload(client, GOOD, **typed)
        assert answer.status_code == 422
        assert said in words(answer)

    def test_auditors_read(self, client: FlaskClient, office: Office) -> None:
        opening = prepared(office.staff)
        sign_in(client, office.auditor)
        assert client.get(PAGE).status_code == client.get(f"{PAGE}/{opening.id}").status_code == 200
        assert self.upload(client, GOOD).status_code == 403
        for deed in ("sign", "withdraw"):
            assert client.post(f"{PAGE}/{opening.id}/{deed}").status_code == 403


class TestTheCommand:
    def run(self, house: Flask, tmp_path: Path, text: str, *more: str) -> tuple[int, str]:
        file = tmp_path / "opening.csv"
        file.write_text(text, encoding="utf-8")
        arguments = ["civicfund", "import-opening", str(file), "--on", "2026-04-01", *more]
        result = house.test_cli_runner().invoke(args=arguments)
        return result.exit_code, result.output

    def test_says_what_it_would_do(self, house: Flask, tmp_path: Path) -> None:
        code, said = self.run(house, tmp_path, GOOD, "--dry-run")
        assert (code, "6 lines, 3,900,000 yen" in said) == (0, True)
        assert queries.openings() == []

    def test_prepares_for_a_second_person(
        self, house: Flask, office: Office, tmp_path: Path
    ) -> None:
        code, said = self.run(house, tmp_path, GOOD)
        assert (code, "--by ADDRESS" in said) == (1, True)
        code, said = self.run(house, tmp_path, GOOD, "--by", office.approver.email)
        assert (code, "Your role does not allow this." in said) == (1, True)
        code, said = self.run(house, tmp_path, GOOD, "--by", office.staff.email)
        assert (code, "Another person books it" in said) == (0, True)
        assert [one.prepared_by_id for one in queries.openings()] == [office.staff.id]

    def test_takes_no_signature_of_who_was_disabled(
        self, house: Flask, office: Office, tmp_path: Path
    ) -> None:
        with transaction():
            office.staff.active = False
        code, said = self.run(house, tmp_path, GOOD, "--by", office.staff.email)
        assert (code, "is disabled" in said) == (1, True)
        assert queries.openings() == []

    def test_names_each_wrong_line(self, house: Flask, tmp_path: Path) -> None:
        code, said = self.run(house, tmp_path, GOOD.replace("1115,", "1199,"))
        assert code == 1
        assert "line 3: There is no account" in said
