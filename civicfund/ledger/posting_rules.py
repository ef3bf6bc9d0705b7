"""Which accounts each event moves: pure rules, to be read and signed by an accountant.

E-numbers are those of docs/bookkeeping.md. ⟨指⟩ is designated, ⟨般⟩ general; accounts without a
class stand in the general fund unless `fund` is named. Amounts of zero leave their line out.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from civicfund.core.money import Money
from civicfund.ledger.drafts import MOST_LINES, AccountKey, EntryDraft, moves
from civicfund.ledger.models import Fund, FundClass, FundKind

PROVIDER = "1131"
BANK = "1112"
GIFTS = {
    FundKind.GENERAL: "4101",
    FundKind.CAMPAIGN: "4111",
    FundKind.THEME: "4112",
    FundKind.NAMED: "4113",
}


def _in(fund: Fund, code: str) -> AccountKey:
    return AccountKey(code, fund.id)


def _gifts(fund: Fund) -> AccountKey:
    """The revenue line of gifts made for the purpose of `fund`."""
    return AccountKey(GIFTS[fund.kind], fund.id)


# --- Gifts coming in ---------------------------------------------------------------------------


def donation_received(
    gross: Money, *, operating_share: Money, fee: Money, fund: Fund, general: Fund
) -> EntryDraft:
    """E-01, E-03. Dr 1131 gross; Cr 4111⟨指⟩ gross - share, Cr 4191⟨般⟩ share (both in `fund`);
    Dr 5231⟨指⟩ fee in `fund`; Cr 1131 fee. The gift is gross, the fee is the project's expense.
    """
    provider = _in(general, PROVIDER)
    return moves(
        "donation_received",
        [
            (provider, _gifts(fund), gross - operating_share),
            (provider, _in(fund, "4191"), operating_share),
            (_in(fund, "5231"), provider, fee),
        ],
    )


def general_gift_received(gross: Money, *, fee: Money, general: Fund) -> EntryDraft:
    """E-01 without a purpose. Dr 1131 gross; Cr 4101⟨般⟩; Dr 5231⟨般⟩ fee; Cr 1131 fee."""
    provider = _in(general, PROVIDER)
    return moves(
        "general_gift_received",
        [(provider, _in(general, "4101"), gross), (_in(general, "5231"), provider, fee)],
    )


def processing_fee(fee: Money, *, fund: Fund, general: Fund) -> EntryDraft:
    """E-01b, when the fee is known later than the gift. Dr 5231 in `fund`; Cr 1131."""
    return moves("processing_fee", [(_in(fund, "5231"), _in(general, PROVIDER), fee)])


def payout_received(amount: Money, *, general: Fund) -> EntryDraft:
    """E-02. Dr 1112; Cr 1131: the provider's payout, matched to the bank's line."""
    return moves("payout_received", [(_in(general, BANK), _in(general, PROVIDER), amount)])


def bank_receipt_unmatched(amount: Money, *, general: Fund) -> EntryDraft:
    """E-04a. Dr 1112; Cr 2131: money came and nobody knows yet for what."""
    return moves("bank_receipt_unmatched", [(_in(general, BANK), _in(general, "2131"), amount)])


def bank_receipt_matched(
    gross: Money, *, operating_share: Money, fund: Fund, general: Fund
) -> EntryDraft:
    """E-04b. Dr 2131 gross; Cr 4111⟨指⟩ gross - share, Cr 4191⟨般⟩ share (both in `fund`)."""
    unmatched = _in(general, "2131")
    return moves(
        "bank_receipt_matched",
        [
            (unmatched, _gifts(fund), gross - operating_share),
            (unmatched, _in(fund, "4191"), operating_share),
        ],
    )


def bank_receipt_returned(amount: Money, *, general: Fund) -> EntryDraft:
    """E-04 undone. Dr 2131; Cr 1112: money that was not for us goes back."""
    return moves("bank_receipt_returned", [(_in(general, "2131"), _in(general, BANK), amount)])


# --- Refunds and disputes ----------------------------------------------------------------------


def donation_refunded(
    gross: Money,
    *,
    operating_share: Money,
    fee: Money,
    fund: Fund,
    general: Fund,
    through: str = PROVIDER,
) -> EntryDraft:
    """E-05a, b: a refund in the year of the gift. Dr 4111⟨指⟩ gross - share, Dr 4191⟨般⟩ share
    (both in `fund`); Cr 1131 (or 1112, `through`). The provider keeps its fee and the fund carries
    it: Dr 5231⟨般⟩ fee in the general fund; Cr 5231⟨指⟩ fee in `fund`.
    """
    out = _in(general, through)
    return moves(
        "donation_refunded",
        [
            (_gifts(fund), out, gross - operating_share),
            (_in(fund, "4191"), out, operating_share),
            (_in(general, "5231"), _in(fund, "5231"), fee),
        ],
    )


def earlier_gift_refunded(gross: Money, *, general: Fund, through: str = PROVIDER) -> EntryDraft:
    """E-05c: a refund of an earlier year's gift. Dr 5291⟨般⟩; Cr 1131 (or 1112, `through`)."""
    return moves("earlier_gift_refunded", [(_in(general, "5291"), _in(general, through), gross)])


