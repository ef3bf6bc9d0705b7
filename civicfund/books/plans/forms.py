"""When, how much, on what."""

from typing import Any

from flask_babel import lazy_gettext
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from civicfund.books.words import year_words
from civicfund.web.forms import BaseForm, YenField

# How far ahead a fund may plan, in years.
FARTHEST = 20


class PlanForm(BaseForm):
    """What the note on designated gifts asks of money held for more than five years."""

    planned_year = SelectField(lazy_gettext("Planned year"), [InputRequired()], coerce=int)
    amount = YenField(
        lazy_gettext("Planned amount"), [InputRequired(lazy_gettext("Enter the amount."))]
    )
    planned_use = StringField(
        lazy_gettext("Planned use"),
        [DataRequired(lazy_gettext("Write what it is for.")), Length(max=300)],
        description=lazy_gettext("Anybody can read it in the note: name no persons."),
    )

    def __init__(self, *args: Any, after: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = range(after + 1, after + 1 + FARTHEST)
        self.planned_year.choices = [(year, year_words(year)) for year in years]
