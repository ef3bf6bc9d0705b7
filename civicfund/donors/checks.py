"""What must hold between gifts and the book, looked up anew: each check can find its fault."""

from collections.abc import Callable, Iterator

from sqlalchemy import func, select, text

from civicfund.campaigns.models import Campaign
from civicfund.core.db import db
from civicfund.core.errors import N_
from civicfund.donors.models import Donation, DonationState
from civicfund.ledger import queries as book
from civicfund.ledger.checks import Check, Finding

# Which entry makes a gift of a payment.
GIFT_KINDS = "('donation_received', 'held_gift_designated', 'held_gift_left_to_fund')"


def _sql(statement: str) -> Callable[[], Iterator[str]]:
    def faults() -> Iterator[str]:
        for row in db.session.execute(text(statement)):
            yield " ".join(str(value) for value in row)

    return faults


def _sums_differ() -> Iterator[str]:
    """Campaigns whose gifts are another sum here than in the book."""
    rows = db.session.execute(
        select(Campaign.fund_id, Campaign.reference)
        .where(Campaign.fund_id.is_not(None))
        .order_by(Campaign.fund_id)
    )
    codes = {row.fund_id: row.reference for row in rows}
    given, held = _given_here(), _held_here()
    in_book, held_in_book = book.gross_gifts_of(codes), book.held_gifts_of(codes)
    for fund_id, reference in codes.items():
        here = (given.get(fund_id, 0), held.get(fund_id, 0))
        there = (in_book[fund_id], held_in_book[fund_id])
        if here != there:
            yield f"{reference} {here} {there}"


def _given_here() -> dict[int, int]:
    rows = db.session.execute(
        text(
            """
            SELECT c.fund_id, sum(d.amount_yen - coalesce(back.yen, 0))
            FROM donations d JOIN campaigns c ON c.id = d.campaign_id
            LEFT JOIN (SELECT r.donation_id, sum(r.amount_yen) AS yen FROM refund_requests r
              JOIN journal_entries e ON e.id = r.entry_id AND e.kind = 'donation_refunded'
              GROUP BY r.donation_id) AS back ON back.donation_id = d.id
            WHERE d.gift_entry_id IS NOT NULL AND NOT d.left_to_fund GROUP BY c.fund_id
            """
        )
    )
    return {fund_id: int(total) for fund_id, total in rows}


def _held_here() -> dict[int, int]:
    rows = db.session.execute(
        select(Campaign.fund_id, func.sum(Donation.amount_yen))
        .join(Donation, Donation.campaign_id == Campaign.id)
        .where(Donation.state == DonationState.HELD)
        .group_by(Campaign.fund_id)
    )
    return {fund_id: int(total) for fund_id, total in rows}


