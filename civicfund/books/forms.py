"""What a book is asked for: days, a year and its month, a fund, an account; all have a default."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import Length, ValidationError

from civicfund.books import queries
from civicfund.books.asking import Asked
from civicfund.books.places import Place, row_of
from civicfund.books.statements.figures import named
from civicfund.books.words import year_words
from civicfund.core import clock
from civicfund.grants.models import Award
from civicfund.grants.queries.awards import award_by_reference
from civicfund.ledger.chart import CHART
from civicfund.ledger.days import LATEST, is_of_a_book
from civicfund.ledger.models import Fund, FundKind, Party
from civicfund.ledger.queries import account_by_code, fund_by_code
from civicfund.ledger.rows import Reader
from civicfund.web.fields import DayField
from civicfund.web.forms import SearchForm

MONTHS = (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)


def _this_year() -> int:
    return clock.fiscal_year(clock.today())


class YearField(SelectField):
    """A fiscal year of the book, this one unless another is asked for."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, coerce=int, default=_this_year, **kwargs)
        self.choices = [(year, year_words(year)) for year in queries.fiscal_years()]


class MonthField(SelectField):
    """A month of the fiscal year, or all of it."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, coerce=int, default=0, **kwargs)
        months = [(month, gettext("Month %(month)s", month=month)) for month in MONTHS]
        self.choices = [(0, gettext("The whole year")), *months]


class BookDayField(DayField):
    """A day that the calendar of the book knows."""

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  # the library's words
        """Refuse what no book can be of."""
        if self.data is not None and not is_of_a_book(self.data):
            self.data = None
            raise ValidationError(gettext("No book speaks of this day."))


class FundField(StringField):
    """A fund by its code; `fund` is the one that was found."""

    fund: Fund | None = None

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  # the library's words
        """Find the fund, or say that there is none."""
        code = (self.data or "").strip().upper()
        self.fund = fund_by_code(code) if code else None
        if code and self.fund is None:
            raise ValidationError(gettext("There is no fund with this code."))


class CampaignFundField(FundField):
    """A fund that a campaign was given."""

    def pre_validate(self, form: Any) -> None:
        """Find the fund, and the campaign behind it."""
        super().pre_validate(form)
        if self.fund is not None and self.fund.kind is not FundKind.CAMPAIGN:
            raise ValidationError(gettext("There is no campaign with this fund."))


class GrantField(StringField):
    """A grant by its reference; `grant` is the one that was found."""

    grant: Award | None = None

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  # the library's words
        """Find the grant, or say that there is none."""
        reference = (self.data or "").strip().upper()
        self.grant = award_by_reference(reference) if reference else None
        if reference and self.grant is None:
            raise ValidationError(gettext("There is no grant with this reference."))


class PartyField(HiddenField):
    """A party by its number; `party` is the one that was found."""

    party: Party | None = None

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  # the library's words
        """Find the party, or say that there is none."""
        number = row_of(self.data or "")
        self.party = queries.party_by_id(number) if number is not None else None
        if self.data and self.party is None:
            raise ValidationError(gettext("There is no such party in the book."))


class AccountField(StringField):
    """A line of the chart (`1131`), or one account of it (`1131/GENERAL`)."""

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  # the library's words
        """Refuse what is not in the chart, or was never opened."""
        self.data = (self.data or "").strip().upper()
        known = account_by_code(self.data) if "/" in self.data else CHART.get(self.data)
        if self.data and known is None:
            raise ValidationError(gettext("There is no such account in the book."))


class FigureField(HiddenField):
    """A figure of a statement, as its link names it."""

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  # the library's words
        """Refuse what no statement can say."""
        if not named(self.data or "", year=_this_year()):
            # Nobody typed it: there is nothing to keep.
            self.data = ""
            raise ValidationError(gettext("No statement has such a figure."))


FIELDS: dict[str, dict[str, Any]] = {
    "span": {
        "date_from": BookDayField(lazy_gettext("From (day)"), name="from"),
        "date_to": BookDayField(lazy_gettext("To (day)"), name="to"),
    },
    "year": {"year": YearField(lazy_gettext("Fiscal year"))},
    "month": {"month": MonthField(lazy_gettext("Month"))},
    "day": {"day": BookDayField(lazy_gettext("At the end of (day)"), name="on")},
    "fund": {"fund": FundField(lazy_gettext("Fund (code)"), [Length(max=40)])},
    "campaign": {
        "campaign": CampaignFundField(lazy_gettext("Campaign (code of its fund)"), [Length(max=40)])
    },
    "grant": {"grant": GrantField(lazy_gettext("Grant (reference)"), [Length(max=20)])},
    "party": {
        "name": StringField(lazy_gettext("Party"), [Length(max=100)]),
        "party": PartyField(lazy_gettext("Party")),
    },
    "account": {"account": AccountField(lazy_gettext("Ledger account"), [Length(max=50)])},
    "figure": {"figure": FigureField(lazy_gettext("Figure"), name="of")},
    "closing": {"before_closing": BooleanField(lazy_gettext("Before the closing entries"))},
}


class AskForm(SearchForm):
    """The parameters of a book; a book's own form adds the fields that it asks for."""

    def validate_date_to(self, _field: DayField) -> None:
        """The days must be in order."""
        first, last = self._span()
        if first > last:
            raise ValidationError(gettext("The last day is before the first day."))

    def asked(
        self,
        *,
        room: str,
        reader: Reader,
        is_whole: bool = False,
        after: str = "",
        before: str = "",
    ) -> Asked:
        """What was asked, as the builders take it; the form shows the days that it chose."""
        first, last = self._span()
        name = (self._value("name") or "").strip()
        for field, day in (("date_from", first), ("date_to", last)):
            if field in self._fields:
                self._fields[field].data = day
        return Asked(
            room=room,
            reader=reader,
            first=first,
            last=last,
            day=self._value("day") or clock.today(),
            year=self._value("year") or clock.fiscal_year(last),
            month=self._value("month") or 0,
            fund=self._found("fund", "fund") or self._found("campaign", "fund"),
            grant=self._found("grant", "grant"),
            # Who searches for a name has left the party that stood there.
            party=None if name else self._found("party", "party"),
            name=name,
            account=self._value("account") or "",
            figure=self._value("figure") or "",
            is_before_closing=bool(self._value("before_closing")),
            is_whole=is_whole,
            after=Place.of(after),
            before=Place.of(before),
            after_row=row_of(after),
            before_row=row_of(before),
        )

    def _value(self, name: str) -> Any:
        field = self._fields.get(name)
        return field.data if field is not None else None

    def _found(self, name: str, attribute: str) -> Any:
        """The row that a field has found."""
        return getattr(self._fields.get(name), attribute, None)

    def _span(self) -> tuple[date, date]:
        """The days asked for; without any, the fiscal year (and its month) that was asked for."""
        year, month = self._value("year"), self._value("month") or 0
        if year and month:
            first = date(year if month >= clock.FISCAL_START else year + 1, month, 1)
            return first, clock.end_of_month(first)
        if year:
            return clock.fiscal_days(year)
        first, last = self._value("date_from"), self._value("date_to")
        if first is None:
            first, _ = clock.fiscal_days(clock.fiscal_year(min(last or LATEST, clock.today())))
        if last is None:
            _, last = clock.fiscal_days(clock.fiscal_year(max(first, clock.today())))
        return first, last


def form_for(asks: Sequence[str]) -> type[AskForm]:
    """The form of a book that asks for these."""
    fields = {name: field for part in asks for name, field in FIELDS[part].items()}
    return type("BookForm", (AskForm,), fields)
