"""Opening balances: a file, what is wrong with it, what it would book, and two signatures."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from civicfund.closing import opening_file, policy, services
from civicfund.closing.forms import OpeningForm, SignForm
from civicfund.closing.models import OpeningImport, OpeningState
from civicfund.closing.opening_file import Opening, Problem
from civicfund.closing.queries import months
from civicfund.closing.queries import openings as queries
from civicfund.closing.views.ground import bp
from civicfund.core import clock
from civicfund.ledger import queries as book
from civicfund.ledger.chart import CHART
from civicfund.web.csv_files import csv_response
from civicfund.web.guards import requires

SAMPLE = (
    ("科目コード", "基金コード", "基金名", "基金の種類", "借方", "貸方", "受領年度"),
    (1112, "", "", "", "3,450,000", "", ""),
    (1115, "", "", "", 450000, "", ""),
    (2111, "", "", "", "", 120000, ""),
    (3200, "", "", "", "", 3330000, ""),
    (3100, "N-YAMADA", "山田記念こども基金", "冠基金", "", 300000, 2023),
    (3100, "N-YAMADA", "", "", "", 150000, 2025),
)


@bp.get("/opening")
@requires(policy.can_look)
def openings() -> ResponseReturnValue:
    """Every import, and the form for a new one."""
    first, _last = clock.fiscal_days(clock.fiscal_year(clock.today()))
    form = OpeningForm(formdata=None)
    form.opens_on.data = queries.first_entry_on() or first
    return _page(form)


@bp.post("/opening")
@requires(policy.can_prepare)
def import_opening() -> ResponseReturnValue:
    """Look at a file; without faults, and if asked to, prepare it."""
    form = OpeningForm()
    if not form.validate_on_submit() or form.opens_on.data is None:
        return _page(form), 422
    opens_on: date = form.opens_on.data
    opening = services.read_opening(
        form.file.data.stream.read(opening_file.LARGEST_FILE + 1), opens_on=opens_on
    )
    if opening.problems:
        return _page(form, opening), 422
    if request.form.get("deed") != "prepare":
        return _page(form, opening)
    name = form.file.data.filename or ""
    done = form.attempt(
        lambda: services.prepare_opening(
            opening, opens_on=opens_on, file_name=name, by=current_user
        )
    )
    if not done:
        return _page(form, opening), 422
    flash(_("Prepared. Another person can book the opening balances now."), "success")
    return redirect(url_for("closing.openings"))


@bp.get("/opening/sample.csv")
@requires(policy.can_look)
def opening_sample() -> ResponseReturnValue:
    """A file to fill in; with the mark by which spreadsheets know UTF-8."""
    return csv_response("opening-balances", SAMPLE)


@bp.get("/opening/<int:opening_id>")
@requires(policy.can_look, load=queries.opening_by_id)
def opening(prepared: OpeningImport) -> ResponseReturnValue:
    """What one import books."""
    return _show(prepared, SignForm(formdata=None))


@bp.post("/opening/<int:opening_id>/sign")
@requires(policy.can_sign, load=queries.opening_by_id)
def sign_opening(prepared: OpeningImport) -> ResponseReturnValue:
    """The second signature."""
    form = SignForm()
    if form.validate_on_submit() and form.attempt(
        lambda: services.sign_opening(prepared, by=current_user)
    ):
        flash(_("The opening balances are booked."), "success")
        return redirect(url_for("closing.opening", opening_id=prepared.id))
    return _show(prepared, form), 409


@bp.post("/opening/<int:opening_id>/withdraw")
@requires(policy.can_withdraw, load=queries.opening_by_id)
def withdraw_opening(prepared: OpeningImport) -> ResponseReturnValue:
    """Take the first signature back."""
    form = SignForm()
    if form.validate_on_submit() and form.attempt(
        lambda: services.withdraw_opening(prepared, by=current_user)
    ):
        flash(_("The import was withdrawn. Nothing was booked."), "success")
        return redirect(url_for("closing.openings"))
    return _show(prepared, form), 409


def told(problem: Problem) -> str:
    """A fault in the language of the page."""
    fault = str(_(problem.text, **problem.places))
    if problem.number is None:
        return fault
    return str(_("Line %(number)s: %(fault)s", number=problem.number, fault=fault))


def _page(form: OpeningForm, opening: Opening | None = None) -> str:
    every = queries.openings()
    people = [person for one in every for person in (one.prepared_by_id, one.signed_by_id)]
    return render_template(
        "closing/openings.html",
        form=form,
        opening=opening,
        rows=_rows(opening),
        told=told,
        every=every,
        may_prepare=policy.can_prepare(current_user),
        names=months.names_of(people),
    )


def _show(prepared: OpeningImport, form: SignForm) -> str:
    opening = opening_file.restored(prepared.lines)
    return render_template(
        "closing/opening.html",
        prepared=prepared,
        opening=opening,
        rows=_rows(opening),
        form=form,
        is_waiting=prepared.state is OpeningState.PREPARED,
        is_mine=prepared.prepared_by_id == current_user.id,
        may_sign=policy.can_sign(current_user),
        may_withdraw=policy.can_withdraw(current_user),
        names=months.names_of([prepared.prepared_by_id, prepared.signed_by_id]),
    )


def _rows(opening: Opening | None) -> list[dict[str, Any]]:
    """The lines with the names that a reader knows; funds that will be opened say so."""
    if opening is None:
        return []
    funds = {fund.code: fund for fund in book.funds()}
    named = {line.fund: line.fund_name for line in reversed(opening.lines) if line.fund_name}
    return [
        {
            "line": line,
            "chart": CHART.get(line.account),
            "fund": funds.get(line.fund),
            "fund_name": named.get(line.fund, ""),
        }
        for line in opening.lines
    ]
