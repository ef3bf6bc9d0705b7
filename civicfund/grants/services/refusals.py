"""The database's own refusals, in words: what its triggers and constraints raise."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from civicfund.core.db import db
from civicfund.core.errors import DomainError
from civicfund.grants.errors import (
    AnotherPersonNeeded,
    DisbursementFixed,
    LineTaken,
    MoreThanAward,
    ProposalWaits,
    SameFileTwice,
)

_CONSTRAINTS: dict[str, type[DomainError]] = {
    "ck_disbursements_approved_by_another": AnotherPersonNeeded,
    "ck_payee_accounts_checked_by_another": AnotherPersonNeeded,
    "ck_payee_accounts_confirmed_by_another": AnotherPersonNeeded,
    "ck_reports_accepted_by_another": AnotherPersonNeeded,
    "uq_disbursements_bank_line_id": LineTaken,
    "uq_disbursements_fee_line_id": LineTaken,
    "uq_disbursements_return_line_id": LineTaken,
    "uq_awards_return_line_id": LineTaken,
    "uq_payee_accounts_proposed": ProposalWaits,
    "uq_report_evidence_report_line_id_stored_file_id": SameFileTwice,
}


@contextmanager
def in_words(*, asked_yen: int = 0) -> Iterator[None]:
    """Write what happens inside; a refusal of the database becomes a `DomainError`.

    A savepoint keeps the transaction usable: the caller may still say what to do.
    """
    try:
        with db.session.begin_nested():
            yield
    except DBAPIError as refused:
        raise _words(refused, asked_yen) from refused


def _words(refused: DBAPIError, asked_yen: int) -> Exception:
    state = getattr(refused.orig, "sqlstate", None)
    diag = getattr(refused.orig, "diag", None)
    if state == "CF301":
        room = max(0, int(getattr(diag, "message_detail", None) or 0))
        return MoreThanAward(available=f"{room:,}", asked=f"{asked_yen:,}")
    if state == "CF302":
        return DisbursementFixed()
    known = _CONSTRAINTS.get(getattr(diag, "constraint_name", None) or "")
    return known() if known is not None else refused
