"""A month is prepared by one, closed by another, and only while the checklist stands."""

import io
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import date
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from civicfund.closing import services
from civicfund.closing.checklist import checklist_of
from civicfund.closing.errors import (
    AnotherPersonSigns,
    ChecklistChanged,
    ChecklistOpen,
    HoldsAlready,
    MustBePutRight,
    NotYetOver,
    ReasonNeeded,
    StatementOnAnotherDay,
)
from civicfund.closing.found import Item, ItemState
from civicfund.closing.models import SeenChecklist
from civicfund.core import clock
from civicfund.core.audit_log import AuditRecord
from civicfund.core.db import db, transaction
from civicfund.core.errors import Forbidden
from civicfund.core.money import yen
from civicfund.core.storage import NotEvidence
from civicfund.identity.models import User
from civicfund.ledger import periods, queries
from civicfund.ledger.errors import (
    ClosePreparedAlready,
    EarlierPeriodOpen,
    NoClosePrepared,
    PeriodClosed,
    PeriodStaysClosed,
)
from civicfund.ledger.models import FiscalPeriod
from tests.closing.conftest import NOVEMBER_5, Office, make_office
from tests.factories.closing import certificate, close, enter_balance, make_ready, prepare
from tests.factories.ledger import make_bank_balance, make_fund, make_gift
from tests.racing import at_once, race

S = ItemState


def state(period: FiscalPeriod, name: str) -> ItemState:
    return item(period, name).state


def item(period: FiscalPeriod, name: str) -> Item:
    found = checklist_of(period).item(name)
    assert found is not None
    return found


def deeds() -> list[str]:
    return list(db.session.scalars(select(AuditRecord.deed).order_by(AuditRecord.id)))


def test_prepared_by_one_closed_by_another(october: FiscalPeriod, office: Office) -> None:
    assert state(october, "bank") is S.TO_DO
    with pytest.raises(ChecklistOpen) as refusal, transaction():
        services.prepare_month(october, by=office.staff)
    assert refusal.value.places == {"items": "1"}
    enter_balance(october, office.staff, balance=1_000_000)
    assert state(october, "bank") is S.HOLDS
    with transaction():
        services.prepare_month(october, by=office.staff)
    make_bank_balance(5, on=date(2026, 11, 1))
    with transaction():
        services.close_month(october, by=office.approver)
    assert october.closed_by_id == office.approver.id
    assert state(october, "lock") is S.HOLDS
    with pytest.raises(PeriodClosed), transaction():
        make_bank_balance(5, on=date(2026, 10, 31))
    assert deeds()[-3:] == ["enter_bank_statement", "prepare_close", "close_period"]
    seen = db.session.scalars(select(SeenChecklist).order_by(SeenChecklist.id)).all()
    assert [(one.deed, one.seen_by_id) for one in seen] == [
        ("prepared", office.staff.id), ("closed", office.approver.id),
    ]  # fmt: skip
    assert seen[0].items[0]["name"] == "bank"


class TestWhoMay:
    def test_the_office_prepares_and_approvers_close(
        self, october: FiscalPeriod, office: Office
    ) -> None:
        make_ready(october, office.staff)
        for person in (office.approver, office.auditor):
            with pytest.raises(Forbidden), transaction():
                services.prepare_month(october, by=person)
        with transaction():
            services.prepare_month(october, by=office.staff)
        for person in (office.staff, office.auditor):
            with pytest.raises(Forbidden), transaction():
                services.close_month(october, by=person)

    def test_one_person_with_both_roles_is_one_person(
        self, october: FiscalPeriod, office: Office
    ) -> None:
        prepare(october, office.both)
        with pytest.raises(AnotherPersonSigns), transaction():
            services.close_month(october, by=office.both)
        with transaction():
            services.close_month(october, by=office.approver)

    def test_auditors_write_nothing(self, october: FiscalPeriod, office: Office) -> None:
        with pytest.raises(Forbidden), transaction():
            services.withdraw_month(october, by=office.auditor)
        with pytest.raises(Forbidden), transaction():
            services.note_item(october, item=item(october, "bank"), note="x", by=office.auditor)
        with pytest.raises(Forbidden):
            enter_balance(october, office.auditor, balance=1)


