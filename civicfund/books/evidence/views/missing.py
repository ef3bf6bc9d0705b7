"""What is missing: by month, entry by entry, and one document for several entries."""

from collections.abc import Iterator
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from flask_login import current_user

from civicfund.books.evidence.forms import AttachToManyForm
from civicfund.books.evidence.policy import can_add, can_read
from civicfund.books.evidence.queries import lacking, lacking_by_month
from civicfund.books.evidence.tables import lack_columns, lack_rows, month_columns
from civicfund.books.evidence.views.ground import bp
from civicfund.books.queries.years import fiscal_years
from civicfund.books.words import month_words
from civicfund.core import clock
from civicfund.ledger import services
from civicfund.ledger.rows import Row, table_csv
from civicfund.ledger.views import asked_cursor
from civicfund.web.guards import found, requires


@bp.get("")
@requires(can_read)
def index() -> ResponseReturnValue:
    """The months of a fiscal year with how many entries lack a paper."""
    years = fiscal_years()
    asked = request.args.get("year", type=int)
    year = asked if asked in years else clock.fiscal_year(clock.today())
    starts_on, ends_on = clock.fiscal_days(year)
    if request.args.get("download") == "csv":
        everything = _every_lack(starts_on, ends_on)
        return table_csv(f"missing-evidence-{year}", lack_columns(), everything)
    counts = lacking_by_month(starts_on=starts_on, ends_on=ends_on)
    return render_template(
        "books/evidence_missing.html",
        year=year,
        years=years,
        total=sum(counts.values()),
        month_rows=[
            {
                "month": month_words(month),
                "url": url_for("evidence.month", name=f"{month:%Y-%m}"),
                "count": count,
            }
            for month, count in counts.items()
        ],
        columns=month_columns(),
    )


@bp.get("/months/<name>")
@requires(can_read)
def month(name: str) -> ResponseReturnValue:
    """The entries of a month that lack a paper."""
    starts_on, ends_on = found(_days_of(name))
    if request.args.get("download") == "csv":
        everything = _every_lack(starts_on, ends_on)
        return table_csv(f"missing-evidence-{name}", lack_columns(), everything)
    return _month_page(name, AttachToManyForm(formdata=None))


@bp.post("/months/<name>")
@requires(can_add)
def attach_to_many(name: str) -> ResponseReturnValue:
    """One document for all entries that were ticked: all of them or none."""
    found(_days_of(name))
    form = AttachToManyForm()
    if not form.validate():
        return _month_page(name, form), 422
    upload = form.file.data
    attached = form.attempt(
        lambda: services.attach_evidence(
            form.entries.data or [],
            upload=upload.stream,
            name=upload.filename or "",
            kind=form.chosen_kind,
            by=current_user,
        )
    )
    if not attached:
        return _month_page(name, form), 422
    words = ngettext(
        "The file was attached to %(num)s entry.",
        "The file was attached to %(num)s entries.",
        len(attached),
    )
    flash(words, "success")
    return redirect(url_for("evidence.month", name=name))


def _month_page(name: str, form: AttachToManyForm) -> str:
    starts_on, ends_on = found(_days_of(name))
    page = lacking(starts_on=starts_on, ends_on=ends_on, after=asked_cursor("after") or 0)
    return render_template(
        "books/evidence_month.html",
        name=name,
        month=month_words(starts_on),
        starts_on=starts_on,
        form=form,
        lack_rows=lack_rows(page.items),
        columns=lack_columns(),
        may_add=can_add(current_user),
        next_url=url_for("evidence.month", name=name, after=page.after) if page.after else None,
    )


def _every_lack(starts_on: date, ends_on: date) -> Iterator[Row]:
    after: int | None = 0
    while after is not None:
        page = lacking(starts_on=starts_on, ends_on=ends_on, after=after, limit=500)
        yield from lack_rows(page.items)
        after = page.after


def _days_of(name: str) -> tuple[date, date] | None:
    """`2026-04`: its first and last day; None of nonsense."""
    try:
        first = date.fromisoformat(f"{name}-01")
    except ValueError:
        return None
    return first, clock.end_of_month(first)
