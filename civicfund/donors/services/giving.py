"""From a wish to give to the gateway's page; each form once, each try under its own key."""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict, Unpack

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm.attributes import set_committed_value

from civicfund.campaigns.models import Campaign, CampaignState, FundingModel
from civicfund.core import clock
from civicfund.core.db import db
from civicfund.core.money import Money
from civicfund.core.references import new_reference
from civicfund.core.settings import setting
from civicfund.core.states import advance
from civicfund.donors import emails, queries
from civicfund.donors.errors import (
    AddressNeeded,
    AmountTooLarge,
    AmountTooSmall,
    CampaignClosed,
    CampaignNotYetOpen,
    CampaignSuspended,
    CannotCancel,
    ChoiceOnFailureNeeded,
    FormUsedForAnotherGift,
    NameNeeded,
    NothingToRetry,
    PaymentStillOpen,
    PenNameNeeded,
    RefundAccountNeeded,
    TermsNotAccepted,
)
from civicfund.donors.models import Donation, DonationState, Donor, Method, OnFailure, Publicity
from civicfund.donors.services.locks import gift_for_change, locked_payment
from civicfund.donors.split import split_of
from civicfund.donors.words import plain
from civicfund.payments import services as payments
from civicfund.payments.models import Payment, PaymentMethod, PaymentPurpose, PaymentState

# Whoever changes what the form says about a gift raises this: it is kept with each gift (R60).
TERMS_VERSION = 1
NOT_YET = frozenset(
    {
        CampaignState.DRAFT,
        CampaignState.SUBMITTED,
        CampaignState.CHANGES_REQUESTED,
        CampaignState.APPROVED,
    }
)
WAYS = {Method.CARD: PaymentMethod.CARD, Method.KONBINI: PaymentMethod.KONBINI}
SAME_GIFT = ("campaign_id", "donor_id", "amount_yen", "method", "publicity", "on_failure",
             "donor_name", "pen_name", "message", "wants_receipt", "address")  # fmt: skip


class Wishes(TypedDict):
    """What the donor decides, beside the amount."""

    email: str
    publicity: Publicity
    accepted_terms: bool
    on_failure: NotRequired[OnFailure]
    donor_name: NotRequired[str]
    pen_name: NotRequired[str]
    message: NotRequired[str]
    wants_receipt: NotRequired[bool]
    postal_code: NotRequired[str]
    address: NotRequired[str]
    refund_account: NotRequired[dict[str, str] | None]
    locale: NotRequired[str]
    endorsements_shown: NotRequired[Sequence[str]]


def start_donation(
    *, campaign: Campaign, form_key: str, amount: Money, method: Method, **wishes: Unpack[Wishes]
) -> Donation:
    """Write down a gift and its first payment, before anybody outside is asked.

    The same form again answers the same gift; with other content it raises
    `FormUsedForAnotherGift`. Refusals name the field that they are about.
    """
    try:
        must_take_gifts(campaign)
    except (CampaignNotYetOpen, CampaignSuspended, CampaignClosed):
        known = queries.donation_by_form_key(form_key)
        if known is not None and known.campaign_id == campaign.id:
            return known
        raise
    check_gift(campaign, amount=amount, method=method, **wishes)
    donor = _donor(wishes["email"], locale=wishes.get("locale", "ja"))
    content = _content(campaign, amount, method, wishes) | {"donor_id": donor.id}
    donation: Donation | None = db.session.scalar(
        insert(Donation)
        .values(reference=new_reference("D"), form_key=form_key, **content)
        .on_conflict_do_nothing(index_elements=["form_key"])
        .returning(Donation)
    )
    if donation is None:
        return _same_gift(form_key, content)
    set_committed_value(donation, "donor", donor)
    donation.payment_id = _start_payment(donation).id
    db.session.flush()
    return donation


