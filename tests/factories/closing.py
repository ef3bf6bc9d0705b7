"""Months ready to be closed: certificates that agree, notes where a person must look."""

import io
from datetime import date
from itertools import count

from civicfund.closing import services
from civicfund.closing.checklist import Checklist, checklist_of
from civicfund.closing.found import Remedy
from civicfund.closing.models import OpeningImport
from civicfund.core.db import transaction
from civicfund.core.money import yen
from civicfund.identity.models import User
from civicfund.ledger import queries as book
from civicfund.ledger.chart import BANKS
from civicfund.ledger.models import FiscalPeriod
from tests.factories.identity import make_user

_numbers = count(1)


def certificate() -> io.BytesIO:
    """The smallest file that is a PDF by its content."""
    return io.BytesIO(b"%PDF-1.4\nbank " + str(next(_numbers)).encode() + b"\n%%EOF\n")


def enter_balance(period: FiscalPeriod, by: User, *, code: str = "1112", balance: int) -> None:
    """What the bank says."""
    with transaction():
        services.enter_statement(
            period, by=by, account_code=code, balance=yen(balance), stated_on=period.ends_on,
            upload=certificate(), name="残高証明書.pdf",
        )  # fmt: skip


def enter_what_the_book_says(period: FiscalPeriod, by: User) -> None:
    """Certificates of every bank account that agree with the book."""
    trial = book.trial_balance(on=period.ends_on)
    for line in trial.lines:
        if line.code in BANKS and line.balance:
            enter_balance(period, by, code=line.code, balance=line.balance)


def confirm_all(period: FiscalPeriod, by: User) -> None:
    """A person has looked at what only a person can look at."""
    for item in checklist_of(period).items:
        if item.found.remedy is Remedy.CONFIRM and not item.stands:
            with transaction():
                services.note_item(period, item=item, note="確認しました。", by=by)


def make_ready(period: FiscalPeriod, by: User) -> Checklist:
    """Everything on the checklist stands."""
    enter_what_the_book_says(period, by)
    confirm_all(period, by)
    return checklist_of(period)


def prepare(period: FiscalPeriod, by: User) -> None:
    """Ready, and signed by the first person."""
    make_ready(period, by)
    with transaction():
        services.prepare_month(period, by=by)


def close(period: FiscalPeriod, first: User, second: User) -> None:
    """Prepared and closed."""
    prepare(period, first)
    with transaction():
        services.close_month(period, by=second)


def make_opening(*, on: date = date(2026, 4, 1)) -> OpeningImport:
    """Balances that a bank and a fund began with, prepared by one and signed by another."""
    text = "科目コード,借方,貸方\n1112,50000,\n3200,,50000\n"
    opening = services.read_opening(text.encode(), opens_on=on)
    first, second = make_user(roles=("staff",)), make_user(roles=("approver",))
    with transaction():
        prepared = services.prepare_opening(opening, opens_on=on, file_name="残高.csv", by=first)
    with transaction():
        return services.sign_opening(prepared, by=second)
