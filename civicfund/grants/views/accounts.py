"""Bank accounts of organisations: checked by the office, confirmed or declined."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from civicfund.grants import policy, services
from civicfund.grants.forms import WordsForm
from civicfund.grants.models import PayeeAccount
from civicfund.grants.queries import payees
from civicfund.grants.views.ground import bp
from civicfund.identity.queries import names_of_users
from civicfund.web.forms import BaseForm
from civicfund.web.guards import requires


@bp.get("/desk/grants/accounts/<int:account_id>")
@requires(policy.can_see_account, load=payees.account_by_id)
def account(account: PayeeAccount) -> ResponseReturnValue:
    """One account beside the one in use, and the next deed."""
    return _page(account, WordsForm(formdata=None), BaseForm())


@bp.post("/desk/grants/accounts/<int:account_id>/check")
@requires(policy.can_check_account, load=payees.account_by_id)
def check_account(account: PayeeAccount) -> ResponseReturnValue:
    """It was compared with the bank book."""
    form = WordsForm()
    if form.validate_on_submit() and form.attempt(
        lambda: services.check_account(account, by=current_user, how=form.reason.data or "")
    ):
        flash(_("Checked. An approver must confirm the account now."), "success")
        return redirect(url_for("grants.desk"))
    return _page(account, form, BaseForm()), 422


@bp.post("/desk/grants/accounts/<int:account_id>/confirm")
@requires(policy.can_sign_account, load=payees.account_by_id)
def confirm_account(account: PayeeAccount) -> ResponseReturnValue:
    """Use it from now on."""
    form = BaseForm()
    if form.validate_on_submit() and form.attempt(
        lambda: services.confirm_account(account, by=current_user)
    ):
        flash(_("Confirmed. Money is sent to this account from now on."), "success")
        return redirect(url_for("grants.approvals"))
    return _page(account, WordsForm(formdata=None), form), 422


@bp.route("/desk/grants/accounts/<int:account_id>/decline", methods=["GET", "POST"])
@requires(policy.can_decline_account, load=payees.account_by_id)
def decline_account(account: PayeeAccount) -> ResponseReturnValue:
    """Not this account, and why."""
    number, form = account.id, WordsForm()
    if form.validate_on_submit() and form.attempt(
        lambda: services.decline_account(account, by=current_user, reason=form.reason.data or "")
    ):
        flash(_("Declined. The organisation gets an e-mail with the reason."), "success")
        return redirect(url_for("grants.account", account_id=number))
    status = 422 if request.method == "POST" else 200
    return render_template("grants/decline_account.html", account=account, form=form), status


def _page(account: PayeeAccount, form: WordsForm, deed: BaseForm) -> str:
    people = (account.proposed_by_id, account.checked_by_id, account.confirmed_by_id)
    return render_template(
        "grants/account.html",
        account=account,
        used=payees.account_in_use(account.organisation_id),
        form=form,
        deed_errors=deed,
        names=names_of_users(person for person in people if person is not None),
        may_check=policy.can_check_account(current_user, account),
        may_sign=policy.can_sign_account(current_user, account),
        is_mine=current_user.id in (account.proposed_by_id, account.checked_by_id),
    )
