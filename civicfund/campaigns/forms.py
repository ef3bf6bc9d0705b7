"""What comes in by forms: a campaign with its budget rows, a review, an update, a concern."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Email, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from civicfund.campaigns.budget import BudgetDraft
from civicfund.campaigns.checklists import CHECKLISTS
from civicfund.campaigns.models import (
    PUBLIC,
    WARD_NAMES,
    CampaignState,
    FundingModel,
    ReviewDecision,
    ReviewKind,
    Theme,
    Ward,
)
from civicfund.core import tokens
from civicfund.core.enums import Labelled
from civicfund.web.fields import DayField, choices_of, member_of
from civicfund.web.forms import BaseForm, OnceForm, ReasonForm, SearchForm, YenField

MOST_ROWS = 30
PICTURE_TOKEN = "campaign-picture"  # noqa: S105  # a purpose, not a secret


def _at_most(signs: int) -> Length:
    """Told, not cut: with `maxlength` a browser silently drops the end of what is pasted."""
    limit = Length(max=signs)
    limit.field_flags = {}
    return limit


class BudgetLineForm(Form):
    """One row of the budget; an empty row is no row."""

    label = StringField(lazy_gettext("What for"), [_at_most(120)])
    amount_yen = YenField(lazy_gettext("Amount"), at_most=1_000_000_000)
    note = StringField(lazy_gettext("Note"), [_at_most(300)])

    def validate_label(self, field: StringField) -> None:
        """An amount needs its purpose."""
        if self.amount_yen.data is not None and not (field.data or "").strip():
            raise ValidationError(gettext("Write what this amount is for."))

    def validate_amount_yen(self, field: YenField) -> None:
        """A purpose needs its amount."""
        words = (self.label.data or "") + (self.note.data or "")
        if words.strip() and field.data is None and not field.process_errors:
            raise ValidationError(gettext("Enter the amount of this line."))


class CampaignForm(BaseForm):
    """Everything that an organisation writes; a draft may leave most of it empty."""

    # Why the picture was refused, if it was.
    image_refusal: str | None = None
    # Was it refused because somebody else has changed the campaign meanwhile?
    is_stale = False

    version = HiddenField()
    # A picture that was uploaded with an earlier, refused try: a signed id.
    kept_image = HiddenField()

    title = StringField(
        lazy_gettext("Title"),
        [InputRequired(lazy_gettext("Give the campaign a title.")), _at_most(100)],
        description=lazy_gettext("What it is and where, in one line. Up to 100 characters."),
    )
    summary = TextAreaField(
        lazy_gettext("Summary"),
        [_at_most(160)],
        description=lazy_gettext(
            "Stands in lists and in search results. Two sentences, up to 160 characters."
        ),
    )
    story = TextAreaField(
        lazy_gettext("Story"),
        [_at_most(20_000)],
        description=lazy_gettext(
            "Why it is needed, for whom, what you will do and by when. You can use Markdown: "
            "## for a heading, - for a list, **bold**."
        ),
    )
    ward = SelectField(lazy_gettext("Where"), coerce=member_of(Ward))
    theme = SelectField(lazy_gettext("Theme"), coerce=member_of(Theme))
    funding_model = RadioField(
        lazy_gettext("If the target is not reached"), [Optional()], coerce=member_of(FundingModel)
    )
    target_yen = YenField(
        lazy_gettext("Target"),
        at_most=1_000_000_000,
        description=lazy_gettext("The budget lines below must add up to it exactly."),
    )
    starts_on = DayField(lazy_gettext("Start day"), [Optional()])
    deadline_on = DayField(
        lazy_gettext("Deadline"),
        [Optional()],
        description=lazy_gettext("Gifts count until the end of this day, within one year."),
    )
    image = FileField(
        lazy_gettext("Picture"),
        description=lazy_gettext(
            "JPEG, PNG or WebP, up to 10 MB. Pictures wider than tall fit best."
        ),
    )
    remove_image = BooleanField(lazy_gettext("Use no picture"))
    image_alt = StringField(
        lazy_gettext("What the picture shows"),
        [_at_most(200)],
        description=lazy_gettext("Read to people who cannot see it."),
    )
    budget_lines = FieldList(
        FormField(BudgetLineForm),
        label=lazy_gettext("Budget"),
        min_entries=3,
        max_entries=MOST_ROWS,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose = gettext("Choose")
        wards = [(ward.value, _ward_label(ward)) for ward in Ward]
        self.ward.choices = [("", choose), *wards]
        self.theme.choices = choices_of(Theme, empty=choose)
        self.funding_model.choices = [
            (
                FundingModel.ALL_OR_NOTHING.value,
                gettext(
                    "All or nothing: cards are charged only when the target is reached; "
                    "otherwise nobody pays"
                ),
            ),
            (
                FundingModel.KEEP_ALL.value,
                gettext("Keep what comes in: the project is done with whatever was given"),
            ),
        ]

    def add_row(self) -> None:
        """One more empty row for the budget."""
        if len(self.budget_lines.entries) < MOST_ROWS:
            self.budget_lines.append_entry()

    def number_rows(self) -> None:
        """Tell the rows apart, for the summary of errors and for those who cannot see them."""
        for number, entry in enumerate(self.budget_lines, start=1):
            row = entry.form
            row.label.label.text = gettext("What for, line %(number)s", number=number)
            row.amount_yen.label.text = gettext("Amount in yen, line %(number)s", number=number)
            row.note.label.text = gettext("Note, line %(number)s", number=number)

    @property
    def rows(self) -> list[BudgetDraft]:
        """The budget lines that were filled in."""
        return [
            BudgetDraft(row.label.data or "", row.amount_yen.data, row.note.data or "")
            for row in (entry.form for entry in self.budget_lines)
            if row.amount_yen.data is not None
        ]

    @property
    def budget_total(self) -> int:
        """What the rows add up to as they are typed now."""
        return sum(row.amount_yen for row in self.rows)

    @property
    def kept_image_id(self) -> int | None:
        """The picture that an earlier try has brought already."""
        subject = tokens.read(PICTURE_TOKEN, self.kept_image.data or "")
        return int(subject) if subject is not None else None

    def keep_image(self, stored_id: int) -> None:
        """Carry an uploaded picture along, so that a refusal does not lose it."""
        self.kept_image.data = tokens.sign(PICTURE_TOKEN, str(stored_id))


class NewCampaignForm(CampaignForm, OnceForm):
    """The first time: which organisation asks, and a key so that it is made once."""

    organisation_id = SelectField(lazy_gettext("Organisation"), coerce=int)


class CheckboxList(SelectMultipleField):
    """Several of a list, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ReviewForm(BaseForm):
    """One person's judgement of one part."""

    version = HiddenField()
    checked = CheckboxList(lazy_gettext("Points checked"))
    decision = RadioField(
        lazy_gettext("Your judgement"),
        [InputRequired(lazy_gettext("Choose your judgement."))],
        coerce=member_of(ReviewDecision),
    )
    notes = TextAreaField(
        lazy_gettext("Notes to the organisation"),
        [_at_most(4000)],
        description=lazy_gettext("Needed unless you approve. They are sent as you write them."),
    )

    def __init__(self, kind: ReviewKind, **kwargs: Any) -> None:
        # Both parts may stand on one page: their fields must not share an id.
        super().__init__(prefix=f"{kind.value}-", **kwargs)
        self.checked.choices = [(key, gettext(words)) for key, words in CHECKLISTS[kind].items()]
        self.decision.choices = choices_of(ReviewDecision)


