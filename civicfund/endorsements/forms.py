"""What comes in by forms: a request, the check of criteria, a decision, a report of misuse."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Email, InputRequired, Length, Optional, ValidationError

from civicfund.core import clock
from civicfund.endorsements.kinds import meaning
from civicfund.endorsements.models import Endorsement, EndorsementKind, Issuer, StateNow
from civicfund.endorsements.services import Decision, RequestTerms
from civicfund.web.fields import DayField, choices_of, member_of
from civicfund.web.filters import local_name
from civicfund.web.forms import BaseForm, OnceForm

NEEDED = lazy_gettext("This is needed.")
EMPTY_CONDITIONS = 2
MOST_CONDITIONS = 20


def _number(value: Any) -> int | None:
    text = str(value or "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


class RegisterForm(BaseForm):
    """The filters of the register; read from the address, so it carries no token."""

    class Meta:
        csrf = False

    q = StringField(lazy_gettext("Search"))
    kind = SelectField(lazy_gettext("Kind"), coerce=member_of(EndorsementKind))
    issuer = SelectField(lazy_gettext("Issuing office"), coerce=_number)
    state = SelectField(lazy_gettext("State"), coerce=member_of(StateNow))

    def __init__(self, *args: Any, issuers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices_of(EndorsementKind, empty=gettext("All kinds"))
        self.state.choices = choices_of(StateNow, empty=gettext("All states"))
        offices = [(issuer.id, local_name(issuer)) for issuer in issuers]
        self.issuer.choices = [("", gettext("All offices")), *offices]


class TermsForm(OnceForm):
    """What the name is wanted for, and for how long."""

    scope_text = TextAreaField(
        lazy_gettext("What is the name wanted for?"),
        [InputRequired(NEEDED), Length(max=2000)],
        description=lazy_gettext("What you do, for whom, where, and where the name will be shown."),
    )
    asked_from = DayField(lazy_gettext("First day"), [InputRequired(NEEDED)])
    asked_until = DayField(
        lazy_gettext("Last day"),
        description=lazy_gettext(
            "The last day on which the name may be shown. Only a designation by ordinance has none."
        ),
    )
    event_on = DayField(
        lazy_gettext("Day of the event"), description=lazy_gettext("If there is an event.")
    )
    late_reason = TextAreaField(
        lazy_gettext("Why does the request come late?"),
        [Length(max=500)],
        description=lazy_gettext(
            "Only if the event is less than a month away (co-hosting: three months)."
        ),
    )
    document = FileField(
        lazy_gettext("Outline, budget or bylaws"),
        description=lazy_gettext("A PDF or a picture, up to 10 MB. The office alone sees it."),
    )

    @classmethod
    def answering(cls, endorsement: Endorsement) -> "TermsForm":
        """Filled in with what was asked before."""
        names = ("scope_text", "asked_from", "asked_until", "event_on", "late_reason")
        return cls(**{name: getattr(endorsement, name) for name in names})

    def terms(self) -> RequestTerms:
        """As the services take it."""
        return RequestTerms(
            scope_text=self.scope_text.data or "",
            asked_from=self.asked_from.data or clock.today(),
            asked_until=self.asked_until.data,
            event_on=self.event_on.data,
            late_reason=self.late_reason.data or "",
        )

    def validate_asked_until(self, field: DayField) -> None:
        """The last day is not before the first."""
        if field.data and self.asked_from.data and field.data < self.asked_from.data:
            raise ValidationError(gettext("Enter a last day that is not before the first day."))


class RequestForm(TermsForm):
    """A first request: which office, which kind."""

    issuer_id = SelectField(lazy_gettext("Issuing office"), [InputRequired(NEEDED)], coerce=_number)
    kind = SelectField(
        lazy_gettext("Kind"), [InputRequired(NEEDED)], coerce=member_of(EndorsementKind)
    )

    def __init__(self, *args: Any, issuers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = [(issuer.id, local_name(issuer)) for issuer in issuers]
        self.issuer_id.choices = [("", gettext("Choose an office")), *offices]
        self.kind.choices = choices_of(EndorsementKind, empty=gettext("Choose a kind"))

    @classmethod
    def starting(cls, issuers: list[Issuer]) -> "RequestForm":
        """Filled in with what most people ask."""
        only = issuers[0].id if len(issuers) == 1 else None
        return cls(
            issuers=issuers, kind=EndorsementKind.NOMINAL_SUPPORT, issuer_id=only,
            asked_from=clock.today(),
        )  # fmt: skip


class CriterionForm(Form):
    """One criterion: met or not, and a note for the file."""

    checked = BooleanField(lazy_gettext("Met"))
    note = StringField(lazy_gettext("Note for the file"), [Length(max=300)])


class CriteriaForm(BaseForm):
    """The whole list, in its order."""

    criteria = FieldList(FormField(CriterionForm))


class ConditionForm(Form):
    """One condition; an empty row is no row."""

    text = StringField(lazy_gettext("Condition"), [Length(max=500)])
    due_on = DayField(lazy_gettext("Last day"))

    def validate_text(self, field: StringField) -> None:
        """A day needs its duty."""
        if self.due_on.data and not (field.data or "").strip():
            raise ValidationError(gettext("Write what has to be done until this day."))


class DecisionForm(BaseForm):
    """What stands on the public page."""

    name_as_displayed = StringField(
        lazy_gettext("Name as displayed"),
        [InputRequired(NEEDED), Length(max=200)],
        description=lazy_gettext("Exactly as it may stand on a poster or a page."),
    )
    decision_no = StringField(
        lazy_gettext("Decision number"),
        [InputRequired(NEEDED), Length(max=100)],
        description=lazy_gettext("The number of the letter of decision."),
    )
    decision_on = DayField(lazy_gettext("Day of the decision"), [InputRequired(NEEDED)])
    legal_basis = StringField(
        lazy_gettext("Basis"),
        [InputRequired(NEEDED), Length(max=200)],
        description=lazy_gettext("The guideline, ordinance or agreement, with its article."),
    )
    valid_from = DayField(lazy_gettext("Valid from"), [InputRequired(NEEDED)])
    valid_until = DayField(
        lazy_gettext("Valid until"),
        description=lazy_gettext("Valid to the end of this day. It then ends by itself."),
    )
    further_limits = TextAreaField(
        lazy_gettext("What else is not vouched for"),
        [Length(max=2000)],
        description=lazy_gettext("One line each. The fixed texts above always stay."),
    )
    conditions = FieldList(FormField(ConditionForm), max_entries=MOST_CONDITIONS)
    cost_borne = BooleanField(lazy_gettext("The office bears cost, as agreed in writing"))
    liability = TextAreaField(
        lazy_gettext("Liability"),
        [Length(max=1000)],
        description=lazy_gettext("Only if something was agreed. Otherwise the office takes none."),
    )
    logo_allowed = BooleanField(
        lazy_gettext("The emblem may be shown as well (separate permission)")
    )
    letter = FileField(
        lazy_gettext("Letter of decision"),
        description=lazy_gettext("A PDF or a picture, up to 10 MB. It stands on the public page."),
    )

    @classmethod
    def starting(cls, endorsement: Endorsement) -> "DecisionForm":
        """Filled in with what was asked for and what the kind always demands."""
        rules = meaning(endorsement.kind)
        rows: list[dict[str, Any]] = [{"text": text} for text in rules.conditions]
        issuer = endorsement.issuer
        return cls(
            name_as_displayed=f"{rules.name_prefix}：{issuer.body_ja} {issuer.bureau_ja}".strip(),
            decision_on=clock.today(),
            valid_from=endorsement.asked_from,
            valid_until=endorsement.asked_until,
            conditions=rows + [{} for _ in range(EMPTY_CONDITIONS)],
        )

    def decision(self) -> Decision:
        """As the services take it."""
        rows = [(row.form.text.data or "", row.form.due_on.data) for row in self.conditions]
        return Decision(
            name_as_displayed=self.name_as_displayed.data or "",
            legal_basis=self.legal_basis.data or "",
            decision_no=self.decision_no.data or "",
            decision_on=self.decision_on.data or clock.today(),
            valid_from=self.valid_from.data or clock.today(),
            valid_until=self.valid_until.data,
            conditions=tuple((text, due_on) for text, due_on in rows if text.strip()),
            further_limits=tuple((self.further_limits.data or "").splitlines()),
            cost_borne=bool(self.cost_borne.data),
            liability=self.liability.data or "",
            logo_allowed=bool(self.logo_allowed.data),
        )


class WordsForm(BaseForm):
    """A deed that must say why, in more than a line."""

    reason = TextAreaField(lazy_gettext("Reason"), [Length(max=2000)])

    def validate_reason(self, field: TextAreaField) -> None:
        """A reason is words."""
        if not (field.data or "").strip():
            raise ValidationError(gettext("Write the reason. Others will read it."))


class MisuseForm(OnceForm):
    """What somebody saw, and where."""

    words = TextAreaField(
        lazy_gettext("What did you see, and where?"),
        [InputRequired(NEEDED), Length(max=2000)],
        description=lazy_gettext("For example the address of the page, or where the poster hangs."),
    )
    email = StringField(
        lazy_gettext("Your e-mail address"),
        [Optional(), Email(lazy_gettext("Check the e-mail address.")), Length(max=320)],
        description=lazy_gettext("Only if we may ask you back. Nobody else sees it."),
    )