CHECKS = (
    Check(
        "gift_entries",
        N_("Each paid gift is booked once, with its amount"),
        _sql(
            f"""
            SELECT d.reference FROM donations d LEFT JOIN (
              SELECT e.source_id, count(DISTINCT e.id) AS entries, max(e.id) AS entry,
                sum(t.amount_minor) FILTER (WHERE a.kind = 'revenue') AS yen
              FROM journal_entries e JOIN transfers t ON t.entry_id = e.id
              JOIN ledger_accounts a ON a.id = t.credit_account_id
              WHERE e.source_kind = 'donations' AND e.kind IN {GIFT_KINDS} GROUP BY e.source_id
            ) AS booked ON booked.source_id = d.id
            WHERE (d.gift_entry_id IS NOT NULL OR booked.entries IS NOT NULL)
              AND (booked.entries IS DISTINCT FROM 1 OR booked.entry <> d.gift_entry_id
                OR booked.yen <> d.amount_yen OR d.gift_entry_id IS NULL)
            ORDER BY d.id
            """  # noqa: S608
        ),
    ),
    Check(
        "gift_states",
        N_("Each gift that is paid, kept safe or returned has its entry; no other gift has one"),
        _sql(
            """
            SELECT d.reference, d.state FROM donations d WHERE
              (d.state IN ('paid', 'partially_refunded') AND d.gift_entry_id IS NULL)
              OR (d.state = 'held' AND (d.held_entry_id IS NULL OR d.gift_entry_id IS NOT NULL
                OR d.returned_entry_id IS NOT NULL))
              OR (d.state IN ('partially_refunded', 'refunded') AND d.returned_entry_id IS NULL)
              OR (d.state IN ('started', 'pledged', 'pending', 'expired', 'cancelled')
                AND EXISTS (SELECT FROM journal_entries e
                  WHERE e.source_kind = 'donations' AND e.source_id = d.id))
            ORDER BY d.id
            """
        ),
    ),
    Check(
        "held_gifts",
        N_("Each gift kept safe stands in the book with its amount, until it is resolved"),
        _sql(
            """
            SELECT d.reference FROM donations d
            LEFT JOIN journal_entries e ON e.id = d.held_entry_id
              AND e.kind = 'conditional_gift_held'
              AND (e.source_kind, e.source_id) = ('donations', d.id)
            LEFT JOIN (SELECT t.entry_id, sum(t.amount_minor) AS yen FROM transfers t
              JOIN ledger_accounts a ON a.id = t.credit_account_id AND a.chart_code = '2133'
              GROUP BY t.entry_id) AS held ON held.entry_id = e.id
            WHERE d.held_entry_id IS NOT NULL AND held.yen IS DISTINCT FROM d.amount_yen
            ORDER BY d.id
            """
        ),
    ),
    Check(
        "operating_share",
        N_("The operating share booked is the one that was promised when the gift was made"),
        _sql(
            """
            SELECT d.reference FROM donations d LEFT JOIN (
              SELECT t.entry_id, sum(t.amount_minor) AS yen FROM transfers t
              JOIN ledger_accounts a ON a.id = t.credit_account_id AND a.chart_code = '4191'
              GROUP BY t.entry_id) AS share ON share.entry_id = d.gift_entry_id
            WHERE d.operating_yen <>
                d.amount_yen * (d.terms ->> 'operating_share_percent')::bigint / 100
              OR (d.gift_entry_id IS NOT NULL AND NOT d.left_to_fund
                AND coalesce(share.yen, 0) <> d.operating_yen)
            ORDER BY d.id
            """
        ),
    ),
    Check(
        "campaign_sums",
        N_("The gifts of each campaign add up to what the book says was given and is kept"),
        _sums_differ,
    ),
    Check(
        "refunds",
        N_("Each return is booked with its amount, and a gift's returns add up to what it says"),
        _sql(
            """
            SELECT d.reference, 'return ' || r.id FROM refund_requests r
            JOIN donations d ON d.id = r.donation_id
            LEFT JOIN (SELECT t.entry_id, sum(t.amount_minor) AS yen FROM transfers t
              JOIN ledger_accounts a ON a.id = t.credit_account_id AND a.chart_code = '2134'
              GROUP BY t.entry_id) AS owed ON owed.entry_id = r.entry_id
            WHERE (r.state IN ('granted', 'paid', 'failed')
                AND owed.yen IS DISTINCT FROM r.amount_yen)
              OR (r.state = 'paid') <> (r.paid_entry_id IS NOT NULL)
            UNION
            SELECT d.reference, 'sum ' || d.refunded_yen FROM donations d LEFT JOIN (
              SELECT r.donation_id, sum(r.amount_yen) AS yen FROM refund_requests r
              JOIN donations g ON g.id = r.donation_id
              WHERE r.state IN ('granted', 'paid', 'failed')
                AND NOT (r.origin = 'late' AND r.entry_id IS DISTINCT FROM g.returned_entry_id)
              GROUP BY r.donation_id) AS back ON back.donation_id = d.id
            WHERE d.refunded_yen <> coalesce(back.yen, 0)
              OR (d.state = 'refunded' AND d.refunded_yen <> d.amount_yen)
              OR (d.state = 'partially_refunded'
                AND d.refunded_yen NOT BETWEEN 1 AND d.amount_yen - 1)
              OR (d.state IN ('held', 'paid') AND d.refunded_yen <> 0)
            ORDER BY 1, 2
            """
        ),
    ),
    Check(
        "owed_to_donors",
        N_("What the book owes to donors is what stands on the list of returns"),
        _sql(
            """
            SELECT booked.yen, listed.yen FROM
              (SELECT coalesce(-sum(ledger_debit_balance(id)), 0) AS yen FROM ledger_accounts
               WHERE chart_code = '2134') AS booked,
              (SELECT coalesce(sum(amount_yen), 0) AS yen FROM refund_requests
               WHERE state IN ('granted', 'failed')) AS listed
            WHERE booked.yen <> listed.yen
            """
        ),
    ),
)


def run() -> list[Finding]:
    """Every check of gifts, in order."""
    return [check.run() for check in CHECKS]
