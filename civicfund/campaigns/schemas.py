"""Campaigns as machines read them: whole yen with their currency, endorsements valid now."""

from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf

from civicfund.campaigns.models import PUBLIC, CampaignState, FundingModel, Theme, Ward
from civicfund.web.api import PageQuerySchema, page_schema

CURRENCY = "JPY"


def _one_of(members: object) -> OneOf:
    return OneOf(sorted(member.value for member in members))  # type: ignore[attr-defined]


class CampaignQuerySchema(PageQuerySchema):
    """`GET /api/v1/campaigns?state=&ward=&theme=&endorsed=&q=&page=`."""

    state = fields.String(
        validate=_one_of(PUBLIC), metadata={"description": "Only campaigns in this state."}
    )
    ward = fields.String(validate=_one_of(Ward))
    theme = fields.String(validate=_one_of(Theme))
    endorsed = fields.Boolean(
        metadata={"description": "Only campaigns with an endorsement that is valid today."}
    )
    ending_soon = fields.Boolean(metadata={"description": "Only those ending within 7 days."})
    q = fields.String(
        validate=Length(max=200),
        metadata={"description": "Words that all must be found; kana and width do not matter."},
    )


class OrganisationSchema(Schema):
    """Who asks."""

    slug = fields.String(required=True)
    name_ja = fields.String(required=True)
    name_en = fields.String(required=True)
    checked_on = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "When the fund checked who this is."},
    )


class ProgressSchema(Schema):
    """Money from the book; what is pending is not counted in `committed`."""

    currency = fields.String(required=True, validate=OneOf([CURRENCY]))
    target = fields.Integer(required=True)
    committed = fields.Integer(required=True, metadata={"description": "paid + held + pledged"})
    paid = fields.Integer(required=True, metadata={"description": "Gross gifts in the book."})
    held = fields.Integer(
        required=True, metadata={"description": "Paid in, kept until the outcome is known."}
    )
    pledged = fields.Integer(
        required=True, metadata={"description": "Saved cards, charged only on success."}
    )
    pending = fields.Integer(required=True, metadata={"description": "Payments under way."})
    percent = fields.Integer(required=True, metadata={"description": "Cut, never rounded up."})
    supporters = fields.Integer(required=True)


class CampaignEndorsementSchema(Schema):
    """An endorsement that is valid now."""

    register_no = fields.String(required=True)
    kind = fields.String(required=True)
    issuer_ja = fields.String(required=True)
    issuer_en = fields.String(required=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)
    url = fields.Url(required=True, require_tld=False)


class CampaignSchema(Schema):
    """A campaign in a list."""

    reference = fields.String(required=True)
    slug = fields.String(required=True)
    url = fields.Url(required=True, require_tld=False)
    title = fields.String(required=True)
    summary = fields.String(required=True)
    state = fields.String(required=True, validate=_one_of([*PUBLIC, CampaignState.CANCELLED]))
    ward = fields.String(required=True, validate=_one_of(Ward))
    ward_name_ja = fields.String(required=True)
    theme = fields.String(required=True, validate=_one_of(Theme))
    funding_model = fields.String(required=True, validate=_one_of(FundingModel))
    starts_on = fields.Date(required=True)
    deadline_on = fields.Date(required=True)
    deadline_at = fields.AwareDateTime(required=True)
    image_url = fields.Url(required=True, allow_none=True, require_tld=False)
    organisation = fields.Nested(OrganisationSchema, required=True)
    progress = fields.Nested(ProgressSchema, required=True)
    endorsements = fields.List(fields.Nested(CampaignEndorsementSchema), required=True)


class BudgetLineSchema(Schema):
    """One thing that the money is asked for."""

    label = fields.String(required=True)
    amount = fields.Integer(required=True)
    currency = fields.String(required=True, validate=OneOf([CURRENCY]))
    note = fields.String(required=True)


class CampaignUpdateSchema(Schema):
    """News of the organisation, in Markdown."""

    title = fields.String(required=True)
    body = fields.String(required=True)
    posted_at = fields.AwareDateTime(required=True)


class CampaignDetailSchema(CampaignSchema):
    """A campaign with all that its page says."""

    story = fields.String(required=True, metadata={"description": "Markdown."})
    image_alt = fields.String(required=True)
    budget = fields.List(fields.Nested(BudgetLineSchema), required=True)
    rules = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "The terms of every gift, fixed when the campaign opened."},
    )
    updates = fields.List(fields.Nested(CampaignUpdateSchema), required=True)


CampaignPageSchema = page_schema(CampaignSchema)