def dispute_opened(gross: Money, *, dispute_fee: Money, general: Fund) -> EntryDraft:
    """E-06a. Dr 1135 gross, Dr 5232⟨般⟩ dispute fee; Cr 1131 both."""
    provider = _in(general, PROVIDER)
    return moves(
        "dispute_opened",
        [
            (_in(general, "1135"), provider, gross),
            (_in(general, "5232"), provider, dispute_fee),
        ],
    )


def dispute_won(gross: Money, *, general: Fund) -> EntryDraft:
    """E-06b. Dr 1131; Cr 1135. The dispute fee stays spent."""
    return moves("dispute_won", [(_in(general, PROVIDER), _in(general, "1135"), gross)])


def dispute_lost(
    gross: Money, *, operating_share: Money, fee: Money, fund: Fund, general: Fund
) -> EntryDraft:
    """E-06c. Dr 4111⟨指⟩ gross - share, Dr 4191⟨般⟩ share (both in `fund`); Cr 1135.
    The fund carries the card fee: Dr 5231⟨般⟩ in the general fund; Cr 5231⟨指⟩ in `fund`.
    """
    disputed = _in(general, "1135")
    return moves(
        "dispute_lost",
        [
            (_gifts(fund), disputed, gross - operating_share),
            (_in(fund, "4191"), disputed, operating_share),
            (_in(general, "5231"), _in(fund, "5231"), fee),
        ],
    )


def dispute_lost_after_grant(
    gross: Money, *, operating_share: Money, fund: Fund, general: Fund
) -> EntryDraft:
    """E-06d: the project's money is granted out already, general funds carry the loss.
    Dr 5292⟨般⟩ gross - share in the general fund, Dr 4191⟨般⟩ share in `fund`; Cr 1135.
    """
    disputed = _in(general, "1135")
    return moves(
        "dispute_lost_after_grant",
        [
            (_in(general, "5292"), disputed, gross - operating_share),
            (_in(fund, "4191"), disputed, operating_share),
        ],
    )


# --- Matches and named funds -------------------------------------------------------------------


def company_match_received(amount: Money, *, fund: Fund, general: Fund) -> EntryDraft:
    """E-07. Dr 1112; Cr 4114⟨指⟩ in `fund`."""
    return moves("company_match_received", [(_in(general, BANK), _in(fund, "4114"), amount)])


def municipal_match_decided(amount: Money, *, fund: Fund, general: Fund) -> EntryDraft:
    """E-08a, on the city's decision letter (交付決定). Dr 1141; Cr 4201⟨指⟩ in `fund`."""
    return moves("municipal_match_decided", [(_in(general, "1141"), _in(fund, "4201"), amount)])


def municipal_match_paid(amount: Money, *, general: Fund) -> EntryDraft:
    """E-08b. Dr 1112; Cr 1141."""
    return moves("municipal_match_paid", [(_in(general, BANK), _in(general, "1141"), amount)])


def match_from_fund(amount: Money, *, giver: Fund, receiver: Fund) -> EntryDraft:
    """E-09. Dr 3190⟨指⟩ in the giving fund; Cr 3190⟨指⟩ in the receiving fund. Nets to nothing."""
    return moves("match_from_fund", [(_in(giver, "3190"), _in(receiver, "3190"), amount)])


