"""The desk page of one lot of old money: its plan, and the plans before it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from civicfund.books.plans import services
from civicfund.books.plans.forms import PlanForm
from civicfund.books.plans.policy import can_see, can_write
from civicfund.books.statements.age_notes import year_of_receipt
from civicfund.books.statements.plan_queries import OldLot, old_lot, versions_of
from civicfund.books.statements.titles import AGES
from civicfund.books.words import year_words
from civicfund.ledger.tables import Columns
from civicfund.web.filters import local_name, money_sentence
from civicfund.web.guards import requires

bp = Blueprint("spending_plans", __name__, url_prefix="/desk/spending-plans")
LOT = "/<int(max=2999):year>/<code>/<int(max=2999):received>"


@bp.get(LOT)
@requires(can_see, load=old_lot)
def plan(lot: OldLot) -> ResponseReturnValue:
    """What is planned, what was planned before, and the form for those who may write."""
    return _page(lot, PlanForm(after=lot.year))


@bp.post(LOT)
@requires(can_write, load=old_lot)
def write(lot: OldLot) -> ResponseReturnValue:
    """Write a new version down."""
    form = PlanForm(after=lot.year)
    if not form.validate():
        return _page(lot, form), 422
    written = form.attempt(
        lambda: services.write_plan(
            lot,
            planned_year=form.planned_year.data,
            amount=form.amount.data,
            planned_use=form.planned_use.data or "",
            by=current_user,
        )
    )
    if written is None:
        return _page(lot, form), 422
    flash(_("The plan was written down."), "success")
    return redirect(url_for("desk_books.show", slug=AGES.slug, year=lot.year))


def _page(lot: OldLot, form: PlanForm) -> str:
    versions = [
        {
            "year": year_words(version.year),
            "planned_year": year_words(version.planned_year),
            "amount": version.amount_yen,
            "planned_use": version.planned_use,
            "written_at": version.written_at,
            "written_by": version.written_by.name,
        }
        for version in versions_of(lot)
    ]
    facts = [
        (_("Fund"), f"{lot.fund.code} {local_name(lot.fund)}"),
        (_("Year of receipt"), year_of_receipt(lot.received_year)),
        (_("Left at the end of fiscal year %(year)s", year=lot.year), money_sentence(lot.left)),
    ]
    return render_template(
        "books/spending_plan.html",
        lot=lot,
        form=form,
        facts=facts,
        columns=_columns(),
        versions=versions,
        may_write=can_write(current_user, lot),
        ages_url=url_for("desk_books.show", slug=AGES.slug, year=lot.year),
    )


def _columns() -> Columns:
    return [
        {"key": "year", "label": _("Written for"), "head": True},
        {"key": "planned_year", "label": _("Planned year")},
        {"key": "amount", "label": _("Planned amount"), "format": "money"},
        {"key": "planned_use", "label": _("Planned use"), "wide": True},
        {"key": "written_at", "label": _("Written on"), "format": "datetime"},
        {"key": "written_by", "label": _("Written by")},
    ]
