"""What is looked for in the book: days, amounts, a party, a fund; nothing is required."""

from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import Length, ValidationError

from civicfund.core import clock
from civicfund.ledger.kinds import KINDS
from civicfund.ledger.queries import EntryFilter, days_of_book
from civicfund.web.fields import DayField
from civicfund.web.forms import SearchForm, YenField


class EntrySearchForm(SearchForm):
    """The search of the journal: ranges of days and amounts, a name, a fund; all must fit."""

    date_from = DayField(lazy_gettext("From (day)"), name="from")
    date_to = DayField(lazy_gettext("To (day)"), name="to")
    at_least = YenField(lazy_gettext("Amount from"), name="min", at_least=0)
    at_most = YenField(lazy_gettext("Amount to"), name="max", at_least=0)
    lines = BooleanField(lazy_gettext("Amounts of single lines too"))
    party = StringField(lazy_gettext("Party"), [Length(max=100)])
    fund = StringField(lazy_gettext("Fund (code)"), [Length(max=40)])

    def validate_date_to(self, field: DayField) -> None:
        """The days must be in order."""
        if field.data and self.date_from.data and field.data < self.date_from.data:
            raise ValidationError(gettext("The last day is before the first day."))

    def validate_at_most(self, field: YenField) -> None:
        """The amounts must be in order."""
        least = self.at_least.data
        if field.data is not None and least is not None and field.data < least:
            raise ValidationError(gettext("The highest amount is below the lowest."))

    def wanted(self) -> EntryFilter:
        """What was asked, as the queries take it."""
        return EntryFilter(
            date_from=self.date_from.data,
            date_to=self.date_to.data,
            at_least=self.at_least.data,
            at_most=self.at_most.data,
            in_lines=bool(self.lines.data),
            party=self.party.data or "",
            fund=(self.fund.data or "").strip().upper(),
        )


class AuditSearchForm(EntrySearchForm):
    """The auditor's search: by account, kind and late entry too, and by every name."""

    account = StringField(lazy_gettext("Ledger account"), [Length(max=50)])
    kind = SelectField(lazy_gettext("Kind of entry"), default="")
    late = BooleanField(lazy_gettext("Late entries only"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind, gettext(name)) for kind, (_, name) in KINDS.items()]
        self.kind.choices = [("", gettext("All")), *kinds]

    def wanted(self) -> EntryFilter:
        """What was asked, with every name."""
        return replace(
            super().wanted(),
            account=(self.account.data or "").strip().upper(),
            kind=self.kind.data or "",
            is_late=bool(self.late.data),
            sees_names=True,
        )


class SpanForm(SearchForm):
    """Of which days a picture speaks: a fiscal year, or any days, or the whole book."""

    year = SelectField(lazy_gettext("Fiscal year"), default="")
    date_from = DayField(lazy_gettext("From (day)"), name="from")
    date_to = DayField(lazy_gettext("To (day)"), name="to")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        book = days_of_book(until=clock.today())
        first, last = map(clock.fiscal_year, book)
        self.whole = clock.fiscal_days(first)[0], clock.fiscal_days(last)[1]
        years = [
            (str(year), gettext("Fiscal year %(year)s", year=year))
            for year in range(last, first - 1, -1)
        ]
        self.year.choices = [("", gettext("Since the book began")), *years]

    def validate_date_to(self, field: DayField) -> None:
        """The days must be in order."""
        if field.data and self.date_from.data and field.data < self.date_from.data:
            raise ValidationError(gettext("The last day is before the first day."))

    def days(self) -> tuple[date, date]:
        """The days asked for, as far as the book goes; days count before the year."""
        first, last = clock.fiscal_days(int(self.year.data)) if self.year.data else self.whole
        if self.date_from.data or self.date_to.data:
            first, last = self.date_from.data or self.whole[0], self.date_to.data or self.whole[1]
        return max(first, self.whole[0]), min(last, self.whole[1])


class DayForm(SearchForm):
    """The day at whose end a statement is asked for."""

    on = DayField(lazy_gettext("At the end of (day)"))
