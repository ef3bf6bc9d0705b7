"""Background and scheduled work; each job is safe to run twice."""

from datetime import timedelta

from civicfund.campaigns import services as campaigns
from civicfund.campaigns.models import Campaign
from civicfund.campaigns.queries import campaign_by_id
from civicfund.core import clock, queue
from civicfund.core.db import transaction
from civicfund.donors import services as donors
from civicfund.endorsements import services as endorsements
from civicfund.grants import services as grants
from civicfund.grants import settlement
from civicfund.ledger import periods, witnesses
from civicfund.ledger import services as ledger
from civicfund.ledger.queries import checkpoint_of
from civicfund.notifications import delivery, rendering
from civicfund.notifications import services as outbox
from civicfund.payments import services as payments
from civicfund.payments.gateways.sandbox import delivery as sandbox
from civicfund.payments.gateways.sandbox import payouts


def registered() -> list[str]:
    """The name of every job."""
    return queue.names()


# -- notifications ------------------------------------------------------------------------------


@queue.task("notifications.send")
def send_message(message_id: int) -> None:
    """Send one message; a mail server that is away is asked again, later and later."""
    with transaction():
        done = outbox.send(message_id, render=rendering.render, deliver=delivery.way_out())
        if not done:
            later = clock.now() + timedelta(minutes=5)
            queue.defer("notifications.send", at=later, message_id=message_id)


# -- payments -----------------------------------------------------------------------------------


@queue.task("payments.handle_event")
def handle_gateway_event(event_id: int) -> None:
    """Act on an event that was kept."""
    with transaction():
        payments.handle_event(event_id)


@queue.task("payments.send_refund")
def send_refund(refund_id: int) -> None:
    """Ask the gateway to send a requested refund."""
    with transaction():
        payments.send_refund(refund_id)


@queue.task("sandbox.deliver")
def deliver_sandbox_news(event_id: int) -> None:
    """Bring one piece of news to the inbox; no transaction is open while it travels."""
    with transaction():
        parcel = sandbox.waiting_parcel(event_id)
    if parcel is not None:
        answer = sandbox.carry(parcel)
        with transaction():
            sandbox.note_answer(event_id, answer)


@queue.every("*/10 * * * *", "payments.expire_overdue")
def expire_overdue() -> None:
    """Close what no news came of long after its term; each on its own."""
    with transaction():
        overdue = list(payments.overdue_payments())
    for payment_id in overdue:
        with transaction():
            payments.expire_payment(payment_id)


@queue.every("* * * * *", "sandbox.expire_due")
def expire_sandbox_pages() -> None:
    """Close the sandbox's pages and vouchers whose term is over, and tell the fund."""
    with transaction():
        payouts.expire_due()


@queue.every("30 0 * * *", "sandbox.pay_out")
def pay_out_sandbox() -> None:
    """Send the sandbox's balance to the fund's invented bank, once a day."""
    with transaction():
        payouts.pay_out()


# -- donors -------------------------------------------------------------------------------------


@queue.task("donors.charge")
def charge_pledge(payment_id: int) -> None:
    """Ask the gateway to charge a saved card."""
    with transaction():
        donors.charge(payment_id)


@queue.task("donors.release_card")
def release_card(payment_id: int) -> None:
    """Let the gateway forget a card that will never be charged."""
    with transaction():
        donors.release_card(payment_id)


@queue.task("donors.close_unpaid")
def close_unpaid(donation_id: int) -> None:
    """Close the open page of a gift whose campaign was called off."""
    with transaction():
        donors.close_unpaid(donation_id)


@queue.task("donors.return_paid")
def return_paid(donation_id: int) -> None:
    """Return a gift whose campaign was called off."""
    with transaction():
        donors.return_paid(donation_id)


def _campaign(campaign_id: int) -> Campaign:
    campaign = campaign_by_id(campaign_id)
    assert campaign is not None, "a campaign is never deleted"
    return campaign


# -- grants -------------------------------------------------------------------------------------


@queue.every("*/10 * * * *", "grants.settle_due")
def settle_due() -> None:
    """A job for each campaign whose deadline has passed."""
    with transaction():
        settlement.settle_due()


