"""What the checklist looks up beside the packages' own checks."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import BigInteger, Date, bindparam, func, select, text

from civicfund.books.statements.plan_queries import old_lots as every_old_lot
from civicfund.books.statements.plan_queries import plan_of, plans_for
from civicfund.core.db import db
from civicfund.ledger.models import Fund, JournalEntry, LeafKind, Seal
from civicfund.payments.models import EventState, GatewayEvent

SHOWN = 200


@dataclass(frozen=True, slots=True)
class OpenItem:
    """What one thing (a gift, a refund) still leaves open on an account of the chart."""

    chart_code: str
    source_kind: str | None
    source_id: int | None
    entry_id: int
    reference: str | None
    name: str | None
    opened_on: date
    yen: int


_OPEN_ITEMS = text(
    """
    WITH moved AS (
      SELECT a.chart_code, t.entry_id, -t.amount_minor AS yen
        FROM ledger_accounts a JOIN transfers t ON t.debit_account_id = a.id
        WHERE a.chart_code = ANY (:codes)
      UNION ALL SELECT a.chart_code, t.entry_id, t.amount_minor
        FROM ledger_accounts a JOIN transfers t ON t.credit_account_id = a.id
        WHERE a.chart_code = ANY (:codes)),
    open AS (
      SELECT m.chart_code, e.source_kind, e.source_id, min(e.id) AS entry_id,
        max(e.party_id) AS party_id, min(e.effective_on) AS opened_on, sum(m.yen)::bigint AS yen
      FROM moved m JOIN journal_entries e ON e.id = m.entry_id
      WHERE e.effective_on <= :day
      GROUP BY m.chart_code, e.source_kind, e.source_id,
        CASE WHEN e.source_id IS NULL THEN e.id END
      HAVING sum(m.yen) <> 0)
    SELECT o.chart_code, o.source_kind, o.source_id, o.entry_id, d.reference, p.full_name,
      o.opened_on, o.yen
    FROM open o LEFT JOIN ledger_parties p ON p.id = o.party_id
    LEFT JOIN donations d ON o.source_kind = 'donations' AND d.id = o.source_id
    ORDER BY o.chart_code, o.opened_on, o.entry_id
    """
)


def open_items(codes: Sequence[str], day: date) -> list[OpenItem]:
    """What stands open on these lines of the chart as a day ends, thing by thing, oldest first."""
    rows = db.session.execute(_OPEN_ITEMS, {"codes": list(codes), "day": day})
    return [OpenItem(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class GrantSums:
    """Awards as the grants' own rows have them, by the days of their entries."""

    awarded: int
    cancelled: int
    paid: int

    @property
    def payable(self) -> int:
        """What must still be paid."""
        return self.awarded - self.cancelled - self.paid


_GRANT_SUMS = text(
    """
    SELECT
      (SELECT coalesce(sum(a.amount_yen), 0) FROM awards a
        JOIN journal_entries e ON e.id = a.entry_id WHERE e.effective_on <= :day),
      (SELECT coalesce(sum(a.reduced_yen), 0) FROM awards a
        JOIN journal_entries e ON e.id = a.reduction_entry_id WHERE e.effective_on <= :day),
      (SELECT coalesce(sum(d.amount_yen), 0) FROM disbursements d
        JOIN journal_entries e ON e.id = d.entry_id
        LEFT JOIN journal_entries r ON r.id = d.return_entry_id
        WHERE e.effective_on <= :day AND coalesce(r.effective_on, 'infinity'::date) > :day)
    """
)


def grant_sums(day: date) -> GrantSums:
    """Awarded, cancelled and paid until the end of a day."""
    return GrantSums(*map(int, db.session.execute(_GRANT_SUMS, {"day": day}).one()))


@dataclass(frozen=True, slots=True)
class GiftSums:
    """The gifts of some days by the donors' own rows, and by the book."""

    gifts: int
    entries: int
    gifts_yen: int
    entries_yen: int
    promised_share_yen: int
    booked_share_yen: int


