"""Gifts as machines send and read them: whole yen with their currency, bounded texts."""

from typing import Any

from marshmallow import Schema, ValidationError, fields
from marshmallow.validate import Length, OneOf

from civicfund.core.money import NotAnAmount, parse_yen
from civicfund.donors.accounts import KINDS
from civicfund.donors.models import DonationState, Method, OnFailure, Publicity, RefundState

CURRENCY = "JPY"


def _one_of(kind: Any) -> OneOf:
    return OneOf([member.value for member in kind])


class YenAmount(fields.Field[int]):
    """Whole yen: an integer, or a text such as `１，０００円`."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:  # noqa: ARG002
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str) and len(value) <= 40:
            try:
                return parse_yen(value)
            except NotAnAmount as wrong:
                raise ValidationError(str(wrong)) from wrong
        raise ValidationError("Not a whole number of yen.")


class AccountSchema(Schema):
    """A bank account to which cash can be returned."""

    bank_name = fields.String(required=True, validate=Length(1, 60))
    branch_name = fields.String(required=True, validate=Length(1, 60))
    account_kind = fields.String(required=True, validate=OneOf(KINDS))
    account_number = fields.String(required=True, validate=Length(1, 20))
    account_holder = fields.String(
        required=True, validate=Length(1, 60), metadata={"description": "In katakana."}
    )


class NewDonationSchema(Schema):
    """A gift to begin. What a web donor decides by pressing is decided here by sending."""

    amount = YenAmount(
        required=True,
        metadata={
            "oneOf": [{"type": "integer"}, {"type": "string", "maxLength": 40}],
            "description": "Whole yen; full-width digits, commas and 円 are understood in a text.",
        },
    )
    email = fields.Email(required=True, validate=Length(max=254))
    publicity = fields.String(required=True, validate=_one_of(Publicity))
    accept_terms = fields.Boolean(
        required=True,
        metadata={"description": "True: the donor has read the rules of the campaign and agrees."},
    )
    method = fields.String(load_default=Method.CARD.value, validate=_one_of(Method))
    on_failure = fields.String(
        validate=_one_of(OnFailure),
        metadata={"description": "Needed for cash to an all-or-nothing campaign."},
    )
    name = fields.String(load_default="", validate=Length(max=100))
    pen_name = fields.String(load_default="", validate=Length(max=60))
    message = fields.String(load_default="", validate=Length(max=200))
    wants_receipt = fields.Boolean(load_default=False)
    postal_code = fields.String(load_default="", validate=Length(max=12))
    address = fields.String(load_default="", validate=Length(max=300))
    refund_account = fields.Nested(AccountSchema, load_default=None, allow_none=True)
    locale = fields.String(load_default="ja", validate=OneOf(["ja", "en"]))
    form_key = fields.String(
        validate=Length(1, 200),
        metadata={"description": "As the header Idempotency-Key, which wins if both are given."},
    )


class IdempotencyHeaderSchema(Schema):
    """Sent again under the same key, a gift is the same gift."""

    idempotency_key = fields.String(
        data_key="Idempotency-Key",
        validate=Length(1, 200),
        metadata={"description": "Yours; the same key and e-mail address answer the same gift."},
    )


class NewDonationAnswerSchema(Schema):
    """Where to go on."""

    reference = fields.String(required=True)
    redirect_url = fields.Url(
        required=True,
        require_tld=False,
        metadata={"description": "The payment page; the gift's own page when nothing is to pay."},
    )
    status_url = fields.Url(required=True, require_tld=False)


class EvidenceSchema(Schema):
    """Something to look at."""

    label = fields.String(required=True)
    url = fields.String(required=True)


class StepSchema(Schema):
    """One station of the way of a gift."""

    at = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "An instant or a day (ISO 8601); null for what is to come."},
    )
    kind = fields.String(required=True)
    title = fields.String(required=True)
    amount = fields.Integer(required=True, allow_none=True)
    state = fields.String(required=True, validate=OneOf(["done", "current", "todo"]))
    body = fields.String(required=True)
    url = fields.String(required=True, allow_none=True)
    evidence = fields.List(fields.Nested(EvidenceSchema), required=True)


class RefundSchema(Schema):
    """What was asked back."""

    amount = fields.Integer(required=True)
    state = fields.String(required=True, validate=_one_of(RefundState))
    requested_at = fields.AwareDateTime(required=True)


class DonationSchema(Schema):
    """A gift, for whoever has its link."""

    reference = fields.String(required=True)
    state = fields.String(required=True, validate=_one_of(DonationState))
    amount = fields.Integer(required=True)
    operating_share = fields.Integer(required=True)
    currency = fields.String(required=True, validate=OneOf([CURRENCY]))
    method = fields.String(required=True, validate=_one_of(Method))
    campaign = fields.String(required=True, metadata={"description": "Its slug."})
    started_at = fields.AwareDateTime(required=True)
    paid_at = fields.AwareDateTime(required=True, allow_none=True)
    entries = fields.List(
        fields.Integer(),
        required=True,
        metadata={"description": "The entries of the book, the oldest first."},
    )
    refunds = fields.List(fields.Nested(RefundSchema), required=True)
    steps = fields.List(fields.Nested(StepSchema), required=True)
