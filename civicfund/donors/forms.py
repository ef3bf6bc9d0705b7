"""What comes in by forms: a gift in three steps, a wish for money back, the office's answers."""

import re
import secrets
import unicodedata
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Email, InputRequired, Length, Optional, ValidationError

from civicfund.campaigns.models import Campaign, FundingModel
from civicfund.core.errors import N_, DomainError
from civicfund.core.money import Money, yen
from civicfund.donors import services
from civicfund.donors.accounts import KINDS, read_account
from civicfund.donors.errors import ChoiceOnFailureNeeded
from civicfund.donors.models import DonationState, Method, OnFailure, Publicity
from civicfund.donors.words import plain
from civicfund.web.errors import words_of
from civicfund.web.filters import label, money_sentence
from civicfund.web.forms import BaseForm, OnceForm, YenField

SUGGESTED = (1_000, 3_000, 5_000, 10_000)
OTHER = "other"
AMOUNT_FIELDS = ("choice", "amount", "method", "on_failure")
YOU_FIELDS = ("email", "publicity", "donor_name", "pen_name", "message", "wants_receipt",
              "postal_code", "address")  # fmt: skip
ACCOUNT_FIELDS = (
    "bank_name",
    "branch_name",
    "account_kind",
    "account_number",
    "account_holder",
)
STALE = N_(
    "This page was open for a long time, or the browser keeps no cookies. Nothing that you typed "
    "is lost: please press the button once more."
)


class GiftFields:
    """What a gift asks, in the order in which it is asked; the account comes after it."""

    choice = RadioField(lazy_gettext("Amount"), [Optional()], validate_choice=False)
    amount = YenField(
        lazy_gettext("Other amount"),
        description=lazy_gettext("A whole number of yen. Full-width digits are fine."),
    )
    method = RadioField(
        lazy_gettext("How to pay"),
        [InputRequired(lazy_gettext("Choose how you want to pay."))],
    )
    on_failure = RadioField(
        lazy_gettext("If you pay in cash and the project misses its target"),
        [Optional()],
        description=lazy_gettext("A card is simply not charged then: nothing to choose."),
    )
    email = StringField(
        lazy_gettext("E-mail address"),
        [
            InputRequired(lazy_gettext("Enter your e-mail address.")),
            Email(lazy_gettext("Check the e-mail address. Example: hanako@example.jp")),
            Length(max=254),
        ],
        description=lazy_gettext("We send the number of your gift and a link to follow it."),
    )
    publicity = RadioField(
        lazy_gettext("Your name on the site"),
        [InputRequired(lazy_gettext("Choose who may know that you gave."))],
    )
    donor_name = StringField(
        lazy_gettext("Your name"),
        [Length(max=100)],
        description=lazy_gettext("Needed if you show your name or want a receipt."),
    )
    pen_name = StringField(
        lazy_gettext("Pen name"),
        [Length(max=60)],
        description=lazy_gettext("Needed only if you show a pen name."),
    )
    message = TextAreaField(
        lazy_gettext("Message to the organisation"),
        [Length(max=200)],
        description=lazy_gettext(
            "Up to 200 characters. It stands on the project's page if you show a name."
        ),
    )
    wants_receipt = BooleanField(lazy_gettext("I want a receipt for my tax return"))
    postal_code = StringField(lazy_gettext("Postal code"), [Length(max=12)])
    address = StringField(
        lazy_gettext("Postal address"),
        [Length(max=300)],
        description=lazy_gettext("The address at which you are registered."),
    )
    accept_terms = BooleanField(
        lazy_gettext("I have read what happens to my gift and agree to give on these terms.")
    )
    # The endorsements that stood on the page when it was read: what was shown is what is kept.
    endorsements = HiddenField()


class AccountFields:
    """A bank account to which money can be returned; mixed into forms."""

    bank_name = StringField(lazy_gettext("Name of the bank"), [Length(max=60)])
    branch_name = StringField(lazy_gettext("Name of the branch"), [Length(max=60)])
    account_kind = RadioField(
        lazy_gettext("Kind of account"), [Optional()], choices=[(kind, kind) for kind in KINDS]
    )
    account_number = StringField(
        lazy_gettext("Account number"),
        [Length(max=20)],
        description=lazy_gettext("7 digits. Full-width digits are fine."),
    )
    account_holder = StringField(
        lazy_gettext("Account holder"),
        [Length(max=60)],
        description=lazy_gettext("In katakana, as in the bank book. Hiragana is fine too."),
    )