def check_gift(
    campaign: Campaign, *, amount: Money, method: Method, **wishes: Unpack[Wishes]
) -> None:
    """Refuse what cannot become a gift, with the field that it is about."""
    check_amount(amount, method)
    publicity, name = wishes["publicity"], plain(wishes.get("donor_name", ""))
    wants_receipt = wishes.get("wants_receipt", False)
    if (publicity is Publicity.NAME or wants_receipt) and not name:
        raise NameNeeded
    if publicity is Publicity.PEN_NAME and not plain(wishes.get("pen_name", "")):
        raise PenNameNeeded
    has_address = plain(wishes.get("postal_code", "")) and plain(wishes.get("address", ""))
    if wants_receipt and not has_address:
        raise AddressNeeded
    on_failure = wishes.get("on_failure")
    # A card is simply not charged; cash is with the fund already when the target is missed.
    if may_come_back(campaign, method) and on_failure is None:
        raise ChoiceOnFailureNeeded
    has_account = bool(wishes.get("refund_account"))
    if needs_account(campaign, method=method, on_failure=on_failure) and not has_account:
        raise RefundAccountNeeded
    if not wishes["accepted_terms"]:
        raise TermsNotAccepted


def check_amount(amount: Money, method: Method) -> None:
    """Neither too little nor too much for one gift on this page."""
    least, most = setting("GIFT_LEAST_YEN"), setting("GIFT_MOST_YEN")
    if method is Method.KONBINI:
        most = min(most, setting("KONBINI_MOST_YEN"))
    if amount.minor < least:
        raise AmountTooSmall(yen=f"{least:,}")
    if amount.minor > most:
        raise AmountTooLarge(yen=f"{most:,}")


def may_come_back(campaign: Campaign, method: Method) -> bool:
    """Cash for a project that may miss its target."""
    return campaign.funding_model is FundingModel.ALL_OR_NOTHING and method is Method.KONBINI


def needs_account(campaign: Campaign, *, method: Method, on_failure: OnFailure | None) -> bool:
    """Money that may have to go back and cannot go the way it came (R14)."""
    return may_come_back(campaign, method) and on_failure is not OnFailure.LEAVE_TO_FUND


def must_take_gifts(campaign: Campaign) -> None:
    """Refuse clearly when the campaign takes no gifts at this second."""
    if campaign.is_open_for_gifts:
        return
    if campaign.state is CampaignState.SUSPENDED:
        raise CampaignSuspended
    raise CampaignNotYetOpen if campaign.state in NOT_YET else CampaignClosed


def open_checkout(donation: Donation, *, description: str, return_url: str, cancel_url: str) -> str:
    """The address of the gateway's page for the gift's present payment. The outside call."""
    payment = queries.checkout_of(donation)
    if payment is None:
        raise NothingToRetry
    return payments.open_checkout(
        payment,
        description=description,
        return_url=return_url,
        cancel_url=cancel_url,
        locale=donation.locale,
        email=donation.donor.email,
    )


def try_again(donation: Donation, campaign: Campaign) -> None:
    """Let the donor pay what was declined, left or run out, without typing again.

    A page that is still open is used further, even after the deadline: it was begun in time.
    """
    payment = locked_payment(donation.payment_id)
    gift_for_change(donation)
    if donation.state is DonationState.PLEDGED:
        return _new_card(donation)
    if donation.state not in {DonationState.STARTED, DonationState.EXPIRED}:
        raise NothingToRetry
    if payment is not None and is_usable(payment):
        return None
    must_take_gifts(campaign)
    if donation.state is DonationState.EXPIRED:
        advance(donation, to=DonationState.STARTED)
        donation.closed_at = None
    donation.payment_id = _next_payment(donation).id
    db.session.flush()
    return None


