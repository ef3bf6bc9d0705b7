"""Which papers each kind of entry needs: one of every line, or the provider's kept message.

The table is for a fund's rules on accounting (経理規程) to confirm or to widen.
"""

from dataclasses import dataclass

from civicfund.ledger.models import EvidenceKind

K = EvidenceKind


@dataclass(frozen=True, slots=True)
class Need:
    """One paper of these kinds. `or_message`: the provider's message that we keep will do."""

    kinds: tuple[EvidenceKind, ...]
    or_message: bool = False


STATEMENT = Need((K.BANK_STATEMENT,))
DECISION = Need((K.DECISION_LETTER,))
AGREEMENT = Need((K.CONTRACT,))
BOARD = Need((K.MINUTES,))
# Gifts and refunds by card or at a shop: what the provider told is kept by itself.
PROVIDER = Need((K.SETTLEMENT_REPORT, K.BANK_STATEMENT, K.RECEIPT), or_message=True)
PAYOUT = Need((K.SETTLEMENT_REPORT, K.BANK_STATEMENT))
# Of a rule that nobody has judged yet: some paper.
ANY = Need(tuple(kind for kind in K if kind is not K.WITHDRAWAL))
NOTHING: tuple[Need, ...] = ()

NEEDS: dict[str, tuple[Need, ...]] = {
    "donation_received": (PROVIDER,),
    "general_gift_received": (PROVIDER,),
    "processing_fee": (PROVIDER,),
    "payout_received": (PAYOUT,),
    "bank_receipt_unmatched": (STATEMENT,),
    # Its statement stands at the receipt; the two who matched it stand at the entry.
    "bank_receipt_matched": NOTHING,
    "bank_receipt_returned": (STATEMENT,),
    "donation_refunded": (PROVIDER,),
    "earlier_gift_refunded": (PROVIDER,),
    "dispute_opened": (PROVIDER,),
    "dispute_won": (PROVIDER,),
    "dispute_lost": (PROVIDER,),
    "dispute_lost_after_grant": (PROVIDER,),
    "company_match_received": (AGREEMENT, STATEMENT),
    "municipal_match_decided": (DECISION,),
    "municipal_match_paid": (STATEMENT,),
    "match_from_fund": (BOARD,),
    "named_fund_received": (AGREEMENT, STATEMENT),
    "moved_to_designated_bank": (STATEMENT,),
    "grant_awarded": (DECISION,),
    "grant_instalment_paid": (STATEMENT,),
    "bank_transfer_fee": (STATEMENT,),
    "grant_returned": (STATEMENT,),
    "earlier_grant_reclaimed": (Need((K.DECISION_LETTER, K.INVOICE)),),
    "earlier_grant_returned": (STATEMENT,),
    "award_reduced": (DECISION,),
    "purpose_lost": (BOARD,),
    "conditional_gift_held": (PROVIDER,),
    # Follow from entries that have their papers, by the rules of the campaign.
    "held_gift_designated": NOTHING,
    "held_gift_to_be_returned": NOTHING,
    "held_gift_left_to_fund": NOTHING,
    "held_gift_returned": (PROVIDER,),
    "gift_in_kind": (Need((K.CONTRACT, K.RECEIPT, K.OTHER)),),
    "honorarium_paid": (Need((K.RECEIPT,)),),
    "opening_balance": (Need((K.BANK_STATEMENT, K.MINUTES, K.OTHER)),),
    "opening_balances": (Need((K.BANK_STATEMENT, K.MINUTES, K.OTHER)),),
    # Made by the book from its own entries.
    "year_closed": NOTHING,
    "provider_balance_reclassified": NOTHING,
    "provider_balance_restored": NOTHING,
    # Its reason stands in it; the papers stand at the original.
    "reversal": NOTHING,
}


def needs_of(rule: str) -> tuple[Need, ...]:
    """What an entry of this kind needs; some paper, if nobody has said."""
    return NEEDS.get(rule, (ANY,))
