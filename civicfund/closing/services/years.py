"""A year's results become net assets by a deed of two people; two people can undo it."""

from datetime import date, timedelta

from sqlalchemy.exc import IntegrityError

from civicfund.closing import policy
from civicfund.closing.errors import (
    AnotherPersonSigns,
    EarlierYearOpen,
    MonthsNotPrepared,
    NothingToClose,
    NotYetOver,
    ReasonNeeded,
    YearAlreadyPrepared,
    YearChanged,
    YearIsSealed,
)
from civicfund.closing.models import YearClosing, YearState
from civicfund.closing.queries import months
from civicfund.closing.queries import years as queries
from civicfund.closing.queries.years import YearPreview
from civicfund.core import audit_log, clock
from civicfund.core.db import db, lock
from civicfund.core.errors import Forbidden, NotAllowedNow
from civicfund.core.money import yen
from civicfund.core.states import advance
from civicfund.identity.models import User
from civicfund.ledger import periods, posting_rules
from civicfund.ledger import queries as book
from civicfund.ledger import services as ledger


def prepare_year(year: int, *, by: User) -> YearClosing:
    """The first signature, after every month of the year was prepared."""
    if not policy.can_prepare(by):
        raise Forbidden
    if clock.fiscal_days(year)[1] >= clock.today():
        raise NotYetOver
    periods.hold_entries()
    _months_must_be_prepared(year)
    _earlier_years_must_be_closed(year)
    if queries.live_closing(year) is not None:
        raise YearAlreadyPrepared
    preview = queries.preview_of(year)
    if not preview.results:
        raise NothingToClose
    closing = YearClosing(
        year=year,
        state=YearState.PREPARED,
        digest=preview.digest,
        entry_ids=[],
        prepared_by_id=by.id,
        prepared_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(closing)
    except IntegrityError as taken:
        raise YearAlreadyPrepared from taken
    audit_log.record(by, "prepare_year", closing, after=_said(preview))
    return closing


def sign_year(closing: YearClosing, *, by: User) -> YearClosing:
    """The second signature books it all on the year's last day, or nothing."""
    if not policy.can_sign(by):
        raise Forbidden
    periods.hold_entries()
    lock(closing)
    _must_be(closing, YearState.PREPARED)
    if closing.prepared_by_id == by.id:
        raise AnotherPersonSigns
    _months_must_be_prepared(closing.year)
    _earlier_years_must_be_closed(closing.year)
    preview = queries.preview_of(closing.year)
    if preview.digest != closing.digest:
        raise YearChanged
    closing.entry_ids = _book(closing, preview, by)
    closing.signed_by_id, closing.signed_at = by.id, clock.now()
    db.session.flush()
    advance(closing, to=YearState.CLOSED)
    db.session.flush()
    audit_log.record(
        by, "close_year", closing, after=_said(preview) | {"entries": closing.entry_ids}
    )
    return closing


def withdraw_year(closing: YearClosing, *, by: User) -> YearClosing:
    """Take back the first signature of a close, or that of its undoing."""
    if not policy.can_withdraw(by):
        raise Forbidden
    lock(closing)
    undoes = closing.state is YearState.UNDO_PREPARED
    advance(closing, to=YearState.CLOSED if undoes else YearState.WITHDRAWN)
    closing.undo_prepared_by_id = closing.undo_prepared_at = closing.undo_reason = None
    db.session.flush()
    audit_log.record(by, "withdraw_year_undoing" if undoes else "withdraw_year", closing)
    return closing


def prepare_undoing(closing: YearClosing, *, by: User, reason: str) -> YearClosing:
    """The first signature under undoing a close, while the year's last month is open."""
    if not policy.can_prepare(by):
        raise Forbidden
    words = " ".join(reason.split())
    if not words:
        raise ReasonNeeded
    _last_month_must_be_open(closing.year)
    lock(closing)
    _must_be(closing, YearState.CLOSED)
    closing.undo_reason = words
    closing.undo_prepared_by_id, closing.undo_prepared_at = by.id, clock.now()
    db.session.flush()
    advance(closing, to=YearState.UNDO_PREPARED)
    db.session.flush()
    audit_log.record(by, "prepare_year_undoing", closing, reason=words)
    return closing


def sign_undoing(closing: YearClosing, *, by: User) -> YearClosing:
    """The second signature reverses every entry of the close, each on its own day."""
    if not policy.can_sign(by):
        raise Forbidden
    periods.hold_entries()
    lock(closing)
    _must_be(closing, YearState.UNDO_PREPARED)
    if closing.undo_prepared_by_id == by.id:
        raise AnotherPersonSigns
    _last_month_must_be_open(closing.year)
    assert closing.undo_reason, "a prepared undoing has its reason"
    preparer = db.session.get(User, closing.undo_prepared_by_id)
    originals = book.contents_of(closing.entry_ids)
    ledger.reverse_entries(
        [
            ledger.Reversal(
                entry_id=entry_id,
                key=f"year/{closing.year}/{closing.id}/undo/{entry_id}",
                reason=closing.undo_reason,
                effective_on=originals[entry_id].effective_on,
                recorded_by=preparer,
                approved_by=by,
            )
            for entry_id in closing.entry_ids
        ]
    )
    closing.undone_by_id, closing.undone_at = by.id, clock.now()
    db.session.flush()
    advance(closing, to=YearState.UNDONE)
    db.session.flush()
    audit_log.record(by, "undo_year", closing, reason=closing.undo_reason)
    return closing


def _book(closing: YearClosing, preview: YearPreview, by: User) -> list[int]:
    """The provider's debt over the year's end, then E-17 for every fund."""
    last = clock.fiscal_days(closing.year)[1]
    preparer = db.session.get(User, closing.prepared_by_id)
    entry_ids = []
    if preview.provider_debt:
        general, debt = book.general_fund(), yen(preview.provider_debt)
        for name, draft, on in (
            ("debt", posting_rules.provider_balance_reclassified(debt, general=general), last),
            (
                "restored",
                posting_rules.provider_balance_restored(debt, general=general),
                queries.first_day_after(closing.year),
            ),
        ):
            posted = ledger.post_entry(
                draft,
                key=f"year/{closing.year}/{closing.id}/provider_{name}",
                effective_on=on,
                recorded_by=preparer,
                approved_by=by,
            )
            entry_ids.append(posted.id)
    closed = ledger.close_year(last, recorded_by=preparer, approved_by=by)
    return entry_ids + [posted.id for posted in closed]


def _months_must_be_prepared(year: int) -> None:
    """Every month of the year that the book has; the last of them still open."""
    _last_month_must_be_open(year)
    waiting = [
        f"{month.starts_on:%Y-%m}"
        for month in months.months_of_year(year)
        if month.closed_at is None and month.closing_prepared_at is None
    ]
    if waiting:
        raise MonthsNotPrepared(months=", ".join(waiting))


def _earlier_years_must_be_closed(year: int) -> None:
    if book.results_by_fund(on=clock.fiscal_days(year)[0] - timedelta(days=1)):
        raise EarlierYearOpen


def _last_month_must_be_open(year: int) -> None:
    last = queries.last_month(year)
    if last is None:
        day: date = clock.fiscal_days(year)[1]
        raise MonthsNotPrepared(months=f"{day:%Y-%m}")
    db.session.refresh(last)
    if last.closed_at is not None:
        raise YearIsSealed


def _must_be(closing: YearClosing, state: YearState) -> None:
    if closing.state is not state:
        raise NotAllowedNow(state=closing.state.label)


def _said(preview: YearPreview) -> dict[str, object]:
    return {
        "year": preview.year,
        "designated_yen": preview.designated,
        "general_yen": preview.general,
        "provider_debt_yen": preview.provider_debt,
    }
