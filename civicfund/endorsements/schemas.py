"""The shape of the register for machines."""

import marshmallow as ma

from civicfund.endorsements.models import EndorsementKind, EventKind, StateNow
from civicfund.web.api import PageQuerySchema


class WordsSchema(ma.Schema):
    """A text of an office; the Japanese one counts, the English one may be empty."""

    ja = ma.fields.String(required=True)
    en = ma.fields.String(required=True)


class IssuerSchema(ma.Schema):
    """The office that vouches, and how to ask it."""

    name = ma.fields.Nested(WordsSchema, required=True)
    officer_title = ma.fields.Nested(WordsSchema, required=True)
    kind = ma.fields.String(required=True)
    phone = ma.fields.String(required=True)
    website = ma.fields.String(required=True)
    did = ma.fields.String(required=True, allow_none=True)


class SubjectSchema(ma.Schema):
    """What it is about."""

    kind = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    url = ma.fields.String(required=True)


class EndorsementSchema(ma.Schema):
    """An entry of the register in short."""

    register_no = ma.fields.String(required=True)
    url = ma.fields.String(required=True, metadata={"description": "The page for people."})
    kind = ma.fields.String(
        required=True, validate=ma.validate.OneOf([kind.value for kind in EndorsementKind])
    )
    kind_label = ma.fields.String(
        required=True, metadata={"description": "In the language asked for."}
    )
    name_as_displayed = ma.fields.String(required=True)
    state_now = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf([state.value for state in StateNow]),
        metadata={"description": "By the clock at this moment: only `valid` may be shown."},
    )
    valid_from = ma.fields.Date(required=True)
    valid_until = ma.fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "Valid to the end of this day in Japan."},
    )
    issuer = ma.fields.Nested(IssuerSchema, required=True)
    subject = ma.fields.Nested(SubjectSchema, required=True)


class ConditionSchema(ma.Schema):
    """A duty that came with the word."""

    text = ma.fields.String(required=True)
    due_on = ma.fields.Date(required=True, allow_none=True)
    met_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class EventSchema(ma.Schema):
    """One line of the public history."""

    kind = ma.fields.String(
        required=True, validate=ma.validate.OneOf([kind.value for kind in EventKind])
    )
    at = ma.fields.AwareDateTime(required=True)
    note = ma.fields.String(required=True)


class EndorsementInFullSchema(EndorsementSchema):
    """An entry of the register with everything that is public."""

    scope_text = ma.fields.String(required=True)
    criteria = ma.fields.List(
        ma.fields.Nested(WordsSchema), required=True, metadata={"description": "All were met."}
    )
    vouches_for = ma.fields.List(ma.fields.Nested(WordsSchema), required=True)
    does_not_vouch_for = ma.fields.List(ma.fields.Nested(WordsSchema), required=True)
    legal_basis = ma.fields.String(required=True)
    decision_no = ma.fields.String(required=True)
    decision_on = ma.fields.Date(required=True)
    issued_at = ma.fields.AwareDateTime(required=True)
    ended_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    revocation_reason = ma.fields.String(required=True, allow_none=True)
    conditions = ma.fields.List(ma.fields.Nested(ConditionSchema), required=True)
    cost_borne = ma.fields.Boolean(required=True)
    liability = ma.fields.String(required=True)
    logo_allowed = ma.fields.Boolean(required=True)
    supersedes = ma.fields.String(required=True, allow_none=True)
    superseded_by = ma.fields.String(required=True, allow_none=True)
    history = ma.fields.List(ma.fields.Nested(EventSchema), required=True)


class RegisterQuerySchema(PageQuerySchema):
    """The filters of the register."""

    kind = ma.fields.String(validate=ma.validate.OneOf([kind.value for kind in EndorsementKind]))
    state = ma.fields.String(validate=ma.validate.OneOf([state.value for state in StateNow]))
    issuer = ma.fields.String(
        validate=ma.validate.Regexp(r"^[A-Z]{1,6}$"),
        metadata={"description": "The letters before the numbers of its register, such as K."},
    )
    q = ma.fields.String(
        validate=ma.validate.Length(max=200),
        metadata={"description": "Words that all have to be found."},
    )
