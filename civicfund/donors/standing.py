"""How a gift stands right now, for the box at the top of its pages: honest, and with a way on."""

from dataclasses import dataclass
from datetime import timedelta

from civicfund.campaigns import queries as campaigns
from civicfund.campaigns.models import Campaign
from civicfund.core import clock
from civicfund.core.errors import DomainError
from civicfund.donors import queries, services
from civicfund.donors.models import Donation, DonationState, RefundChannel, RefundState
from civicfund.payments.models import Payment, PaymentState

# So long a page asks again by itself; then it says that a mail will come.
PATIENCE = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Standing:
    """A gift with its campaign, its latest attempt to pay, and its latest charge."""

    donation: Donation
    campaign: Campaign
    payment: Payment | None
    charge: Payment | None
    # Came back by the payment page's own way back: nothing was paid there.
    was_left: bool = False

    @property
    def is_confirming(self) -> bool:
        """The donor is back, the gateway's news are not here yet."""
        return (
            self.donation.state is DonationState.STARTED
            and not self.was_left
            and self.payment is not None
            and self.payment.state is PaymentState.STARTED
        )

    @property
    def asks_again(self) -> bool:
        """Should the page look again by itself?"""
        is_fresh = self.payment is not None and clock.now() - self.payment.started_at < PATIENCE
        return self.is_confirming and is_fresh

    @property
    def is_declined(self) -> bool:
        """The card was declined, at the payment page or when it was charged later."""
        latest = self.charge if self.donation.state is DonationState.PLEDGED else self.payment
        is_open = self.donation.state in {DonationState.STARTED, DonationState.PLEDGED}
        return is_open and latest is not None and latest.state is PaymentState.FAILED

    @property
    def can_retry(self) -> bool:
        """Is there a page to pay at, or may a new one be opened?"""
        if self.donation.state not in {DonationState.STARTED, DonationState.EXPIRED}:
            return False
        page_is_open = self.payment is not None and services.is_usable(self.payment)
        return page_is_open or self.campaign.is_open_for_gifts

    @property
    def can_change_card(self) -> bool:
        """A saved card that has not been charged can be replaced."""
        is_charging = self.charge is not None and self.charge.state is PaymentState.STARTED
        return self.donation.state is DonationState.PLEDGED and not is_charging

    @property
    def can_cancel(self) -> bool:
        """Can the donor take it back at once?"""
        moves = Donation.MOVES.get(self.donation.state, frozenset())
        return DonationState.CANCELLED in moves


def standing_of(donation: Donation, *, was_left: bool = False) -> Standing:
    """Look everything up that the box shows."""
    campaign = campaigns.campaign_by_id(donation.campaign_id)
    assert campaign is not None, "a foreign key holds it"
    return Standing(
        donation,
        campaign,
        queries.checkout_of(donation),
        queries.charge_of(donation),
        was_left,
    )


def refusal_of_refund(donation: Donation) -> DomainError | None:
    """Why the donor cannot ask for the money back now; None when asking is possible."""
    try:
        services.must_be_askable(donation, queries.campaign_of_gift(donation.id))
    except DomainError as refusal:
        return refusal
    return None


def needs_account(donation: Donation) -> bool:
    """Money waits to be transferred and we do not know where to."""
    return donation.refund_account is None and any(
        request.channel is RefundChannel.BANK and request.state is RefundState.GRANTED
        for request in queries.refunds_of(donation)
    )
