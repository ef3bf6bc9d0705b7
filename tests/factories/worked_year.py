"""The worked year of docs/bookkeeping.md, which every statement must show to the yen."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from civicfund.core.money import yen
from civicfund.ledger import posting_rules as rules
from civicfund.ledger import queries, services
from civicfund.ledger.models import Fund, FundClass, FundKind


@dataclass
class Funds:
    """The general fund, a campaign that succeeds, one that does not, and a named fund."""

    general: Fund
    c1: Fund
    c2: Fund
    named: Fund


def open_funds() -> Funds:
    """The funds of the worked year, empty."""

    def open_one(code: str, kind: FundKind) -> Fund:
        return services.open_fund(
            code=code, kind=kind, designation=FundClass.DESIGNATED, name_ja=code, name_en=code
        )

    return Funds(
        queries.general_fund(),
        open_one("C-1", FundKind.CAMPAIGN),
        open_one("C-2", FundKind.CAMPAIGN),
        open_one("N-1", FundKind.NAMED),
    )


def live_a_year(funds: Funds) -> None:
    """The worked year: two card gifts, konbini, bank, refund, lost dispute, matches, a grant."""
    g, c1, c2, named = funds.general, funds.c1, funds.c2, funds.named
    gift: dict[str, Any] = {"operating_share": yen(1_500), "fund": c1, "general": g}
    drafts = [
        rules.opening_balance(yen(3_000_000), general=g),
        rules.donation_received(yen(10_000), fee=yen(396), **gift),
        rules.donation_received(yen(10_000), fee=yen(360), **gift),
        rules.payout_received(yen(19_244), general=g),
        rules.donation_received(
            yen(2_000), operating_share=yen(300), fee=yen(132), fund=c1, general=g
        ),
        rules.bank_receipt_unmatched(yen(30_000), general=g),
        rules.bank_receipt_matched(yen(30_000), operating_share=yen(4_500), fund=c1, general=g),
        rules.donation_refunded(yen(10_000), fee=yen(360), **gift),
        rules.dispute_opened(yen(10_000), dispute_fee=yen(1_500), general=g),
        rules.dispute_lost(yen(10_000), fee=yen(396), **gift),
        rules.company_match_received(yen(20_000), fund=c1, general=g),
        rules.municipal_match_decided(yen(10_000), fund=c1, general=g),
        rules.municipal_match_paid(yen(10_000), general=g),
        rules.named_fund_received(yen(500_000), operating_share=yen(50_000), fund=named, general=g),
        rules.moved_to_designated_bank(yen(450_000), general=g),
        rules.grant_awarded(yen(57_068), fund=c1),
        rules.grant_instalment_paid(yen(45_654), fund=c1, general=g),
        rules.bank_transfer_fee(yen(330), general=g),
        rules.conditional_gift_held(yen(3_000), fee=yen(132), fund=c2, general=g),
        rules.held_gift_to_be_returned(yen(3_000), fund=c2, general=g),
    ]
    for number, draft in enumerate(drafts):
        services.post_entry(draft, key=f"year/{number}", effective_on=date(2026, 12, 31))
