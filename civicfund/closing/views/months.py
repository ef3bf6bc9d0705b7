"""The months, the checklist of one, and the deeds that lead to its close."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from civicfund.closing import policy, services
from civicfund.closing.checklist import Checklist, checklist_of
from civicfund.closing.forms import NoteForm, SignForm, StatementForm, WithdrawForm
from civicfund.closing.found import Item, Remedy
from civicfund.closing.models import BankStatement
from civicfund.closing.queries import months as queries
from civicfund.closing.views.ground import bp, rows_of, said, url_of
from civicfund.core import clock
from civicfund.core.db import transaction
from civicfund.core.money import yen
from civicfund.ledger import periods
from civicfund.ledger import queries as book
from civicfund.ledger.models import FiscalPeriod
from civicfund.web.guards import found, requires
from civicfund.web.stored_files import send_stored


@bp.get("")
@requires(policy.can_look)
def index() -> ResponseReturnValue:
    """Every month by fiscal year, and what comes next."""
    with transaction():
        periods.open_months()
    every = book.periods()
    years: dict[int, list[FiscalPeriod]] = defaultdict(list)
    for period in every:
        years[clock.fiscal_year(period.ends_on)].append(period)
    waiting = [one for one in reversed(every) if one.closed_at is None]
    return render_template(
        "closing/index.html",
        years=years,
        next_period=next((one for one in waiting if one.ends_on < clock.today()), None),
        today=clock.today(),
        names=queries.names_of(
            person for one in every for person in (one.closing_prepared_by_id, one.closed_by_id)
        ),
    )


@bp.get("/months/<month>")
@requires(policy.can_look, load=queries.month_named)
def month(period: FiscalPeriod) -> ResponseReturnValue:
    """The checklist as it stands now."""
    return _page(period, SignForm(formdata=None))


@bp.route("/months/<month>/balances/new", methods=["GET", "POST"])
@requires(policy.can_prepare, load=queries.month_named)
def enter_statement(period: FiscalPeriod) -> ResponseReturnValue:
    """The balance that a bank certifies."""
    account = request.args.get("account")
    form = StatementForm(last=period.ends_on, account_code=account)
    if form.validate_on_submit() and form.attempt(lambda: _enter(period, form)):
        flash(_("The balance was entered."), "success")
        return redirect(url_for("closing.month", month=name_of(period)) + "#bank")
    status = 422 if request.method == "POST" else 200
    return render_template("closing/balance_new.html", period=period, form=form), status


def _enter(period: FiscalPeriod, form: StatementForm) -> BankStatement:
    assert form.balance.data is not None, "validated"
    assert form.stated_on.data is not None, "validated"
    return services.enter_statement(
        period,
        by=current_user,
        account_code=form.account_code.data,
        balance=yen(form.balance.data),
        stated_on=form.stated_on.data,
        upload=form.file.data.stream,
        name=form.file.data.filename or "",
    )


@bp.get("/certificates/<int:statement_id>")
@requires(policy.can_look, load=queries.statement_by_id)
def certificate(statement: BankStatement) -> ResponseReturnValue:
    """A bank's certificate, as it was attached."""
    answer: Response = send_stored(statement.stored_file, public=False)
    if statement.stored_file.media_type == "application/pdf":
        name = f"{statement.account_code}-{statement.stated_on}.pdf"
        answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def item_of(month: str, item_name: str) -> tuple[FiscalPeriod, Item]:
    """One item of a month's checklist, as it stands now."""
    period = found(queries.month_named(month))
    return period, found(checklist_of(period).item(item_name))


@bp.route("/months/<month>/items/<item_name>", methods=["GET", "POST"])
@requires(policy.can_withdraw, load=item_of)
def note(wanted: tuple[FiscalPeriod, Item]) -> ResponseReturnValue:
    """Explain or confirm one item, with what it shows beside."""
    period, item = wanted
    form = NoteForm()
    if item.found.remedy is Remedy.CONFIRM:
        form.note.label.text = _("What you looked at, and what you found")
    if form.validate_on_submit():
        text = form.note.data or ""
        if form.attempt(lambda: services.note_item(period, item=item, note=text, by=current_user)):
            flash(_("Noted with your name."), "success")
            return redirect(url_for("closing.month", month=name_of(period)) + f"#{item.found.name}")
    status = 422 if request.method == "POST" else 200
    page = render_template(
        "closing/note.html", period=period, item=item, form=form, names={}, **_words()
    )
    return page, status


@bp.post("/months/<month>/prepare")
@requires(policy.can_prepare, load=queries.month_named)
def prepare(period: FiscalPeriod) -> ResponseReturnValue:
    """The first signature."""
    return _sign(
        period,
        lambda: services.prepare_month(period, by=current_user),
        _("Prepared. Another person can close the month now."),
    )


@bp.route("/months/<month>/withdraw", methods=["GET", "POST"])
@requires(policy.can_withdraw, load=queries.month_named)
def withdraw(period: FiscalPeriod) -> ResponseReturnValue:
    """Take the first signature back."""
    form = WithdrawForm()
    if form.validate_on_submit():
        reason = form.reason.data or ""
        done = form.attempt(lambda: services.withdraw_month(period, by=current_user, reason=reason))
        if done:
            flash(_("The preparation was withdrawn. Look at the checklist and prepare it anew."))
            return redirect(url_for("closing.month", month=name_of(period)))
    status = 422 if request.method == "POST" else 200
    return render_template("closing/withdraw.html", period=period, form=form), status


@bp.route("/months/<month>/close", methods=["GET", "POST"])
@requires(policy.can_sign, load=queries.month_named)
def close(period: FiscalPeriod) -> ResponseReturnValue:
    """The second signature, after a page that says what it does."""
    if request.method == "GET":
        names = queries.names_of([period.closing_prepared_by_id])
        return render_template("closing/close.html", period=period, form=SignForm(), names=names)
    return _sign(
        period,
        lambda: services.close_month(period, by=current_user),
        _("The month is closed. Nothing can be dated in it any more."),
    )


def name_of(period: FiscalPeriod) -> str:
    """How a month is called in addresses."""
    return f"{period.starts_on:%Y-%m}"


def _sign(period: FiscalPeriod, deed: Callable[[], Checklist], done: str) -> ResponseReturnValue:
    form, address = SignForm(), url_for("closing.month", month=name_of(period))
    if form.validate_on_submit() and form.attempt(deed):
        flash(done, "success")
        return redirect(address)
    return _page(period, form), 409


def _page(period: FiscalPeriod, form: SignForm) -> str:
    checklist = checklist_of(period)
    notes = [item.note.written_by_id for item in checklist.items if item.note is not None]
    people = [period.closing_prepared_by_id, period.closed_by_id, *notes]
    return render_template(
        "closing/month.html",
        period=period,
        month=name_of(period),
        checklist=checklist,
        form=form,
        is_over=period.ends_on < clock.today(),
        is_mine=period.closing_prepared_by_id == current_user.id,
        may_prepare=policy.can_prepare(current_user),
        may_note=policy.can_withdraw(current_user),
        may_sign=policy.can_sign(current_user),
        year=clock.fiscal_year(period.ends_on),
        names=queries.names_of(people),
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {"said": said, "rows_of": rows_of, "url_of": url_of}
