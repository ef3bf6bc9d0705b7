"""What must hold in payments, looked up anew from the rows: each check can find its fault."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from sqlalchemy import text

from civicfund.core import clock
from civicfund.core.db import db
from civicfund.core.errors import N_
from civicfund.ledger import queries as book
from civicfund.ledger.checks import Check, Finding
from civicfund.payments import queries
from civicfund.payments.errors import UnreadableEvent
from civicfund.payments.gateways import gateway_named, open_gateways
from civicfund.payments.gateways.base import Gateway, Topic

# A worker that runs needs seconds.
PATIENCE = timedelta(hours=1)
PROVIDER = "1131"


def _sql(statement: str) -> Callable[[], Iterator[str]]:
    def faults() -> Iterator[str]:
        values = {"long_ago": clock.now() - PATIENCE} if ":long_ago" in statement else {}
        for row in db.session.execute(text(statement), values):
            yield " ".join(str(value) for value in row)

    return faults


def _provider_balance() -> Iterator[str]:
    """The book, and each gateway's own account less what it told us a moment ago."""
    owed = sum(_owed_and_handled(gateway_named(name)) for name in open_gateways())
    booked = book.balance_of(PROVIDER).minor
    if owed != booked:
        yield f"book {booked} gateways {owed}"


def _owed_and_handled(gateway: Gateway) -> int:
    on_the_way = dict(gateway.untold())
    kept = queries.event_ids_known(gateway.name, list(on_the_way))
    untold = sum(grew for event_id, grew in on_the_way.items() if event_id not in kept)
    unhandled = sum(
        _effect(gateway, event.payload) for event in queries.events_waiting(gateway.name)
    )
    return gateway.balance().minor - untold - unhandled


def _effect(gateway: Gateway, payload: dict[str, object]) -> int:
    """By how much news that wait in the inbox will change what the gateway owes."""
    try:
        news = gateway.read(payload)
    except UnreadableEvent:
        return 0
    return {
        Topic.SUCCEEDED: (news.amount_minor or 0) - (news.fee_minor or 0),
        Topic.REFUND_SUCCEEDED: -(news.amount_minor or 0),
        Topic.PAYOUT_PAID: -(news.amount_minor or 0),
    }.get(news.topic, 0)


CHECKS = (
    Check(
        "payments_proven",
        N_("Each paid payment has an amount, a fee, a day and one number at its gateway"),
        _sql(
            """
            SELECT id FROM payments WHERE state = 'succeeded' AND (amount_yen <= 0
              OR fee_yen IS NULL OR succeeded_at IS NULL OR gateway_ref IS NULL)
            UNION SELECT id FROM payments WHERE (gateway, gateway_ref) IN (
              SELECT gateway, gateway_ref FROM payments WHERE gateway_ref IS NOT NULL
              GROUP BY gateway, gateway_ref HAVING count(*) > 1) ORDER BY id
            """
        ),
    ),
    Check(
        "payments_told",
        N_("Each payment is in its state because its gateway said so"),
        _sql(
            """
            SELECT id FROM payments p WHERE state IN ('succeeded', 'card_saved', 'pending')
            AND NOT EXISTS (SELECT FROM gateway_events e
              WHERE e.payment_id = p.id AND e.state = 'handled') ORDER BY id
            """
        ),
    ),
    Check(
        "inbox_handled",
        N_("No message of a gateway has waited for more than an hour"),
        _sql(
            """
            SELECT id FROM gateway_events WHERE state = 'received' AND received_at < :long_ago
            ORDER BY id
            """
        ),
    ),
    Check(
        "refunds_within_payment",
        N_("No payment was sent back beyond its amount"),
        _sql(
            """
            SELECT p.id, sum(r.amount_yen) FROM payments p JOIN refunds r ON r.payment_id = p.id
            WHERE r.state <> 'failed'
            GROUP BY p.id HAVING sum(r.amount_yen) > p.amount_yen ORDER BY p.id
            """
        ),
    ),
    Check(
        "payouts_booked",
        N_("Each payout stands in the book with its amount"),
        _sql(
            """
            SELECT p.id FROM payouts p LEFT JOIN journal_entries e ON e.id = p.entry_id
              AND e.kind = 'payout_received' AND e.amount_minor = p.amount_yen
            WHERE e.id IS NULL ORDER BY p.id
            """
        ),
    ),
    Check(
        "bank_lines_matched_once",
        N_("Each bank line answers for one thing, and each thing has one bank line"),
        _sql(
            """
            SELECT id FROM bank_lines WHERE amount_yen = 0
              OR (matched_kind IS NULL) <> (matched_id IS NULL)
            UNION SELECT id FROM bank_lines WHERE reference IN (
              SELECT reference FROM bank_lines GROUP BY reference HAVING count(*) > 1)
            UNION SELECT id FROM bank_lines WHERE (matched_kind, matched_id) IN (
              SELECT matched_kind, matched_id FROM bank_lines WHERE matched_id IS NOT NULL
              GROUP BY matched_kind, matched_id HAVING count(*) > 1) ORDER BY id
            """
        ),
    ),
    Check(
        "provider_balance",
        N_("What gateways owe us by the book is what they owe by their own account"),
        _provider_balance,
    ),
    Check(
        "payments_protection",
        N_("The triggers that protect payments, refunds and bank lines are switched on"),
        _sql(
            """
            SELECT wanted.table_name, wanted.trigger_name FROM (VALUES
              ('refunds', 'refunds_within_payment'), ('payments', 'payments_stay_paid'),
              ('bank_lines', 'bank_lines_stay_matched')) AS wanted (table_name, trigger_name)
            WHERE NOT EXISTS (SELECT FROM pg_trigger t
              WHERE t.tgrelid = wanted.table_name::regclass AND t.tgname = wanted.trigger_name
                AND t.tgenabled IN ('O', 'A')) ORDER BY 1, 2
            """
        ),
    ),
)


def run() -> list[Finding]:
    """Every check of payments, in order."""
    return [check.run() for check in CHECKS]