def named_fund_received(
    gross: Money, *, operating_share: Money, fund: Fund, general: Fund
) -> EntryDraft:
    """E-10a. Dr 1112 gross; Cr 4113⟨指⟩ gross - share, Cr 4191⟨般⟩ share (both in `fund`)."""
    bank = _in(general, BANK)
    return moves(
        "named_fund_received",
        [
            (bank, _gifts(fund), gross - operating_share),
            (bank, _in(fund, "4191"), operating_share),
        ],
    )


def moved_to_designated_bank(amount: Money, *, general: Fund) -> EntryDraft:
    """E-10b. Dr 1115; Cr 1112: designated money is kept in an account of its own."""
    return moves("moved_to_designated_bank", [(_in(general, "1115"), _in(general, BANK), amount)])


# --- Grants ------------------------------------------------------------------------------------


def grant_awarded(amount: Money, *, fund: Fund) -> EntryDraft:
    """E-11a, an unconditional award, on decision. Dr 5101⟨指⟩; Cr 2121, both in `fund`.
    The database refuses more than the fund holds for its purpose.
    """
    return moves("grant_awarded", [(_in(fund, "5101"), _in(fund, "2121"), amount)])


def grant_instalment_paid(amount: Money, *, fund: Fund, general: Fund) -> EntryDraft:
    """E-11b, d. Dr 2121 in `fund`; Cr 1112."""
    return moves("grant_instalment_paid", [(_in(fund, "2121"), _in(general, BANK), amount)])


def bank_transfer_fee(amount: Money, *, general: Fund) -> EntryDraft:
    """E-11c. Dr 5233⟨般⟩; Cr 1112."""
    return moves("bank_transfer_fee", [(_in(general, "5233"), _in(general, BANK), amount)])


def grant_returned(amount: Money, *, fund: Fund, general: Fund) -> EntryDraft:
    """E-12a, unused money back in the year of the award. Dr 1112; Cr 5101⟨指⟩ in `fund`."""
    return moves("grant_returned", [(_in(general, BANK), _in(fund, "5101"), amount)])


def earlier_grant_reclaimed(amount: Money, *, fund: Fund, general: Fund) -> EntryDraft:
    """E-12b, first half, in a later year. Dr 1143; Cr 4601⟨指⟩ in `fund`."""
    return moves("earlier_grant_reclaimed", [(_in(general, "1143"), _in(fund, "4601"), amount)])


def earlier_grant_returned(amount: Money, *, general: Fund) -> EntryDraft:
    """E-12b, second half. Dr 1112; Cr 1143."""
    return moves("earlier_grant_returned", [(_in(general, BANK), _in(general, "1143"), amount)])


def award_reduced(amount: Money, *, fund: Fund) -> EntryDraft:
    """E-12c, settlement below the award (額の確定). Dr 2121; Cr 5101⟨指⟩, both in `fund`."""
    return moves("award_reduced", [(_in(fund, "2121"), _in(fund, "5101"), amount)])


def purpose_lost(amount: Money, *, fund: Fund, general: Fund) -> EntryDraft:
    """E-13, by decision of the board only. Dr 3900⟨指⟩ in `fund`; Cr 3900⟨般⟩: the only way from
    designated to general.
    """
    return moves("purpose_lost", [(_in(fund, "3900"), _in(general, "3900"), amount)])


# --- Gifts on condition (all-or-nothing) -------------------------------------------------------


def conditional_gift_held(gross: Money, *, fee: Money, fund: Fund, general: Fund) -> EntryDraft:
    """E-14a, paid before the target is reached. Dr 1131 gross; Cr 2133 in `fund`;
    Dr 5231⟨般⟩ fee in the general fund; Cr 1131 fee. No revenue yet.
    """
    provider = _in(general, PROVIDER)
    return moves(
        "conditional_gift_held",
        [(provider, _in(fund, "2133"), gross), (_in(general, "5231"), provider, fee)],
    )


def held_gift_designated(gross: Money, *, operating_share: Money, fund: Fund) -> EntryDraft:
    """E-14b, target reached: the day of receipt. Dr 2133; Cr 4111⟨指⟩ gross - share,
    Cr 4191⟨般⟩ share, all in `fund`.
    """
    held = _in(fund, "2133")
    return moves(
        "held_gift_designated",
        [
            (held, _gifts(fund), gross - operating_share),
            (held, _in(fund, "4191"), operating_share),
        ],
    )


def held_gift_to_be_returned(gross: Money, *, fund: Fund, general: Fund) -> EntryDraft:
    """E-14c, target missed. Dr 2133 in `fund`; Cr 2134: now owed to the donor."""
    return moves("held_gift_to_be_returned", [(_in(fund, "2133"), _in(general, "2134"), gross)])


