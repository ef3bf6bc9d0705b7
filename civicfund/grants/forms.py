"""What comes in by forms: accounts, instalments, bank lines, reports and receipts."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from civicfund.core import clock
from civicfund.grants.models import EvidenceKind, PayeeKind, Report, ReportLine
from civicfund.grants.words import (
    LONGEST_NARRATIVE,
    LONGEST_NOTE,
    AccountWords,
    LineWords,
    ReceiptWords,
)
from civicfund.payments.models import BankLine
from civicfund.web.fields import DayField, choices_of
from civicfund.web.filters import day, money
from civicfund.web.forms import BaseForm, OnceForm, YenField

NEEDED = lazy_gettext("Fill this in.")


class AccountForm(BaseForm):
    """The bank account of an organisation, as it stands in the bank book."""

    bank_name = StringField(
        lazy_gettext("Name of the bank"), [InputRequired(NEEDED), Length(max=60)]
    )
    bank_code = StringField(
        lazy_gettext("Bank code"),
        [InputRequired(NEEDED), Length(max=12)],
        description=lazy_gettext("4 digits"),
    )
    branch_name = StringField(
        lazy_gettext("Name of the branch"), [InputRequired(NEEDED), Length(max=60)]
    )
    branch_code = StringField(
        lazy_gettext("Branch code"),
        [InputRequired(NEEDED), Length(max=12)],
        description=lazy_gettext("3 digits"),
    )
    kind = RadioField(lazy_gettext("Kind of account"), [InputRequired(NEEDED)])
    number = StringField(
        lazy_gettext("Account number"),
        [InputRequired(NEEDED), Length(max=20)],
        description=lazy_gettext("7 digits. Zeros at the beginning may be left out."),
    )
    holder_kana = StringField(
        lazy_gettext("Account holder in katakana"),
        [InputRequired(NEEDED), Length(max=80)],
        description=lazy_gettext(
            "As on the first page of the bank book. Full width or half width, both are fine. "
            "The account must be in the organisation's name."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices_of(PayeeKind)

    @property
    def words(self) -> AccountWords:
        """What was typed."""
        kind = PayeeKind.of(self.kind.data)
        assert kind is not None, "validated"
        return AccountWords(
            bank_code=self.bank_code.data or "",
            bank_name=self.bank_name.data or "",
            branch_code=self.branch_code.data or "",
            branch_name=self.branch_name.data or "",
            kind=kind,
            number=self.number.data or "",
            holder_kana=self.holder_kana.data or "",
        )


class WordsForm(BaseForm):
    """A deed with words that others read; which words, the page says."""

    reason = TextAreaField(
        lazy_gettext("Reason"),
        [
            InputRequired(lazy_gettext("Write the reason. Others will read it.")),
            Length(max=2_000),
        ],
    )


class DisbursementForm(OnceForm):
    """An instalment to prepare."""

    amount = YenField(lazy_gettext("Amount of the instalment"), [InputRequired(NEEDED)])
    purpose = StringField(
        lazy_gettext("What it is for"),
        [InputRequired(NEEDED), Length(max=200)],
        description=lazy_gettext(
            "For example “First instalment, 80 per cent”. Donors will read it."
        ),
    )


class LineForm(BaseForm):
    """A line of the bank's statement that confirms something."""

    bank_line = SelectField(
        lazy_gettext("Line of the bank statement"),
        [InputRequired(lazy_gettext("Choose the bank's line."))],
        coerce=lambda value: int(value) if str(value).isdigit() else None,
    )

    def offer(self, lines: Sequence[BankLine]) -> None:
        """Let one of these lines be chosen; one alone is chosen already."""
        self.bank_line.choices = [("", gettext("Choose a line")), *map(_choice, lines)]
        if len(lines) == 1 and not self.is_submitted():
            self.bank_line.data = lines[0].id


class PaidForm(LineForm):
    """An instalment left the bank, and the bank took its fee or did not."""

    fee_line = SelectField(
        lazy_gettext("Transfer fee, if the bank took one"),
        [Optional()],
        coerce=lambda value: int(value) if str(value).isdigit() else None,
    )

    def offer_fees(self, lines: Sequence[BankLine]) -> None:
        """Let one of these lines be the fee, or none."""
        self.fee_line.choices = [("", gettext("No fee")), *map(_choice, lines)]


class ReturnedForm(LineForm):
    """An instalment came back."""

    reason = StringField(
        lazy_gettext("Why the bank sent it back"),
        [InputRequired(lazy_gettext("Write the reason. Others will read it.")), Length(max=500)],
    )


