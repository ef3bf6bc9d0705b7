"""Funds with money in them, booked through the services."""

from datetime import date
from itertools import count

from civicfund.core.money import yen
from civicfund.ledger import posting_rules, queries, services
from civicfund.ledger.booking import PostedEntry
from civicfund.ledger.models import Fund, FundClass, FundKind

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
