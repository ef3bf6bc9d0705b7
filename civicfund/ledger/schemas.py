"""The book as machines read it: whole yen, account codes, names that anyone may know."""

from marshmallow import Schema, ValidationError, fields, validates_schema
from marshmallow.validate import Length, OneOf, Range

from civicfund.core.money import LARGEST_YEN
from civicfund.ledger.models import AccountKind, FundClass, FundKind

LARGEST_ID = 2**63 - 1


def _values(members: object) -> OneOf:
    return OneOf([member.value for member in members])  # type: ignore[attr-defined]


class LedgerQuerySchema(Schema):
    """`GET /api/v1/ledger/entries?from=&to=&min=&max=&party=&fund=&after=`."""

    date_from = fields.Date(data_key="from", metadata={"description": "First day, included."})
    date_to = fields.Date(data_key="to", metadata={"description": "Last day, included."})
    at_least = fields.Integer(
        data_key="min", validate=Range(0, LARGEST_YEN), metadata={"description": "Yen."}
    )
    at_most = fields.Integer(
        data_key="max", validate=Range(0, LARGEST_YEN), metadata={"description": "Yen."}
    )
    party = fields.String(
        load_default="",
        validate=Length(max=100),
        metadata={"description": "Part of a public name; kana and width do not matter."},
    )
    fund = fields.String(
        load_default="", validate=Length(max=40), metadata={"description": "Code of a fund."}
    )
    after = fields.Integer(
        load_default=0,
        validate=Range(0, LARGEST_ID),
        metadata={"description": "`next_after` of the page before; entries come oldest first."},
    )
    limit = fields.Integer(load_default=100, validate=Range(1, 500))

    @validates_schema
    def in_order(self, asked: dict[str, object], **_kwargs: object) -> None:
        """Ranges begin before they end."""
        for low, high, name in (("date_from", "date_to", "to"), ("at_least", "at_most", "max")):
            if low in asked and high in asked and asked[low] > asked[high]:  # type: ignore[operator]
                raise ValidationError("The range ends before it begins.", name)


class LedgerLineSchema(Schema):
    """One transfer of an entry."""

    line = fields.Integer(required=True)
    debit = fields.String(required=True, metadata={"description": "Account code: line/fund."})
    credit = fields.String(required=True, metadata={"description": "Account code: line/fund."})
    amount = fields.Integer(required=True)


class LedgerEntrySchema(Schema):
    """A journal entry."""

    id = fields.Integer(required=True, metadata={"description": "Grows; has gaps."})
    number = fields.Integer(required=True, metadata={"description": "仕訳番号, without gaps."})
    url = fields.String(required=True)
    kind = fields.String(required=True, metadata={"description": "Name of the posting rule."})
    effective_on = fields.Date(required=True)
    recorded_at = fields.AwareDateTime(required=True)
    is_late = fields.Boolean(
        required=True,
        metadata={
            "description": "Recorded after the following month, or after its own month was closed."
        },
    )
    amount = fields.Integer(
        required=True, metadata={"description": "The largest sum moved into or out of an account."}
    )
    currency = fields.String(required=True, validate=OneOf(["JPY"]))
    party = fields.String(
        required=True, allow_none=True, metadata={"description": "Null when not to be shown."}
    )
    fund = fields.String(required=True)
    reverses = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Id of the reversed entry."}
    )
    reverses_number = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Its 仕訳番号."}
    )
    lines = fields.List(fields.Nested(LedgerLineSchema), required=True)


class LedgerEntryListSchema(Schema):
    """Entries, oldest first."""

    items = fields.List(fields.Nested(LedgerEntrySchema), required=True)
    next_after = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Null on the last page."}
    )


class ProofSchema(Schema):
    """That an entry stands in the sealed log, and where."""

    number = fields.Integer(required=True)
    leaf = fields.String(required=True, metadata={"description": "The leaf's bytes, as UTF-8."})
    leaf_index = fields.Integer(required=True)
    leaf_hash = fields.String(required=True, metadata={"description": "Base64."})
    tree_size = fields.Integer(required=True)
    root_hash = fields.String(required=True, metadata={"description": "Base64."})
    path = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Siblings from the leaf up to the root, base64 (RFC 6962, 2.1.1)"},
    )
    checkpoint = fields.String(required=True, metadata={"description": "A C2SP signed note."})
    keys = fields.List(
        fields.String(), required=True, metadata={"description": "Verifier keys of the log."}
    )


class BalancesQuerySchema(Schema):
    """`GET /api/v1/ledger/balances?on=`."""

    on = fields.Date(metadata={"description": "At the end of that day; without: now."})


class LedgerFundSchema(Schema):
    """A fund in yen."""

    code = fields.String(required=True)
    name_ja = fields.String(required=True)
    name_en = fields.String(required=True)
    kind = fields.String(required=True, validate=_values(FundKind))
    designation = fields.String(required=True, validate=_values(FundClass))
    received = fields.Integer(required=True)
    granted = fields.Integer(required=True)
    spent = fields.Integer(required=True)
    designated = fields.Integer(required=True)
    general = fields.Integer(required=True)
    held = fields.Integer(required=True, metadata={"description": "On condition of a target."})
    payable = fields.Integer(required=True, metadata={"description": "Grants not yet paid."})


class LedgerAccountSchema(Schema):
    """An account in yen."""

    code = fields.String(required=True)
    chart_code = fields.String(required=True)
    fund = fields.String(required=True)
    name_ja = fields.String(required=True)
    name_en = fields.String(required=True)
    kind = fields.String(required=True, validate=_values(AccountKind))
    fund_class = fields.String(required=True, allow_none=True)
    debits = fields.Integer(required=True)
    credits = fields.Integer(required=True)
    balance = fields.Integer(
        required=True, metadata={"description": "In the natural sign of the kind."}
    )


class BalancesSchema(Schema):
    """What stands in the book."""

    on = fields.Date(required=True, allow_none=True)
    currency = fields.String(required=True, validate=OneOf(["JPY"]))
    funds = fields.List(fields.Nested(LedgerFundSchema), required=True)
    accounts = fields.List(fields.Nested(LedgerAccountSchema), required=True)
