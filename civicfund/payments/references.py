"""What the book may refer to: payouts, payments, and the bank lines that answer for a record."""

from flask import url_for
from flask_babel import gettext as _

from civicfund.core import clock
from civicfund.ledger.sources import SourcePage
from civicfund.payments import queries
from civicfund.payments.models import BankLine, GatewayEvent, Payment
from civicfund.web.filters import day, label, money


def source_pages(kind: str, number: int) -> list[SourcePage]:
    """A payout's own page; for any record its payments, their kept news, and its bank lines."""
    return [*_own(kind, number), *_payments(kind, number), *_bank_lines(kind, number)]


def _own(kind: str, number: int) -> list[SourcePage]:
    if kind == "payouts" and (payout := queries.payout_by_id(number)) is not None:
        title = _("Payout %(number)s", number=payout.gateway_ref)
        url = url_for("payments.payout", payout_id=number)
        return [SourcePage(title=title, url=url, is_own=True)]
    if kind == "payments" and (payment := queries.payment_by_id(number)) is not None:
        return [_payment(payment, is_own=True), *_news_of(payment)]
    return bank_line_page(number, is_own=True) if kind == "bank_lines" else []


def bank_line_page(line_id: int, *, is_own: bool = False) -> list[SourcePage]:
    """The page of one line of the bank's statement."""
    line = queries.bank_line_by_id(line_id)
    return [_bank_line(line, is_own=is_own)] if line is not None else []


def _payments(kind: str, number: int) -> list[SourcePage]:
    found = []
    for payment in queries.payments_of_source(kind, number):
        found += [_payment(payment), *_news_of(payment)]
    return found


def _payment(payment: Payment, *, is_own: bool = False) -> SourcePage:
    title = _("Payment %(number)s", number=payment.id)
    return SourcePage(
        title=f"{title} ({label(payment.state)})",
        url=url_for("payments.show", payment_id=payment.id),
        is_own=is_own,
    )


def _news_of(payment: Payment) -> list[SourcePage]:
    return [_news(event) for event in queries.events_of_payment(payment.id)]


def _news(event: GatewayEvent) -> SourcePage:
    said = _(
        "The provider's message %(number)s, kept word for word on %(day)s",
        number=event.event_id,
        day=day(clock.day_of(event.received_at)),
    )
    return SourcePage(title=said, url=url_for("payments.show_event", event_id=event.id))


def _bank_lines(kind: str, number: int) -> list[SourcePage]:
    return [_bank_line(line) for line in queries.bank_lines_of(kind, number)]


def _bank_line(line: BankLine, *, is_own: bool = False) -> SourcePage:
    title = _(
        "Bank line %(number)s of %(day)s, %(amount)s",
        number=line.reference,
        day=day(line.booked_on),
        amount=money(line.amount_yen),
    )
    return SourcePage(
        title=title, url=url_for("payments.bank_line", line_id=line.id), is_own=is_own
    )
