"""Form bases: what was typed is kept, what is wrong is said beside its field."""

import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.i18n import translations
from wtforms import Field, Form, HiddenField, StringField
from wtforms.meta import DefaultMeta
from wtforms.validators import DataRequired, ValidationError
from wtforms.widgets import TextInput

from civicfund.core.db import transaction
from civicfund.core.errors import DomainError
from civicfund.core.money import LARGEST_YEN, NotAnAmount, parse_yen
from civicfund.web.errors import words_of

Result = TypeVar("Result")


class BaseForm(FlaskForm):
    """A form of ours: CSRF-protected, and able to carry out a deed and show its refusal."""

    def attempt(self, deed: Callable[[], Result]) -> Result | None:
        """Do `deed` in a transaction; a refusal becomes an error of the field it names.

        Returns what the deed returned, or None when it was refused (nothing was changed then).
        """
        try:
            with transaction():
                return deed()
        except DomainError as refusal:
            self.refuse(refusal)
            return None

    def refuse(self, refusal: DomainError) -> None:
        """Show a refusal at its field, or above the form."""
        field: Field | None = self._fields.get(refusal.field) if refusal.field else None
        if field is not None:
            field.errors = [*field.errors, words_of(refusal)]
        else:
            self.form_errors: list[str] = [*(self.form_errors or []), words_of(refusal)]


class SearchForm(Form):
    """A form that an address carries: it changes nothing, so it needs no token."""

    class Meta(DefaultMeta):
        """The library's own refusals speak the reader's language too."""

        def get_translations(self, form: Any) -> Any:  # noqa: ARG002  # the library's words
            """Those of the page."""
            return translations


class OnceForm(BaseForm):
    """A form whose deed must happen once, however often it is sent: it carries its own key."""

    form_key = HiddenField(default=lambda: secrets.token_urlsafe(16))

    def validate_form_key(self, field: HiddenField) -> None:
        """A missing or mangled key is a stale form."""
        if not field.data or len(field.data) > 64:
            raise ValidationError(gettext("This page is out of date. Reload it and try again."))


class YenField(Field):
    """Whole yen; full-width digits, commas and 円 are welcome. `.data` is an int or None."""

    widget = TextInput()

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        *,
        at_least: int = 1,
        at_most: int = LARGEST_YEN,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.at_least, self.at_most = at_least, at_most

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the amount; ValueError with what to do."""
        self.data = None
        if not valuelist or not str(valuelist[0]).strip():
            return
        try:
            amount = parse_yen(str(valuelist[0]))
        except NotAnAmount as wrong:
            raise ValueError(words_of(wrong)) from wrong
        if amount < self.at_least:
            raise ValueError(
                gettext("Enter an amount of at least %(yen)s yen.", yen=f"{self.at_least:,}")
            )
        if amount > self.at_most:
            raise ValueError(
                gettext("Enter an amount of at most %(yen)s yen.", yen=f"{self.at_most:,}")
            )
        self.data = amount


class ReasonForm(BaseForm):
    """A deed that must say why."""

    reason = StringField(
        lazy_gettext("Reason"),
        [DataRequired(lazy_gettext("Write the reason. Others will read it."))],
    )

    def validate_reason(self, field: StringField) -> None:
        """A reason is words."""
        if not field.data or not field.data.strip():
            raise ValidationError(gettext("Write the reason. Others will read it."))
