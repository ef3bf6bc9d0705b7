"""One function per message about awards, payments and reports."""

from datetime import timedelta
from typing import Any

from civicfund.core.settings import setting
from civicfund.grants.models import Award, Disbursement, PayeeAccount, Report
from civicfund.grants.queries import payees
from civicfund.identity.queries import users_with_role
from civicfund.notifications import services as outbox


def tell_of_award(award: Award, report: Report) -> None:
    """The decision letter (助成決定通知): amount, period, what to do next."""
    _tell_members(
        award,
        "award",
        amount_yen=award.amount_yen,
        starts_on=award.starts_on.isoformat(),
        ends_on=award.ends_on.isoformat(),
        due_on=report.due_on.isoformat(),
    )


def tell_of_waiting_award(award: Award) -> None:
    """Far over target: the organisation waits, and the approvers have to look."""
    _tell_members(award, "award_waits", amount_yen=award.amount_yen)
    for approver in users_with_role("approver"):
        _send(approver, "award_to_accept", award, _about(award), occasion=str(award.id))


def tell_office_of_agreement(award: Award) -> None:
    """The organisation agreed: the first instalment can be prepared."""
    _tell_office(award, "agreed", occasion=str(award.id))


def tell_approvers_of(disbursement: Disbursement) -> None:
    """A payment waits for the second signature."""
    for approver in users_with_role("approver"):
        if approver.id != disbursement.prepared_by_id:
            _send(
                approver, "payment_to_approve", disbursement,
                _about(disbursement.award) | _of(disbursement), occasion=str(disbursement.id),
            )  # fmt: skip


def tell_of_payment(disbursement: Disbursement) -> None:
    """An instalment is on the organisation's account."""
    _tell_members(
        disbursement.award, "paid", occasion=str(disbursement.id), source=disbursement,
        paid_on=_iso(disbursement.paid_on), account=disbursement.payee["number"][-3:],
        **_of(disbursement),
    )  # fmt: skip


def tell_of_returned_payment(disbursement: Disbursement) -> None:
    """The bank sent an instalment back: something about the account is wrong."""
    _tell_members(
        disbursement.award, "payment_returned", occasion=str(disbursement.id), source=disbursement,
        reason=disbursement.closed_reason, **_of(disbursement),
    )  # fmt: skip


def tell_of_account(account: PayeeAccount, what: str) -> None:
    """`proposed`, `confirmed` or `declined`: every member learns it, one may not have meant it."""
    for person in payees.members_of(account.organisation_id):
        _send(
            person, f"account_{what}", account,
            {
                "organisation": _names(account.organisation),
                "organisation_slug": account.organisation.slug,
                "bank": f"{account.bank_name} {account.branch_name}",
                "number": account.number_hidden,
                "reason": account.closed_reason,
            },
            occasion=str(account.id),
        )  # fmt: skip


def tell_office_of_report(report: Report) -> None:
    """A report was filed and waits for a check."""
    _tell_office(report.award, "report_filed", occasion=f"{report.id}/{report.version}")


def tell_of_changes(report: Report) -> None:
    """The report came back with notes."""
    _tell_members(
        report.award, "report_changes", source=report, notes=report.review_notes,
        occasion=f"{report.id}/{report.version}",
    )  # fmt: skip


def tell_of_acceptance(report: Report) -> None:
    """The report is accepted; what is left must be returned, if anything is."""
    award = report.award
    _tell_members(
        award, "report_accepted", source=report, spent_yen=report.spent_yen,
        reduced_yen=award.reduced_yen, to_return_yen=award.to_return_yen,
    )  # fmt: skip


def remind_of_report(report: Report, *, days_left: int) -> None:
    """Once two weeks before the day, once when it has passed."""
    what = "report_overdue" if days_left < 0 else "report_due_soon"
    _tell_members(report.award, what, source=report, due_on=report.due_on.isoformat())


REMIND_BEFORE = timedelta(days=14)


def _tell_members(
    award: Award, what: str, *, occasion: str = "", source: Any = None, **more: Any
) -> None:
    for person in payees.members_of(award.organisation_id):
        _send(person, what, source or award, _about(award) | more,
              occasion=occasion or str(award.id))  # fmt: skip


def _tell_office(award: Award, what: str, *, occasion: str) -> None:
    outbox.enqueue(
        to=setting("FUND_EMAIL"),
        template=f"grants/{what}",
        context=_about(award),
        key=f"grants/{what}/{occasion}",
        source=award,
    )


def _send(person: Any, what: str, source: Any, context: dict[str, Any], *, occasion: str) -> None:
    outbox.enqueue(
        to=person.email,
        template=f"grants/{what}",
        context={"name": person.name, **context},
        locale=person.locale,
        key=f"grants/{what}/{occasion}/{person.id}",
        source=source,
    )


def _about(award: Award) -> dict[str, Any]:
    return {
        "award": award.reference,
        "title": award.campaign.title,
        "organisation": _names(award.organisation),
        "amount_yen": award.amount_yen,
    }


def _of(disbursement: Disbursement) -> dict[str, Any]:
    return {
        "number": disbursement.number,
        "instalment_yen": disbursement.amount_yen,
        "purpose": disbursement.purpose,
    }


def _names(organisation: Any) -> dict[str, str]:
    return {"name_ja": organisation.name_ja, "name_en": organisation.name_en}


def _iso(day: Any) -> str | None:
    return day.isoformat() if day is not None else None