def held_gift_returned(gross: Money, *, general: Fund, through: str = BANK) -> EntryDraft:
    """E-14c, refund file executed. Dr 2134; Cr 1112 (or 1131, `through`)."""
    return moves("held_gift_returned", [(_in(general, "2134"), _in(general, through), gross)])


def held_gift_left_to_fund(gross: Money, *, fund: Fund, general: Fund) -> EntryDraft:
    """E-14c, as the donor chose when giving. Dr 2133 in `fund`; Cr 4101⟨般⟩."""
    return moves("held_gift_left_to_fund", [(_in(fund, "2133"), _in(general, "4101"), gross)])


# --- Other -------------------------------------------------------------------------------------


def gift_in_kind(value: Money, *, becomes: str, fund: Fund) -> EntryDraft:
    """E-15, at fair value. Dr the asset or expense that it becomes; Cr 4116, both in `fund`."""
    return moves("gift_in_kind", [(_in(fund, becomes), _in(fund, "4116"), value)])


def honorarium_paid(gross: Money, *, withheld: Money, general: Fund) -> EntryDraft:
    """E-16. Dr 5111⟨般⟩ gross; Cr 1112 gross - tax, Cr 2141 tax (10.21 %, 源泉所得税)."""
    honoraria = _in(general, "5111")
    return moves(
        "honorarium_paid",
        [
            (honoraria, _in(general, BANK), gross - withheld),
            (honoraria, _in(general, "2141"), withheld),
        ],
    )


def opening_balance(amount: Money, *, general: Fund, held_in: str = BANK) -> EntryDraft:
    """What the fund owned before this book began. Dr 1112 (or `held_in`); Cr 3200⟨般⟩."""
    return moves("opening_balance", [(_in(general, held_in), _in(general, "3200"), amount)])


def provider_balance_reclassified(amount: Money, *, general: Fund) -> EntryDraft:
    """At the close, when refunds made 1131 negative. Dr 1131; Cr 2135; taken back the next day by
    `provider_balance_restored`.
    """
    return moves(
        "provider_balance_reclassified", [(_in(general, PROVIDER), _in(general, "2135"), amount)]
    )


def provider_balance_restored(amount: Money, *, general: Fund) -> EntryDraft:
    """The day after the close. Dr 2135; Cr 1131: the balance is the provider's own again."""
    return moves(
        "provider_balance_restored", [(_in(general, "2135"), _in(general, PROVIDER), amount)]
    )


def opening_balances(
    debits: Sequence[tuple[AccountKey, Money]], credits: Sequence[tuple[AccountKey, Money]]
) -> list[EntryDraft]:
    """All that a fund owned and owed when it moved into this book, in as few entries as hold it.
    Dr and Cr as given; their sums are equal, each account stands on one side, and line by line the
    debits are set against the credits in their order (諸口).
    """
    assert sum(a.minor for _, a in debits) == sum(a.minor for _, a in credits), "not balanced"
    waiting, lines = deque(credits), []
    for debit, owed in debits:
        rest = owed
        while rest:
            credit, held = waiting.popleft()
            part = min(rest, held, key=lambda amount: amount.minor)
            lines.append((debit, credit, part))
            rest -= part
            if held - part:
                waiting.appendleft((credit, held - part))
    return [
        moves("opening_balances", lines[first : first + MOST_LINES])
        for first in range(0, len(lines), MOST_LINES)
    ]


@dataclass(frozen=True, slots=True)
class YearResult:
    """What an account of revenue, expense or transfer brought in a year: credits less debits."""

    account: AccountKey
    fund_class: FundClass
    surplus: Money


def year_closed(results: Sequence[YearResult], *, fund: Fund) -> EntryDraft:
    """E-17, for one fund, on the last day of the year. Revenue, expense, 3190 and 3900 end at
    nothing: ⟨指⟩ into 3100, ⟨般⟩ into 3200, both in `fund`.
    """
    lines = []
    for result in results:
        into = _in(fund, "3100" if result.fund_class is FundClass.DESIGNATED else "3200")
        if result.surplus.minor > 0:
            lines.append((result.account, into, result.surplus))
        else:
            lines.append((into, result.account, -result.surplus))
    return moves("year_closed", lines)
