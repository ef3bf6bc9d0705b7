"""Reports that are due: a word two weeks before, and one when the day has passed."""

from civicfund.core import clock
from civicfund.grants import emails
from civicfund.grants.queries import reports


def remind_of_reports() -> int:
    """Each word goes out once, however often this runs; answers how many reports are due soon."""
    due = reports.reports_due_by(clock.today() + emails.REMIND_BEFORE)
    for report in due:
        emails.remind_of_report(report, days_left=(report.due_on - clock.today()).days)
    return len(due)