@queue.task("grants.settle_campaign")
def settle_campaign(campaign_id: int) -> None:
    """Judge one campaign; what it holds and promises follows in the same transaction."""
    with transaction():
        campaign = campaign_by_id(campaign_id)
        assert campaign is not None, campaign_id
        settlement.settle_campaign(campaign)


@queue.every("5-55/10 * * * *", "grants.finish_due")
def finish_due() -> None:
    """A job for each campaign whose money is being collected."""
    with transaction():
        settlement.finish_due()


@queue.task("grants.finish_collection")
def finish_collection(campaign_id: int) -> None:
    """Award what one campaign has collected, when nothing is open any more."""
    with transaction():
        campaign = campaign_by_id(campaign_id)
        assert campaign is not None, campaign_id
        settlement.finish_collection(campaign)


# 9 in the morning in Japan.
@queue.every("0 0 * * *", "grants.remind_of_reports")
def remind_of_reports() -> None:
    """A word to organisations whose reports are due."""
    with transaction():
        grants.remind_of_reports()


@queue.every("15 * * * *", "donors.retry_declined")
def retry_declined() -> None:
    """Try the declined cards again whose day has come; let go of those whose days are over."""
    with transaction():
        donors.retry_declined()
    with transaction():
        donors.lapse_unpaid()


@queue.every("45 * * * *", "donors.close_forgotten")
def close_forgotten() -> None:
    """Close the gifts that were begun and never paid."""
    with transaction():
        donors.close_forgotten()


# -- campaigns and the city's word --------------------------------------------------------------


@queue.every("* * * * *", "campaigns.launch_due")
def launch_due() -> None:
    """Open the approved campaigns whose day has come."""
    with transaction():
        campaigns.launch_due()


@queue.every("*/5 * * * *", "endorsements.expire_due")
def expire_endorsements() -> None:
    """Note the endorsements that have ended; pages go by the clock and do not wait for this."""
    with transaction():
        endorsements.expire_due()


@queue.every("0 0 * * *", "endorsements.send_reminders")
def remind_of_endorsements() -> None:
    """Tell of reports and conditions that are due, at nine in the morning."""
    with transaction():
        endorsements.send_reminders()


# -- ledger -------------------------------------------------------------------------------------


@queue.every("* * * * *", "ledger.fold_balances")
def fold_balances() -> None:
    """Sum what has settled into the snapshots, so that balances stay quick."""
    with transaction():
        ledger.fold_balances()


@queue.every("* * * * *", "ledger.seal")
def seal_entries() -> None:
    """Seal what has settled, piece by piece, each with a checkpoint of its own."""
    is_full = True
    while is_full:
        with transaction():
            is_full = ledger.seal_entries().is_full


# Five minutes after midnight in Japan.
@queue.every("5 15 * * *", "ledger.open_months")
def open_months() -> None:
    """A period for each month that has begun, so that it can be closed when it is over."""
    with transaction():
        periods.open_months()


# Half past seven in the morning in Japan.
@queue.every("30 22 * * *", "ledger.send_checkpoint")
def send_checkpoint() -> None:
    """Give the newest checkpoint to everybody on the list."""
    with transaction():
        witnesses.send_newest()


@queue.task("ledger.post_checkpoint")
def post_checkpoint(url: str, tree_size: int) -> None:
    """Bring a checkpoint to one address; no transaction is open while it travels."""
    with transaction():
        signed = checkpoint_of(tree_size)
        assert signed is not None, "checkpoints are never deleted"
        note = signed.signed_note
    witnesses.post(url, note)


# -- the queue itself ---------------------------------------------------------------------------


@queue.every("* * * * *", "queue.rescue_stalled")
def rescue_stalled() -> None:
    """Give back the jobs of workers that died with them."""
    with transaction():
        queue.rescue_stalled()


@queue.every("27 * * * *", "queue.revive_failed")
def revive_failed() -> None:
    """One more try for what was given up: money must not wait for a person to remember it."""
    with transaction():
        queue.revive_failed()


@queue.every("17 3 * * *", "queue.sweep")
def sweep() -> None:
    """Forget finished jobs after a week; the deeds themselves are in the tables."""
    with transaction():
        queue.sweep(days=7)