def cancel_donation(donation: Donation) -> None:
    """Take back what has not been paid: at once, without asking anybody."""
    payment = locked_payment(donation.payment_id)
    charge = locked_payment(donation.charge_payment_id)
    campaign = gift_for_change(donation)
    if donation.state is DonationState.CANCELLED:
        return
    if DonationState.CANCELLED not in Donation.MOVES.get(donation.state, frozenset()):
        raise CannotCancel(state=donation.state.label)
    if charge is not None and charge.state is PaymentState.STARTED:
        raise PaymentStillOpen
    if payment is not None:
        payments.cancel_payment(payment)
    advance(donation, to=DonationState.CANCELLED)
    donation.closed_at, donation.charge_due_at = clock.now(), None
    db.session.flush()
    emails.tell_of_cancellation(donation, campaign.title)


def _new_card(donation: Donation) -> None:
    """Another card instead of one that was declined, or before the deadline."""
    charge = locked_payment(donation.charge_payment_id)
    if charge is not None and charge.state is PaymentState.STARTED:
        raise PaymentStillOpen
    known = queries.checkout_of(donation)
    if known is None or not is_usable(known):
        _next_payment(donation)
    db.session.flush()


def _next_payment(donation: Donation) -> Payment:
    donation.payment_tries += 1
    return _start_payment(donation)


def _start_payment(donation: Donation) -> Payment:
    """An attempt under a key of its own: the first has number 1."""
    saves = donation.is_conditional and donation.method is Method.CARD
    return payments.start_payment(
        source=donation,
        purpose=PaymentPurpose.SAVE_CARD if saves else PaymentPurpose.PAY,
        method=WAYS[donation.method],
        amount=donation.amount,
        key=f"donation/{donation.reference}/pay/{donation.payment_tries}",
    )


def is_usable(payment: Payment) -> bool:
    """Can its page still be paid at?"""
    return payment.state in {PaymentState.STARTED, PaymentState.FAILED} and (
        payment.expires_at is None or payment.expires_at > clock.now()
    )


def _donor(email: str, *, locale: str) -> Donor:
    statement = insert(Donor).values(
        email=email.strip().lower(), locale=locale, created_at=clock.now()
    )
    statement = statement.on_conflict_do_update(
        index_elements=["email"], set_={"locale": statement.excluded.locale}
    )
    return db.session.scalars(
        statement.returning(Donor), execution_options={"populate_existing": True}
    ).one()


def _content(campaign: Campaign, amount: Money, method: Method, wishes: Wishes) -> dict[str, Any]:
    share = campaign.operating_share_percent
    split = split_of(amount, share_percent=share, method=method)
    now = clock.now()
    return {
        "campaign_id": campaign.id,
        "state": DonationState.STARTED,
        "method": method,
        "locale": wishes.get("locale", "ja"),
        "amount_yen": amount.minor,
        "operating_yen": split.operating.minor,
        "project_yen": (amount - split.operating).minor,
        "publicity": wishes["publicity"],
        "donor_name": plain(wishes.get("donor_name", "")),
        "pen_name": plain(wishes.get("pen_name", "")),
        "message": plain(wishes.get("message", "")),
        "wants_receipt": wishes.get("wants_receipt", False),
        "postal_code": plain(wishes.get("postal_code", "")),
        "address": plain(wishes.get("address", "")),
        "on_failure": wishes.get("on_failure", OnFailure.REFUND),
        "refund_account": wishes.get("refund_account"),
        "terms": campaign.rules
        | {
            "form_version": TERMS_VERSION,
            "title": campaign.title,
            "fee_estimate_yen": split.fee.minor,
        },
        "endorsements_shown": list(wishes.get("endorsements_shown", ())),
        "accepted_terms_at": now,
        "started_at": now,
        "payment_tries": 1,
        "charge_tries": 0,
        "refunded_yen": 0,
        "left_to_fund": False,
    }


def _same_gift(form_key: str, content: dict[str, Any]) -> Donation:
    known = queries.donation_by_form_key(form_key)
    assert known is not None, "its form key was taken a moment ago"
    if any(getattr(known, name) != content[name] for name in SAME_GIFT):
        raise FormUsedForAnotherGift
    return known
