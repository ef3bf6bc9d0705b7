"""An award with its instalments and its report, and the sums that pages show of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from civicfund.grants.models import Award, Disbursement, DisbursementState, Report
from civicfund.grants.queries import disbursements, reports


@dataclass(frozen=True, slots=True)
class AwardSummary:
    """What was decided, what is on its way, what was paid, and what may still be paid."""

    award: Award
    disbursements: Sequence[Disbursement]
    report: Report | None

    @property
    def paid(self) -> list[Disbursement]:
        """Instalments that the bank has confirmed, in the order of their days."""
        rows = [row for row in self.disbursements if row.state is DisbursementState.PAID]
        return sorted(rows, key=lambda row: (row.paid_on or date.max, row.number))

    @property
    def paid_yen(self) -> int:
        """On the organisation's account."""
        return sum(row.amount_yen for row in self.paid)

    @property
    def on_the_way_yen(self) -> int:
        """Prepared, approved or given to the bank."""
        return sum(row.amount_yen for row in self.disbursements if row.is_live) - self.paid_yen

    @property
    def room_yen(self) -> int:
        """What no instalment has asked for yet."""
        if self.award.entry_id is None:
            return 0
        return self.award.final_yen - self.paid_yen - self.on_the_way_yen


def summaries_of(awards: Sequence[Award]) -> list[AwardSummary]:
    """For a list: two statements, however long it is; reports without their lines."""
    ids = [award.id for award in awards]
    instalments = disbursements.disbursements_of(ids)
    filed = reports.reports_of(ids)
    return [
        AwardSummary(award, instalments.get(award.id, []), filed.get(award.id)) for award in awards
    ]


def summary_of(award: Award) -> AwardSummary:
    """For one page: the report with its lines and receipts."""
    instalments = disbursements.disbursements_of([award.id])
    return AwardSummary(award, instalments.get(award.id, []), reports.report_of(award.id))