class AccountForm(BaseForm, AccountFields):
    """Where to return the money."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_account_kinds(self.account_kind)

    def account(self) -> dict[str, str] | None:
        """The account, or None with the error at its field."""
        return account_of(self)


class GiftForm(OnceForm, GiftFields, AccountFields):
    """A gift, however far it has been filled in: each step carries the others along."""

    def __init__(self, typed: MultiDict[str, str], *, campaign: Campaign) -> None:
        super().__init__(MultiDict((name, plain(value)) for name, value in typed.items(multi=True)))
        self.campaign = campaign
        if campaign.funding_model is not FundingModel.ALL_OR_NOTHING:
            del self.on_failure
        self.choice.choices = [
            *((str(amount), money_sentence(amount)) for amount in SUGGESTED),
            (OTHER, gettext("Other amount")),
        ]
        for field, kind in (
            ("method", Method),
            ("publicity", Publicity),
            ("on_failure", OnFailure),
        ):
            if field in self:
                self[field].choices = [(member.value, label(member)) for member in kind]
        name_account_kinds(self.account_kind)

    def validate_form_key(self, field: HiddenField) -> None:
        """A missing or mangled key is a stale form."""
        if not re.fullmatch(r"[\w-]{1,64}", field.data or "", re.ASCII):
            self.renew_key()
            raise ValidationError(gettext(STALE))

    def show_amount(self) -> None:
        """Back at the first step: an amount that is suggested shows as the suggestion."""
        if self.choice.data or self.amount.data is None:
            return
        if self.amount.data in SUGGESTED:
            self.choice.data, self.amount.raw_data, self.amount.data = (
                str(self.amount.data), [""], None,
            )  # fmt: skip
        else:
            self.choice.data = OTHER

    def wrong_step(self) -> int | None:
        """The first step with something to mend; None when all that was typed can be a gift."""
        self.validate()
        if self.csrf_token.errors:
            self.csrf_token.errors = [gettext(STALE)]
        self._settle_amount()
        if not self.amount.errors and not self.method.errors:
            self._check(lambda: services.check_amount(self.money, self.chosen_method))
            self._check(self._must_choose_on_failure)
        if self._has_errors(AMOUNT_FIELDS):
            return 1
        if self.needs_account:
            account_of(self)
        if not self._has_errors((*YOU_FIELDS, *ACCOUNT_FIELDS)):
            self._check(self._could_be_a_gift)
        return 2 if self.errors else None

    def forget_errors(self) -> None:
        """A step that is shown for the first time accuses nobody."""
        self.form_errors = []
        for field in self:
            field.errors = []

    def renew_key(self) -> None:
        """Another gift than the one that this form made: the next press makes a new one."""
        self.form_key.data = secrets.token_urlsafe(16)

    @property
    def money(self) -> Money:
        """The amount, once it was found right."""
        assert self.amount.data is not None, "settled"
        return yen(self.amount.data)

    @property
    def chosen_method(self) -> Method:
        """How to pay, once it was found right."""
        return Method(self.method.data)  # type: ignore[call-arg]

    @property
    def chosen_on_failure(self) -> OnFailure:
        """What to do if the target is missed; of no meaning for a project that keeps all."""
        chosen = OnFailure.of(str(self.on_failure.data)) if "on_failure" in self else None
        return chosen or OnFailure.REFUND

    @property
    def needs_account(self) -> bool:
        """Cash that may have to go back."""
        method = Method.of(str(self.method.data))
        return method is not None and services.needs_account(
            self.campaign, method=method, on_failure=self.chosen_on_failure
        )

    def wishes(self) -> dict[str, Any]:
        """What `services.start_donation` asks beside amount and method."""
        asks_account = self.needs_account
        return {
            "email": self.email.data or "",
            "publicity": Publicity(self.publicity.data),  # type: ignore[call-arg]
            "on_failure": self.chosen_on_failure,
            "donor_name": self.donor_name.data or "",
            "pen_name": self.pen_name.data or "",
            "message": self.message.data or "",
            "wants_receipt": bool(self.wants_receipt.data),
            "postal_code": postal_code(self.postal_code.data or ""),
            "address": self.address.data or "",
            "refund_account": account_of(self) if asks_account else None,
            "accepted_terms": bool(self.accept_terms.data),
        }

    def _settle_amount(self) -> None:
        """One amount out of the suggestion and the free field."""
        chosen = self.choice.data if self.choice.data in map(str, SUGGESTED) else None
        typed = self.amount.data
        if self.amount.errors:
            return
        if chosen is not None and typed is not None and int(chosen) != typed:
            message = gettext(
                "You chose %(chosen)s and also typed %(typed)s. Leave only one of them.",
                chosen=money_sentence(int(chosen)),
                typed=money_sentence(typed),
            )
            self.amount.errors = [*self.amount.errors, message]
        elif chosen is not None:
            self.amount.data = int(chosen)
        elif typed is None:
            self.amount.errors = [gettext("Choose an amount or type one.")]

    def _must_choose_on_failure(self) -> None:
        asks = services.may_come_back(self.campaign, self.chosen_method)
        if asks and not self.on_failure.data:
            raise ChoiceOnFailureNeeded

    def _could_be_a_gift(self) -> None:
        wishes = self.wishes() | {"accepted_terms": True}
        services.check_gift(self.campaign, amount=self.money, method=self.chosen_method, **wishes)

    def _check(self, rule: Any) -> None:
        try:
            rule()
        except DomainError as refusal:
            self.refuse(refusal)

    def _has_errors(self, names: Iterable[str]) -> bool:
        return any(self[name].errors for name in names if name in self)


class RefundForm(BaseForm, AccountFields):
    """A donor asks for the money back."""

    reason = TextAreaField(
        lazy_gettext("Why, if you want to tell us"),
        [Length(max=1000)],
        description=lazy_gettext("You need not give a reason."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_account_kinds(self.account_kind)


class DecisionForm(BaseForm):
    """The office grants a refund, all or a part, or declines it with a reason."""

    amount = YenField(lazy_gettext("Amount to return"))
    note = TextAreaField(
        lazy_gettext("Word to the donor"),
        [Length(max=1000)],
        description=lazy_gettext("The donor reads it. Needed if you decline."),
    )


class OfficeRefundForm(BaseForm):
    """The office returns a gift on its own account."""

    amount = YenField(
        lazy_gettext("Amount to return"), [InputRequired(lazy_gettext("Enter the amount."))]
    )
    note = TextAreaField(
        lazy_gettext("Reason"),
        [InputRequired(lazy_gettext("Write the reason.")), Length(max=1000)],
    )


class ReturnedForm(BaseForm):
    """A return is confirmed by a line of the bank."""

    bank_line = SelectField(lazy_gettext("Bank line"), coerce=int)


class GiftFilterForm(BaseForm):
    """Looking for a gift."""

    class Meta:
        """A search changes nothing and can be kept as an address."""

        csrf = False

    q = StringField(
        lazy_gettext("Number, e-mail or name"), filters=[lambda typed: plain(typed or "")]
    )
    state = SelectField(lazy_gettext("State"), [Optional()])
    method = SelectField(lazy_gettext("Paid by"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field, kind in (("state", DonationState), ("method", Method)):
            members = [(member.value, label(member)) for member in kind]
            self[field].choices = [("", gettext("All")), *members]


def name_account_kinds(field: RadioField) -> None:
    """The two kinds of account, in the language of the page."""
    names = {"ordinary": gettext("Ordinary (普通)"), "current": gettext("Current (当座)")}
    field.choices = [(kind, names[kind]) for kind in KINDS]


def account_of(form: Any) -> dict[str, str] | None:
    """The account that was typed, or None with the error at its field."""
    try:
        return read_account({name: form[name].data or "" for name in ACCOUNT_FIELDS})
    except DomainError as refusal:
        field: Field = form[refusal.field]
        words = words_of(refusal)
        if words not in field.errors:
            field.errors = [*field.errors, words]
        return None


def postal_code(typed: str) -> str:
    """`２１０－８５７７` as 210-8577; anything else as it was typed."""
    plain = unicodedata.normalize("NFKC", typed).strip().lstrip("〒")
    digits = re.sub(r"[\s‐-―−ー-]", "", plain)
    if len(digits) == 7 and digits.isascii() and digits.isdigit():
        return f"{digits[:3]}-{digits[3:]}"
    return plain[:8]
