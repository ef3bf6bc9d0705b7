"""Funds with money in them, booked through the services."""

from datetime import date
from itertools import count

from civicfund.core.money import yen
from civicfund.ledger import periods, posting_rules, queries, services
from civicfund.ledger.booking import PostedEntry
from civicfund.ledger.models import FiscalPeriod, Fund, FundClass, FundKind
from tests.factories.identity import make_user

_numbers = count(1)


def make_fund(
    *,
    code: str | None = None,
    kind: FundKind = FundKind.CAMPAIGN,
    designation: FundClass = FundClass.DESIGNATED,
    name_ja: str = "こども食堂",
    name_en: str = "Children's kitchen",
) -> Fund:
    """A campaign's designated fund, empty."""
    return services.open_fund(
        code=code or f"C-{next(_numbers):04}",
        kind=kind,
        designation=designation,
        name_ja=name_ja,
        name_en=name_en,
    )


def make_gift(
    fund: Fund,
    *,
    amount: int = 10_000,
    share: int = 0,
    fee: int = 0,
    key: str | None = None,
    on: date | None = None,
) -> PostedEntry:
    """A gift by card into `fund`."""
    draft = posting_rules.donation_received(
        yen(amount),
        operating_share=yen(share),
        fee=yen(fee),
        fund=fund,
        general=queries.general_fund(),
    )
    return services.post_entry(draft, key=key or f"gift/{next(_numbers)}", effective_on=on)


def make_bank_balance(amount: int, *, on: date | None = None) -> PostedEntry:
    """Money in the bank that the fund owned before its book began."""
    draft = posting_rules.opening_balance(yen(amount), general=queries.general_fund())
    return services.post_entry(draft, key=f"opening/{next(_numbers)}", effective_on=on)


def close_by_two(period: FiscalPeriod, *, people: tuple[int, int] | None = None) -> FiscalPeriod:
    """Prepared by one person, closed by another."""
    first, second = people or (make_user(roles=("staff",)).id, make_user(roles=("approver",)).id)
    periods.prepare_close(period, by_id=first)
    periods.close_period(period, by_id=second)
    return period


def make_closed_period(
    starts_on: date, ends_on: date, *, people: tuple[int, int] | None = None
) -> FiscalPeriod:
    """Days whose books are closed."""
    period = periods.open_period(starts_on=starts_on, ends_on=ends_on)
    return close_by_two(period, people=people)


def seal_all() -> None:
    """Everything that has settled gets its 仕訳番号 and stands under a checkpoint."""
    while services.seal_entries().leaves:
        pass
