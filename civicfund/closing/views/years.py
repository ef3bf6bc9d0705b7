"""The page of a fiscal year: what its close books, and the deeds of two people."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from civicfund.closing import policy, services
from civicfund.closing.forms import SignForm, UndoForm
from civicfund.closing.models import YearClosing, YearState
from civicfund.closing.queries import months
from civicfund.closing.queries import years as queries
from civicfund.closing.views.ground import bp
from civicfund.core import clock
from civicfund.ledger.queries.log import numbers_of
from civicfund.web.guards import requires


@bp.get("/years/<int:year>")
@requires(policy.can_look, load=queries.year_known)
def year(number: int) -> ResponseReturnValue:
    """Preview, state and history."""
    return _page(number, SignForm(formdata=None))


@bp.post("/years/<int:year>/prepare")
@requires(policy.can_prepare, load=queries.year_known)
def prepare_year(number: int) -> ResponseReturnValue:
    """The first signature."""
    return _sign(
        number,
        lambda: services.prepare_year(number, by=current_user),
        _("Prepared. Another person can close the year now."),
    )


@bp.route("/years/<int:year>/close", methods=["GET", "POST"])
@requires(policy.can_sign, load=queries.live_closing)
def close_year(closing: YearClosing) -> ResponseReturnValue:
    """The second signature, after a page that says what it books."""
    if request.method == "GET":
        return _asked(closing, "closing/year_close.html")
    return _sign(
        closing.year,
        lambda: services.sign_year(closing, by=current_user),
        _("The year is closed: its results are net assets now. Close its last month next."),
    )


@bp.post("/years/<int:year>/withdraw")
@requires(policy.can_withdraw, load=queries.live_closing)
def withdraw_year(closing: YearClosing) -> ResponseReturnValue:
    """Take a first signature back."""
    return _sign(
        closing.year,
        lambda: services.withdraw_year(closing, by=current_user),
        _("The preparation was withdrawn."),
    )


@bp.route("/years/<int:year>/undo", methods=["GET", "POST"])
@requires(policy.can_prepare, load=queries.live_closing)
def undo_year(closing: YearClosing) -> ResponseReturnValue:
    """The first signature under undoing it."""
    form = UndoForm()
    if form.validate_on_submit():
        reason = form.note.data or ""
        if form.attempt(lambda: services.prepare_undoing(closing, by=current_user, reason=reason)):
            flash(_("Prepared. Another person can undo the close of the year now."), "success")
            return redirect(url_for("closing.year", year=closing.year))
    status = 422 if request.method == "POST" else 200
    return render_template("closing/year_undo.html", closing=closing, form=form), status


@bp.route("/years/<int:year>/undo/sign", methods=["GET", "POST"])
@requires(policy.can_sign, load=queries.live_closing)
def sign_undoing(closing: YearClosing) -> ResponseReturnValue:
    """The second signature under undoing it."""
    if request.method == "GET":
        return _asked(closing, "closing/year_undo_sign.html")
    return _sign(
        closing.year,
        lambda: services.sign_undoing(closing, by=current_user),
        _("The close of the year is undone; each entry was reversed."),
    )


def _asked(closing: YearClosing, page: str) -> ResponseReturnValue:
    names = months.names_of([closing.prepared_by_id, closing.undo_prepared_by_id])
    preview = queries.preview_of(closing.year)
    return render_template(page, closing=closing, preview=preview, names=names, form=SignForm())


def _sign(number: int, deed: Callable[[], YearClosing], done: str) -> ResponseReturnValue:
    form = SignForm()
    if form.validate_on_submit() and form.attempt(deed):
        flash(done, "success")
        return redirect(url_for("closing.year", year=number))
    return _page(number, form), 409


def _page(number: int, form: SignForm) -> str:
    closings = queries.closings_of(number)
    live = next((one for one in closings if one.state in queries.LIVE), None)
    last = queries.last_month(number)
    people = [
        person
        for one in closings
        for person in (
            one.prepared_by_id, one.signed_by_id, one.undo_prepared_by_id, one.undone_by_id,
        )
    ]  # fmt: skip
    return render_template(
        "closing/year.html",
        year=number,
        days=clock.fiscal_days(number),
        today=clock.today(),
        is_over=clock.fiscal_days(number)[1] < clock.today(),
        months=months.months_of_year(number),
        preview=queries.preview_of(number),
        closings=closings,
        live=live,
        state=live.state if live is not None else None,
        states=YearState,
        is_locked=last is not None and last.closed_at is not None,
        form=form,
        me=current_user.id,
        may_prepare=policy.can_prepare(current_user),
        may_sign=policy.can_sign(current_user),
        may_withdraw=policy.can_withdraw(current_user),
        names=months.names_of(people),
        numbers=numbers_of(entry_id for one in closings for entry_id in one.entry_ids),
    )