class TestTheCourse:
    def test_nothing_is_closed_that_nobody_prepared(
        self, october: FiscalPeriod, office: Office
    ) -> None:
        make_ready(october, office.staff)
        with pytest.raises(NoClosePrepared), transaction():
            services.close_month(october, by=office.approver)

    def test_a_preparation_can_be_withdrawn_and_made_anew(
        self, october: FiscalPeriod, office: Office
    ) -> None:
        prepare(october, office.staff)
        with pytest.raises(ClosePreparedAlready), transaction():
            services.prepare_month(october, by=office.both)
        with transaction():
            services.withdraw_month(october, by=office.approver, reason="もう一度見る")
        with pytest.raises(NoClosePrepared), transaction():
            services.withdraw_month(october, by=office.approver)
        with pytest.raises(NoClosePrepared), transaction():
            services.close_month(october, by=office.approver)
        with transaction():
            services.prepare_month(october, by=office.both)
            services.close_month(october, by=office.approver)
        assert october.closing_prepared_by_id == office.both.id

    def test_closed_it_takes_nothing_more(self, october: FiscalPeriod, office: Office) -> None:
        close(october, office.staff, office.approver)
        for deed in (
            lambda: services.close_month(october, by=office.second_approver),
            lambda: services.withdraw_month(october, by=office.staff),
            lambda: services.note_item(
                october, item=item(october, "bank"), note="x", by=office.staff
            ),
        ):
            with pytest.raises(PeriodStaysClosed), transaction():
                deed()
        with pytest.raises(PeriodStaysClosed):
            enter_balance(october, office.staff, balance=1)

    def test_a_month_is_not_closed_before_its_end(
        self, october: FiscalPeriod, office: Office
    ) -> None:
        make_ready(october, office.staff)
        last_minute = clock.end_of(october.ends_on)
        with clock.at(last_minute), pytest.raises(NotYetOver), transaction():
            services.prepare_month(october, by=office.staff)

    def test_the_earlier_month_comes_first(self, october: FiscalPeriod, office: Office) -> None:
        with transaction():
            november = periods.open_period(starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 30))
        with clock.at(clock.start_of(date(2026, 12, 5))):
            prepare(november, office.staff)
            with pytest.raises(EarlierPeriodOpen), transaction():
                services.close_month(november, by=office.approver)
            close(october, office.staff, office.approver)
            with transaction():
                services.close_month(november, by=office.approver)
        assert november.closed_at is not None


class TestWhatChangedMeanwhile:
    def test_an_entry_of_the_month_opens_it_again(
        self, october: FiscalPeriod, office: Office
    ) -> None:
        prepare(october, office.staff)
        with transaction():
            make_bank_balance(7, on=date(2026, 10, 31))
        with pytest.raises(ChecklistOpen) as refusal, transaction():
            services.close_month(october, by=office.approver)
        assert refusal.value.places == {"items": "1"}
        assert october.closed_at is None

    def test_figures_that_agree_anew_are_still_others_than_were_seen(
        self, october: FiscalPeriod, office: Office
    ) -> None:
        prepare(october, office.staff)
        with transaction():
            make_bank_balance(7, on=date(2026, 10, 31))
        enter_balance(october, office.staff, balance=1_000_007)
        with pytest.raises(ChecklistChanged) as refusal, transaction():
            services.close_month(october, by=office.approver)
        assert refusal.value.places == {"items": "1"}
        with transaction():
            services.withdraw_month(october, by=office.staff)
            services.prepare_month(october, by=office.staff)
            services.close_month(october, by=office.approver)

    def test_what_happens_after_the_month_changes_nothing(
        self, october: FiscalPeriod, office: Office
    ) -> None:
        prepare(october, office.staff)
        with transaction():
            make_gift(make_fund(code="C-1"), on=date(2026, 11, 2))
        with transaction():
            services.close_month(october, by=office.approver)


