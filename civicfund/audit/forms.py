"""What an auditor asks for: a part of the log, a sample, a file."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from civicfund.audit.queries import LogFilter
from civicfund.books.forms import BookDayField
from civicfund.ledger.exports import BOOK, NAMES
from civicfund.web.fields import DayField
from civicfund.web.forms import BaseForm, SearchForm


class LogForm(SearchForm):
    """The log of deeds."""

    date_from = DayField(lazy_gettext("From (day)"), name="from")
    date_to = DayField(lazy_gettext("To (day)"), name="to")
    actor = StringField(lazy_gettext("Who"), [Length(max=100)])
    deed = SelectField(lazy_gettext("Deed"), validate_choice=False)
    subject = StringField(lazy_gettext("To what"), [Length(max=120)])

    def __init__(self, *args: Any, deeds: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deed.choices = [("", gettext("All")), *((deed, deed) for deed in deeds)]

    def wanted(self) -> LogFilter:
        """What was asked, as the query takes it."""
        return LogFilter(
            date_from=self.date_from.data,
            date_to=self.date_to.data,
            actor=(self.actor.data or "").strip(),
            deed=self.deed.data or "",
            subject=(self.subject.data or "").strip(),
        )


class SpanForm(SearchForm):
    """Some days."""

    date_from = DayField(lazy_gettext("From (day)"), name="from")
    date_to = DayField(lazy_gettext("To (day)"), name="to")

    def validate_date_to(self, field: DayField) -> None:
        """The days must be in order."""
        if field.data and self.date_from.data and field.data < self.date_from.data:
            raise ValidationError(gettext("The last day is before the first day."))


class MasterSearchForm(SearchForm):
    """A part of the master data."""

    words = StringField(lazy_gettext("Code or name"), [Length(max=100)], name="q")


class SampleForm(SearchForm):
    """A sample drawn by lot."""

    seed = StringField(lazy_gettext("Seed"), [InputRequired(), Length(max=60)])
    size = IntegerField(lazy_gettext("How many"), [InputRequired(), NumberRange(1, 200)])
    date_from = DayField(lazy_gettext("From (day)"), name="from")
    date_to = DayField(lazy_gettext("To (day)"), name="to")


class ExportForm(BaseForm):
    """The book as a file."""

    format = RadioField(lazy_gettext("Format"), [InputRequired()])
    date_from = BookDayField(lazy_gettext("From (day)"), name="from")
    date_to = BookDayField(lazy_gettext("To (day)"), name="to")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "csv": gettext("Journal as CSV, for a spreadsheet"),
            "ledger": gettext("General ledger with running balances as CSV"),
            "beancount": gettext("beancount, checked by bean-check"),
            "hledger": gettext("hledger, checked by hledger check"),
            "book": gettext("The whole sealed book with its proofs, as a ZIP file"),
        }
        self.format.choices = [(name, labels[name]) for name in NAMES]

    def validate_date_to(self, field: DayField) -> None:
        """The days must be in order."""
        if field.data and self.date_from.data and field.data < self.date_from.data:
            raise ValidationError(gettext("The last day is before the first day."))

    def validate_date_from(self, field: DayField) -> None:
        """The sealed book has no days: its proof covers all of it."""
        if self.format.data == BOOK and (field.data or self.date_to.data):
            raise ValidationError(gettext("The sealed book is whole; leave the days empty."))