class ReportForm(BaseForm):
    """A report as it is written; its lines are named `spent-7` and `note-7` after the line's id."""

    version = HiddenField()
    narrative = TextAreaField(
        lazy_gettext("What was done, and what came of it"),
        [Length(max=LONGEST_NARRATIVE)],
        description=lazy_gettext(
            "Donors will read this. When and where, how many people came, what changed, what you "
            "learned. Please name no private persons without their consent."
        ),
    )

    @property
    def seen_version(self) -> int:
        """The version that the writer saw; nonsense is no version of ours."""
        typed = str(self.version.data or "")
        return int(typed) if typed.isascii() and typed.isdigit() else 0


class _LineFields(BaseForm):
    """The two fields of one line, whose names carry its number."""

    class Meta:
        csrf = False

    spent = YenField(lazy_gettext("Spent"), at_least=0)
    note = StringField(lazy_gettext("Note"), [Length(max=LONGEST_NOTE)])


class ReportLineForms:
    """One small form per budget line, so that each says its own error."""

    def __init__(self, report: Report, *, sent: bool) -> None:
        self.of: dict[int, _LineFields] = {
            line.id: _line_form(line, sent=sent) for line in report.lines
        }

    def validate(self) -> bool:
        """All are looked at, so that everything is said at once."""
        answers = [form.validate() for form in self.of.values()]
        return all(answers)

    @property
    def wrong(self) -> bool:
        """Has any of them an error?"""
        return any(form.errors for form in self.of.values())

    @property
    def words(self) -> dict[int, LineWords]:
        """What was typed, by the id of the line; an empty amount is 0."""
        return {
            line_id: LineWords(form.spent.data or 0, form.note.data or "")
            for line_id, form in self.of.items()
        }


def _line_form(line: ReportLine, *, sent: bool) -> _LineFields:
    if sent:
        return _LineFields(prefix=f"line-{line.id}")
    return _LineFields(
        formdata=None, prefix=f"line-{line.id}", spent=line.spent_yen or None, note=line.note
    )


class EvidenceForm(BaseForm):
    """A receipt: the file, and what is written on it."""

    file = FileField(
        lazy_gettext("Receipt (PDF or photograph)"),
        [FileRequired(lazy_gettext("Choose the file of the receipt."))],
        description=lazy_gettext(
            "PDF, JPEG, PNG or WebP, up to 10 MB. Donors of this campaign will see it: black out "
            "private names, addresses and account numbers before you upload it. Leave the date, "
            "the amount, the shop and what was bought."
        ),
    )
    kind = RadioField(
        lazy_gettext("What it is"),
        [InputRequired(NEEDED)],
        description=lazy_gettext("Estimates and invoices do not count: they prove no payment."),
    )
    issued_on = DayField(lazy_gettext("Date on the receipt"), [InputRequired(NEEDED)])
    amount = YenField(
        lazy_gettext("Amount for this budget line"),
        [InputRequired(NEEDED)],
        description=lazy_gettext("If only a part belongs here, enter that part."),
    )
    issuer_name = StringField(
        lazy_gettext("Who issued it"), [InputRequired(NEEDED), Length(max=120)]
    )
    addressee = StringField(
        lazy_gettext("Whom it is made out to"),
        [InputRequired(NEEDED), Length(max=120)],
        description=lazy_gettext("Your organisation's name. “上様” does not count."),
    )
    purpose = StringField(
        lazy_gettext("What was bought"),
        [InputRequired(NEEDED), Length(max=200)],
        description=lazy_gettext("For example “paint, 12 tins”. “品代” does not count."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices_of(EvidenceKind)
        self.issued_on.render_kw = {"type": "date", "max": clock.today().isoformat()}

    @property
    def words(self) -> ReceiptWords:
        """What was typed."""
        kind = EvidenceKind.of(self.kind.data)
        assert kind is not None, "validated"
        assert self.issued_on.data is not None, "validated"
        return ReceiptWords(
            kind=kind,
            issued_on=self.issued_on.data,
            issuer_name=self.issuer_name.data or "",
            addressee=self.addressee.data or "",
            purpose=self.purpose.data or "",
            amount_yen=self.amount.data,
        )


class DecisionForm(BaseForm):
    """Accept a report, or send it back with notes."""

    decision = RadioField(
        lazy_gettext("Decision"), [InputRequired(lazy_gettext("Choose a decision."))]
    )
    reason = TextAreaField(
        lazy_gettext("What is missing"),
        [Optional(), Length(max=4_000)],
        description=lazy_gettext("Needed when you ask for changes. The organisation will read it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decision.choices = [
            ("accept", gettext("Accept the report")),
            ("changes", gettext("Ask for changes")),
        ]


def _choice(line: BankLine) -> tuple[int, str]:
    return line.id, f"{day(line.booked_on)}　{money(line.amount_yen)}　{line.counterparty}"