class TestExplaining:
    def test_a_difference_stands_with_a_word_and_a_name(
        self, october: FiscalPeriod, office: Office
    ) -> None:
        enter_balance(october, office.staff, balance=999_670)
        assert state(october, "bank") is S.OPEN
        with pytest.raises(ReasonNeeded), transaction():
            services.note_item(october, item=item(october, "bank"), note=" \n", by=office.staff)
        with transaction():
            services.note_item(
                october, item=item(october, "bank"), note="振込手数料330円、11月に記帳",
                by=office.staff,
            )  # fmt: skip
        assert state(october, "bank") is S.EXPLAINED
        with transaction():
            services.prepare_month(october, by=office.staff)
            services.close_month(october, by=office.approver)
        [seen] = db.session.scalars(select(SeenChecklist).where(SeenChecklist.deed == "closed"))
        assert (seen.items[0]["state"], seen.items[0]["note_id"] is not None) == ("explained", True)

    def test_a_word_about_other_figures_explains_nothing(
        self, october: FiscalPeriod, office: Office
    ) -> None:
        enter_balance(october, office.staff, balance=999_670)
        with transaction():
            services.note_item(october, item=item(october, "bank"), note="手数料", by=office.staff)
        enter_balance(october, office.staff, balance=900_000)
        assert state(october, "bank") is S.OPEN

    def test_what_holds_or_is_missing_is_not_explained(
        self, october: FiscalPeriod, office: Office
    ) -> None:
        with pytest.raises(MustBePutRight), transaction():
            services.note_item(october, item=item(october, "bank"), note="x", by=office.staff)
        with pytest.raises(HoldsAlready), transaction():
            services.note_item(october, item=item(october, "funds"), note="x", by=office.staff)


class TestCertificates:
    def test_speak_of_the_last_day(self, october: FiscalPeriod, office: Office) -> None:
        with pytest.raises(StatementOnAnotherDay), transaction():
            services.enter_statement(
                october, by=office.staff, account_code="1112", balance=yen(1),
                stated_on=date(2026, 10, 30), upload=certificate(), name="x.pdf",
            )  # fmt: skip

    def test_are_files_that_show_something(self, october: FiscalPeriod, office: Office) -> None:
        with pytest.raises(NotEvidence), transaction():
            services.enter_statement(
                october, by=office.staff, account_code="1112", balance=yen(1),
                stated_on=october.ends_on, upload=io.BytesIO(b"MZ"), name="x.pdf",
            )  # fmt: skip

    def test_are_kept_when_entered_anew(self, october: FiscalPeriod, office: Office) -> None:
        enter_balance(october, office.staff, balance=1)
        enter_balance(october, office.staff, balance=1_000_000)
        assert state(october, "bank") is S.HOLDS
        assert db.session.scalar(text("SELECT count(*) FROM closing_bank_statements")) == 2
        with pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(text("UPDATE closing_bank_statements SET balance_yen = 0"))


def test_two_approvers_at_the_same_instant_close_it_once(open_house: Flask) -> None:
    with clock.at(NOVEMBER_5):
        office = make_office()
        with transaction():
            make_bank_balance(1_000, on=date(2026, 10, 1))
            period = periods.open_period(starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 31))
        prepare(period, office.staff)
        people = [office.approver.id, office.second_approver.id]
        number = period.id

    def sign(person: int) -> int:
        services.close_month(
            db.session.get_one(FiscalPeriod, number), by=db.session.get_one(User, person)
        )
        return person

    with clock.at(NOVEMBER_5):
        answers = race(open_house, *[partial(sign, person) for person in people])
    assert answers.count(PeriodStaysClosed) == 1
    [closer] = [answer for answer in answers if isinstance(answer, int)]
    assert queries.periods()[0].closed_by_id == closer
    assert (
        db.session.scalar(text("SELECT count(*) FROM audit_records WHERE deed = 'close_period'"))
        == 1
    )


def test_a_gift_of_the_month_that_is_being_booked_is_seen_by_the_signature(
    open_house: Flask,
) -> None:
    """It was booked after the first signature and commits while the second waits for it."""
    with clock.at(NOVEMBER_5):
        office = make_office()
        with transaction():
            make_bank_balance(1_000, on=date(2026, 10, 1))
            period = periods.open_period(starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 31))
        prepare(period, office.staff)
        number, approver = period.id, office.approver.id

    def sign() -> None:
        services.close_month(
            db.session.get_one(FiscalPeriod, number), by=db.session.get_one(User, approver)
        )

    with ThreadPoolExecutor(1) as pool:
        with clock.at(NOVEMBER_5), transaction():
            make_bank_balance(9, on=date(2026, 10, 31))
            signing = pool.submit(copy_context().run, at_once, open_house, sign)
            with pytest.raises(TimeoutError):
                signing.result(0.5)
        [answer] = signing.result(10)
    assert isinstance(answer, ChecklistOpen)
    db.session.remove()
    assert queries.periods()[0].closed_at is None