class UpdateForm(OnceForm):
    """News for those who gave."""

    title = StringField(
        lazy_gettext("Title"),
        [InputRequired(lazy_gettext("Give the update a title.")), _at_most(100)],
    )
    body = TextAreaField(
        lazy_gettext("Text"),
        [InputRequired(lazy_gettext("Write what happened.")), _at_most(10_000)],
        description=lazy_gettext("You can use Markdown: - for a list, **bold**."),
    )


class ConcernForm(OnceForm):
    """Something may be wrong with this campaign."""

    words = TextAreaField(
        lazy_gettext("What is wrong?"),
        [InputRequired(lazy_gettext("Write what you noticed.")), _at_most(4000)],
        description=lazy_gettext("What you saw, where and when. You need not give your name."),
    )
    email = StringField(
        lazy_gettext("E-mail, if you want an answer"), [Optional(), Email(), _at_most(254)]
    )


class ConcernOutcomeForm(ReasonForm):
    """What the office found."""

    reason = TextAreaField(
        lazy_gettext("What was found, and what was done"),
        [DataRequired(lazy_gettext("Write what was found.")), _at_most(4000)],
    )


def _public_state(value: Any) -> CampaignState | None:
    state = member_of(CampaignState)(value)
    if state is not None and state not in PUBLIC:
        raise ValueError(value)
    return state


class FilterForm(SearchForm):
    """What a visitor looks for; nonsense in the address is no filter."""

    q = StringField(lazy_gettext("Words"))
    ward = SelectField(lazy_gettext("Ward"), coerce=member_of(Ward))
    theme = SelectField(lazy_gettext("Theme"), coerce=member_of(Theme))
    state = SelectField(lazy_gettext("State"), coerce=_public_state)
    endorsed = BooleanField(lazy_gettext("Endorsed by the city"))
    ending_soon = BooleanField(lazy_gettext("Ending within 7 days"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = gettext("All")
        self.ward.choices = [("", everything), *((w.value, _ward_label(w)) for w in Ward)]
        self.theme.choices = choices_of(Theme, empty=everything)
        self.state.choices = [
            ("", everything),
            *((s.value, gettext(s.label)) for s in CampaignState if s in PUBLIC),
        ]

    @property
    def in_force(self) -> dict[str, str]:
        """The filters for the links of the pagination."""
        kept = {
            field.name: field.data.value if isinstance(field.data, Labelled) else field.data
            for field in self
        }
        return {name: "1" if value is True else str(value) for name, value in kept.items() if value}


def _ward_label(ward: Ward) -> str:
    label = gettext(ward.label)
    name = WARD_NAMES[ward]
    return label if label == name else f"{label} ({name})"
