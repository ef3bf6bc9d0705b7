"""A paper to attach, a piece to withdraw, papers to look for."""

from dataclasses import replace
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Length

from civicfund.ledger.forms import EntrySearchForm
from civicfund.ledger.models import EvidenceKind
from civicfund.ledger.queries import EntryFilter
from civicfund.web.filters import label
from civicfund.web.forms import BaseForm, ReasonForm

OFFERED = tuple(kind for kind in EvidenceKind if kind is not EvidenceKind.WITHDRAWAL)


class AttachForm(BaseForm):
    """A document as it was received, and what it is."""

    file = FileField(
        lazy_gettext("File"),
        [FileRequired(lazy_gettext("Choose a file."))],
        description=lazy_gettext(
            "The file as you received it: PDF, picture, CSV, XML or e-mail (EML), up to 10 MB. "
            "It is kept byte for byte."
        ),
    )
    kind = RadioField(
        lazy_gettext("What it is"), [InputRequired(lazy_gettext("Choose what the paper is."))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(kind.value, label(kind)) for kind in OFFERED]

    @property
    def chosen_kind(self) -> EvidenceKind:
        """The kind that was ticked."""
        kind = EvidenceKind.of(self.kind.data)
        assert kind is not None, "validated"
        return kind


class AttachToManyForm(AttachForm):
    """One document for several entries: a bank statement of the month."""

    entries = SelectMultipleField(
        lazy_gettext("Entries"), coerce=int, validate_choice=False, default=[]
    )


class WithdrawForm(ReasonForm):
    """Why a piece was attached in error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reason.validators = [*self.reason.validators, Length(max=500)]


class PaperSearchForm(EntrySearchForm):
    """Papers by the day, amount and party of their entries, with every name, and by kind."""

    kind = SelectField(lazy_gettext("Kind of paper"), default="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [
            ("", gettext("All")),
            *((kind.value, label(kind)) for kind in EvidenceKind),
        ]

    def wanted(self) -> EntryFilter:
        """What was asked, with every name."""
        return replace(super().wanted(), sees_names=True)