_GIFT_SUMS = text(
    """
    WITH booked AS (
      SELECT e.id, sum(t.amount_minor) FILTER (WHERE a.kind = 'revenue') AS yen,
        sum(t.amount_minor) FILTER (WHERE a.chart_code = '4191') AS share
      FROM journal_entries e JOIN transfers t ON t.entry_id = e.id
      JOIN ledger_accounts a ON a.id = t.credit_account_id
      WHERE e.effective_on BETWEEN :first AND :last AND e.source_kind = 'donations'
        AND e.kind IN ('donation_received', 'held_gift_designated', 'held_gift_left_to_fund')
      GROUP BY e.id),
    given AS (
      SELECT d.amount_yen, CASE WHEN d.left_to_fund THEN 0 ELSE d.operating_yen END AS share
      FROM donations d JOIN journal_entries e ON e.id = d.gift_entry_id
      WHERE e.effective_on BETWEEN :first AND :last)
    SELECT (SELECT count(*) FROM given), (SELECT count(*) FROM booked),
      (SELECT coalesce(sum(amount_yen), 0) FROM given), (SELECT coalesce(sum(yen), 0) FROM booked),
      (SELECT coalesce(sum(share), 0) FROM given), (SELECT coalesce(sum(share), 0) FROM booked)
    """
)


def gift_sums(first: date, last: date) -> GiftSums:
    """Both sides of the gifts booked on these days."""
    row = db.session.execute(_GIFT_SUMS, {"first": first, "last": last}).one()
    return GiftSums(*map(int, row))


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line of the bank's statement that answers for nothing yet."""

    id: int
    account_code: str
    booked_on: date
    yen: int
    counterparty: str


# A payout is booked by its provider's news; its line at the bank is known by day and amount.
_OPEN_LINES = text(
    """
    SELECT b.id, b.account_code, b.booked_on, b.amount_yen, b.counterparty FROM bank_lines b
    WHERE b.matched_id IS NULL AND b.booked_on <= :day AND NOT EXISTS (SELECT FROM payouts p
      WHERE p.amount_yen = b.amount_yen AND p.paid_on BETWEEN b.booked_on - 7 AND b.booked_on)
    ORDER BY b.booked_on, b.id
    """
).bindparams(bindparam("day", type_=Date))


def open_bank_lines(day: date) -> list[OpenLine]:
    """Lines until the end of a day that nobody has matched, oldest first; payouts left out."""
    return [OpenLine(*row) for row in db.session.execute(_OPEN_LINES, {"day": day})]


def failed_events() -> list[GatewayEvent]:
    """News of gateways that need a person, oldest first."""
    return list(
        db.session.scalars(
            select(GatewayEvent)
            .where(GatewayEvent.state == EventState.FAILED)
            .order_by(GatewayEvent.id)
            .limit(SHOWN)
        )
    )


def old_lots(year: int) -> list[tuple[Fund, int]]:
    """Designated money held for more than five years, or of no known year, that has no plan."""
    plans = plans_for(year)
    funds: dict[int, Fund] = {}
    found: Counter[int] = Counter()
    for lot in every_old_lot(year):
        received, left = lot.received_year, lot.left
        if plan_of(plans, lot.fund.id, received, year=year, left=left) is None:
            funds[lot.fund.id] = lot.fund
            found[lot.fund.id] += left
    return [(funds[fund_id], left) for fund_id, left in found.items()]


# Booked when the year is closed or the fund moves in, on a day before by their nature.
OF_THE_CLOSE = (
    "year_closed", "provider_balance_reclassified", "provider_balance_restored",
    "opening_balance", "opening_balances",
)  # fmt: skip


def leaf_of(period_id: int) -> int | None:
    """Where the sealed log holds that a period was closed."""
    return db.session.scalar(
        select(Seal.leaf_index).where(Seal.kind == LeafKind.PERIOD, Seal.row_id == period_id)
    )


def late_entries(first: date, last: date) -> tuple[list[JournalEntry], int]:
    """Entries of these days that were recorded late or whose own day was closed; and how many."""
    late = (
        JournalEntry.effective_on.between(first, last),
        JournalEntry.kind.not_in(OF_THE_CLOSE),
        JournalEntry.shows_late,
    )
    counted = func.count().over().cast(BigInteger)
    rows = db.session.execute(
        select(JournalEntry, counted)
        .where(*late)
        # Those that want a word come first: the limit must not hide them.
        .order_by(JournalEntry.is_late.desc(), JournalEntry.effective_on, JournalEntry.id)
        .limit(SHOWN)
    ).all()
    return [entry for entry, _ in rows], int(rows[0][1]) if rows else 0
