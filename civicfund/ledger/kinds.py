"""What each kind of entry is called; the E-number is that of docs/bookkeeping.md."""

from civicfund.core.errors import N_

# Its number, its name.
KINDS = {
    "donation_received": ("E-01", N_("Gift received")),
    "general_gift_received": ("E-01", N_("Gift to the fund itself")),
    "processing_fee": ("E-01b", N_("Payment provider's fee")),
    "payout_received": ("E-02", N_("Payout from the payment provider")),
    "bank_receipt_unmatched": ("E-04a", N_("Bank receipt, being checked")),
    "bank_receipt_matched": ("E-04b", N_("Bank receipt matched to a gift")),
    "bank_receipt_returned": ("E-04", N_("Bank receipt sent back")),
    "donation_refunded": ("E-05", N_("Gift refunded")),
    "earlier_gift_refunded": ("E-05c", N_("Gift of an earlier year refunded")),
    "dispute_opened": ("E-06a", N_("Card payment disputed")),
    "dispute_won": ("E-06b", N_("Dispute won")),
    "dispute_lost": ("E-06c", N_("Dispute lost")),
    "dispute_lost_after_grant": ("E-06d", N_("Dispute lost after the grant")),
    "company_match_received": ("E-07", N_("Company match")),
    "municipal_match_decided": ("E-08a", N_("City match decided")),
    "municipal_match_paid": ("E-08b", N_("City match received")),
    "match_from_fund": ("E-09", N_("Match from another fund")),
    "named_fund_received": ("E-10a", N_("Gift to a named fund")),
    "moved_to_designated_bank": ("E-10b", N_("Moved to the bank account for designated money")),
    "grant_awarded": ("E-11a", N_("Grant decided")),
    "grant_instalment_paid": ("E-11b", N_("Grant instalment paid")),
    "bank_transfer_fee": ("E-11c", N_("Bank transfer fee")),
    "grant_returned": ("E-12a", N_("Unused grant returned")),
    "earlier_grant_reclaimed": ("E-12b", N_("Grant of an earlier year reclaimed")),
    "earlier_grant_returned": ("E-12b", N_("Grant of an earlier year returned")),
    "award_reduced": ("E-12c", N_("Grant settled lower")),
    "purpose_lost": ("E-13", N_("Purpose lost, moved to general")),
    "conditional_gift_held": ("E-14a", N_("Gift held until the target is reached")),
    "held_gift_designated": ("E-14b", N_("Target reached, gift designated")),
    "held_gift_to_be_returned": ("E-14c", N_("Target missed, to be returned")),
    "held_gift_returned": ("E-14c", N_("Held gift returned")),
    "held_gift_left_to_fund": ("E-14c", N_("Target missed, left to the fund")),
    "gift_in_kind": ("E-15", N_("Gift in kind")),
    "honorarium_paid": ("E-16", N_("Honorarium paid")),
    "year_closed": ("E-17", N_("Year closed")),
    "opening_balance": ("", N_("Opening balance")),
    "provider_balance_reclassified": ("", N_("Negative provider balance shown as a debt")),
    "provider_balance_restored": ("", N_("Negative provider balance, after the year")),
    "opening_balances": ("", N_("Opening balances moved in")),
    "reversal": ("", N_("Reversal")),
}


def name_of(kind: str) -> str:
    """The name of a kind, for the catalogue."""
    return KINDS[kind][1] if kind in KINDS else kind
