"""The JSON twin of the public book; never a hidden name."""

from base64 import b64encode
from typing import Any

from flask import current_app
from flask.views import MethodView
from flask_smorest import Blueprint

from civicfund.ledger import proofs, queries
from civicfund.ledger.models import JournalEntry
from civicfund.ledger.queries import EntryFilter
from civicfund.ledger.rows import PUBLIC, fund_of
from civicfund.ledger.schemas import (
    BalancesQuerySchema,
    BalancesSchema,
    LedgerEntryListSchema,
    LedgerQuerySchema,
    ProofSchema,
)
from civicfund.web.guards import public

bp = Blueprint(
    "ledger_api",
    __name__,
    url_prefix="/api/v1/ledger",
    description="The public book: every entry, every balance.",
)
CURRENCY = "JPY"


@bp.route("/entries")
class Entries(MethodView):
    """The journal."""

    @bp.arguments(LedgerQuerySchema, location="query")
    @bp.response(200, LedgerEntryListSchema)
    @public
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """List sealed entries, oldest first; follow `next_after` to the end and again later."""
        after, limit = asked.pop("after"), asked.pop("limit")
        page = queries.sealed_entries_after(EntryFilter(**asked), after=after, limit=limit)
        return {
            "items": [_entry(entry) for entry in page.items],
            "next_after": page.newer_than,
        }


@bp.route("/entries/<int:number>/proof")
class Proof(MethodView):
    """That an entry stands in the sealed log."""

    @bp.response(200, ProofSchema)
    @bp.alt_response(404, "NOT_FOUND")
    @public
    def get(self, number: int) -> dict[str, Any]:
        """Prove that the entry with this 仕訳番号 is in the newest checkpoint's tree."""
        proof = proofs.of_entry(number)
        return {
            "number": number,
            "leaf": proof.leaf,
            "leaf_index": proof.leaf_index,
            "leaf_hash": b64encode(proof.leaf_hash).decode(),
            "tree_size": proof.checkpoint.tree_size,
            "root_hash": b64encode(proof.checkpoint.root_hash).decode(),
            "path": [b64encode(sibling).decode() for sibling in proof.path],
            "checkpoint": proof.checkpoint.signed_note,
            "keys": [key.vkey for key in queries.signing_keys()],
        }


@bp.route("/balances")
class Balances(MethodView):
    """What stands in the book."""

    @bp.arguments(BalancesQuerySchema, location="query")
    @bp.response(200, BalancesSchema)
    @public
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Show the balances by fund and by account, now or at the end of a day."""
        on = asked.get("on")
        return {
            "on": on,
            "currency": CURRENCY,
            "funds": [_fund(balance) for balance in queries.balances_by_fund(on=on)],
            "accounts": [_account(balance) for balance in queries.balances_by_account(on=on)],
        }


def _entry(entry: JournalEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "number": entry.number,
        "url": current_app.config["SITE_URL"] + PUBLIC.entry_url(entry),
        "kind": entry.kind,
        "effective_on": entry.effective_on,
        "recorded_at": entry.recorded_at,
        "is_late": entry.shows_late,
        "amount": entry.amount_minor,
        "currency": CURRENCY,
        "party": entry.party.public_name if entry.party else None,
        "fund": fund_of(entry).code,
        "reverses": entry.reverses_id,
        "reverses_number": entry.reverses_number,
        "lines": [
            {
                "line": transfer.line,
                "debit": transfer.debit_account.code,
                "credit": transfer.credit_account.code,
                "amount": transfer.amount_minor,
            }
            for transfer in entry.transfers
        ],
    }


def _fund(balance: queries.FundBalance) -> dict[str, Any]:
    fund = balance.fund
    return {
        "code": fund.code,
        "name_ja": fund.name_ja,
        "name_en": fund.name_en,
        "kind": fund.kind.value,
        "designation": fund.designation.value,
        "received": balance.received,
        "granted": balance.granted,
        "spent": balance.spent,
        "designated": balance.designated,
        "general": balance.general,
        "held": balance.held,
        "payable": balance.payable,
    }


def _account(balance: queries.AccountBalance) -> dict[str, Any]:
    account = balance.account
    return {
        "code": account.code,
        "chart_code": account.chart_code,
        "fund": account.fund.code,
        "name_ja": account.name_ja,
        "name_en": account.name_en,
        "kind": account.kind.value,
        "fund_class": account.fund_class.value if account.fund_class else None,
        "debits": balance.debits,
        "credits": balance.credits,
        "balance": balance.balance,
    }
