"""What people and administrators type about people and organisations."""

from flask_babel import lazy_gettext
from wtforms import (
    EmailField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.validators import URL, DataRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from civicfund.identity.models import OrganisationKind, RoleName
from civicfund.web.fields import choices_of, member_of
from civicfund.web.forms import BaseForm

LANGUAGES = [("ja", "日本語"), ("en", "English")]

_named = DataRequired(lazy_gettext("Enter a name."))


class DetailsForm(BaseForm):
    """My own name and language."""

    name = StringField(lazy_gettext("Name"), validators=[_named, Length(max=120)])
    locale = RadioField(lazy_gettext("Language of the mails you get"), choices=LANGUAGES)


class RolesField(SelectMultipleField):
    """Roles as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PersonForm(BaseForm):
    """Somebody who is let in."""

    email = EmailField(
        lazy_gettext("E-mail address"),
        validators=[DataRequired(lazy_gettext("Enter an e-mail address.")), Length(max=320)],
    )
    name = StringField(lazy_gettext("Name"), validators=[_named, Length(max=120)])
    locale = RadioField(lazy_gettext("Language of the mails"), choices=LANGUAGES, default="ja")
    roles = RolesField(lazy_gettext("Roles"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.roles.choices = choices_of(RoleName)


class RoleForm(BaseForm):
    """One more role."""

    role = RadioField(lazy_gettext("Role"))


class MembershipForm(BaseForm):
    """Somebody acts for an organisation."""

    email = EmailField(
        lazy_gettext("E-mail address of the person's account"),
        validators=[DataRequired(lazy_gettext("Enter an e-mail address."))],
    )
    position = StringField(lazy_gettext("Position"), validators=[Optional(), Length(max=120)])


class OrganisationForm(BaseForm):
    """What is known of an organisation."""

    kind = SelectField(lazy_gettext("Kind"), coerce=member_of(OrganisationKind))
    name_ja = StringField(lazy_gettext("Name in Japanese"), validators=[_named, Length(max=200)])
    name_en = StringField(lazy_gettext("Name in English"), validators=[Length(max=200)])
    slug = StringField(lazy_gettext("Address of its page"), validators=[Length(max=80)])
    corporate_number = StringField(lazy_gettext("Corporate number"), validators=[Length(max=30)])
    description_ja = TextAreaField(
        lazy_gettext("Description in Japanese"), validators=[Length(max=4000)]
    )
    description_en = TextAreaField(
        lazy_gettext("Description in English"), validators=[Length(max=4000)]
    )
    website = URLField(
        lazy_gettext("Website"),
        validators=[
            Optional(),
            URL(message=lazy_gettext("Enter the whole address, beginning with https://")),
            Length(max=300),
        ],
    )
    contact_email = EmailField(
        lazy_gettext("E-mail address for the public"), validators=[Optional(), Length(max=320)]
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices_of(OrganisationKind)

    @property
    def profile(self) -> dict[str, str]:
        """What the services take."""
        left_out = {"csrf_token", "kind", "slug"}
        return {name: value or "" for name, value in self.data.items() if name not in left_out}
