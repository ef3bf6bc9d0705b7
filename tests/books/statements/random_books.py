"""Random books: posting rules in any order over several years, less what the book refuses."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from hypothesis import strategies as st

from civicfund.core.db import db
from civicfund.core.errors import DomainError
from civicfund.core.money import yen
from civicfund.ledger import posting_rules as rules
from civicfund.ledger import queries, services
from civicfund.ledger.drafts import EntryDraft
from civicfund.ledger.models import Fund, FundClass, FundKind

FIRST, LAST = date(2024, 4, 1), date(2027, 3, 31)
YEARS = (2024, 2025, 2026)
CLOSE, UNDO, REVERSE = "close", "undo", "reverse"


@dataclass(frozen=True)
class Step:
    """One deed of a random book."""

    deed: str
    fund: int
    other: int
    amount: int
    on: date


Rule = Callable[[Step, Fund, Fund, Fund], EntryDraft]
DEEDS: dict[str, Rule] = {
    "gift": lambda s, f, _o, g: rules.donation_received(
        yen(s.amount), operating_share=yen(s.amount * 15 // 100), fee=yen(s.amount // 50),
        fund=f, general=g,
    ),
    "general gift": lambda s, _f, _o, g: rules.general_gift_received(
        yen(s.amount), fee=yen(s.amount // 50), general=g
    ),
    "payout": lambda s, _f, _o, g: rules.payout_received(yen(s.amount), general=g),
    "refund": lambda s, f, _o, g: rules.donation_refunded(
        yen(s.amount), operating_share=yen(s.amount * 15 // 100), fee=yen(s.amount // 50),
        fund=f, general=g,
    ),
    "earlier refund": lambda s, _f, _o, g: rules.earlier_gift_refunded(yen(s.amount), general=g),
    "company": lambda s, f, _o, g: rules.company_match_received(yen(s.amount), fund=f, general=g),
    "city": lambda s, f, _o, g: rules.municipal_match_decided(yen(s.amount), fund=f, general=g),
    "between": lambda s, f, o, _g: rules.match_from_fund(yen(s.amount), giver=f, receiver=o),
    "grant": lambda s, f, _o, _g: rules.grant_awarded(yen(s.amount), fund=f),
    "grant paid": lambda s, f, _o, g: rules.grant_instalment_paid(
        yen(s.amount), fund=f, general=g
    ),
    "grant back": lambda s, f, _o, g: rules.earlier_grant_reclaimed(
        yen(s.amount), fund=f, general=g
    ),
    "purpose lost": lambda s, f, _o, g: rules.purpose_lost(yen(s.amount), fund=f, general=g),
    "held": lambda s, f, _o, g: rules.conditional_gift_held(
        yen(s.amount), fee=yen(s.amount // 50), fund=f, general=g
    ),
    "goods": lambda s, f, _o, _g: rules.gift_in_kind(yen(s.amount), becomes="1171", fund=f),
    "honorarium": lambda s, _f, _o, g: rules.honorarium_paid(
        yen(s.amount), withheld=yen(s.amount // 10), general=g
    ),
    "opening": lambda s, _f, _o, g: rules.opening_balance(yen(s.amount), general=g),
}  # fmt: skip

steps = st.builds(
    Step,
    deed=st.sampled_from([*DEEDS, "gift", "gift", "grant", "opening", CLOSE, UNDO, REVERSE]),
    fund=st.integers(0, 2),
    other=st.integers(0, 2),
    amount=st.integers(50, 90_000),
    on=st.dates(FIRST, LAST),
)
books = st.lists(steps, min_size=4, max_size=24)


def book(deeds: list[Step]) -> list[Fund]:
    """Live these deeds; those that the book refuses do not happen."""
    funds = [
        services.open_fund(
            code=code, kind=kind, designation=FundClass.DESIGNATED,
            name_ja=code, name_en=code, program=program,
        )
        for code, kind, program in (
            ("C-1", FundKind.CAMPAIGN, "公1"), ("N-1", FundKind.NAMED, "公2"),
            ("T-1", FundKind.THEME, "収1"),
        )
    ]  # fmt: skip
    general = queries.general_fund()
    booked: list[int] = []
    closed: list[list[int]] = []
    for number, step in enumerate(deeds):
        try:
            with db.session.begin_nested():
                if step.deed == CLOSE:
                    done = services.close_year(date(step.on.year, 3, 31))
                    closed.append([entry.id for entry in done])
                elif step.deed == UNDO and closed:
                    for entry_id in closed[-1]:
                        _reverse(entry_id, on=queries.content_of(entry_id).effective_on)
                    closed.pop()
                elif step.deed == REVERSE and booked:
                    _reverse(booked[step.amount % len(booked)], on=step.on)
                elif step.deed in DEEDS and (step.deed != "between" or step.fund != step.other):
                    draft = DEEDS[step.deed](step, funds[step.fund], funds[step.other], general)
                    key = f"random/{number}"
                    posted = services.post_entry(draft, key=key, effective_on=step.on)
                    booked.append(posted.id)
        except DomainError:
            continue
    return funds


def _reverse(entry_id: int, *, on: date) -> None:
    """On any day, of this year or another; once."""
    services.reverse_entry(entry_id, key=f"reversal/{entry_id}", reason="x", effective_on=on)
