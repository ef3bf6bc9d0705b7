"""Leaves of the sealed log: docs/log-format.md in Python, the twin of `ledger_leaf_texts`."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from civicfund.ledger.models import LedgerAccount

# A bundle of leaves gives each a length of two bytes (C2SP tlog-tiles).
LARGEST_LEAF = 65_535


def canonical(content: Mapping[str, Any]) -> str:
    """One JSON object as RFC 8785 writes it, for keys in ASCII and whole numbers."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def leaf_hash(leaf: str) -> bytes:
    """RFC 6962, 2.1: the hash of a leaf."""
    return hashlib.sha256(b"\0" + leaf.encode()).digest()


def salt(seed: bytes, kind: str, row_id: int) -> bytes:
    """The salt of a leaf's private part."""
    return hashlib.sha256(seed + f"{kind}/{row_id}".encode()).digest()


def private_hash(salt_: bytes, private: str) -> str:
    """What a leaf says about its private part."""
    return hashlib.sha256(salt_ + private.encode()).hexdigest()


def instant(at: datetime) -> str:
    """UTC with six decimals."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def entry_leaf(
    *,
    number: int,
    kind: str,
    day: date,
    late: bool,
    lines: Sequence[tuple[str, str, int, str]],
    recorded_at: datetime,
    reverses: int | None,
    private: str,
) -> str:
    """A journal entry; `lines` are (debit, credit, amount, currency), `reverses` is a 仕訳番号."""
    return canonical(
        {
            "day": day.isoformat(),
            "kind": kind,
            "late": late,
            "leaf": "civicfund/entry/1",
            "lines": [list(line) for line in lines],
            "number": number,
            "private": private,
            "recorded_at": instant(recorded_at),
            "reverses": reverses,
        }
    )


def entry_private(
    *,
    key: str,
    memo: str,
    party: int | None,
    source: str | None,
    recorded_by: int | None,
    approved_by: int | None,
) -> str:
    """The private part of an entry; people and parties are numbers, `source` is `donations/7`."""
    return canonical(
        {
            "approved_by": approved_by,
            "key": key,
            "memo": memo,
            "party": party,
            "recorded_by": recorded_by,
            "source": source,
        }
    )


def evidence_leaf(
    *, entry: int, kind: str, sha256: str, size: int, added_at: datetime, private: str
) -> str:
    """A file of an entry; `entry` is its 仕訳番号."""
    return canonical(
        {
            "added_at": instant(added_at),
            "bytes": size,
            "entry": entry,
            "kind": kind,
            "leaf": "civicfund/evidence/1",
            "private": private,
            "sha256": sha256,
        }
    )


def evidence_private(*, added_by: int | None) -> str:
    """The private part of a file of an entry."""
    return canonical({"added_by": added_by})


def period_leaf(*, starts_on: date, ends_on: date, closed_at: datetime, private: str) -> str:
    """A closed period."""
    return canonical(
        {
            "closed_at": instant(closed_at),
            "ends_on": ends_on.isoformat(),
            "leaf": "civicfund/period/1",
            "private": private,
            "starts_on": starts_on.isoformat(),
        }
    )


def period_private(*, closed_by: int | None, prepared_by: int | None) -> str:
    """The private part of a closed period."""
    return canonical({"closed_by": closed_by, "prepared_by": prepared_by})


def key_leaf(*, name: str, public_key: bytes) -> str:
    """A key that signs from here on."""
    return canonical(
        {"key": b64encode(public_key).decode(), "leaf": "civicfund/key/1", "name": name}
    )


def account_leaf(account: LedgerAccount) -> str:
    """A ledger account, with what follows from its fund."""
    return canonical(
        {
            "account": account.code,
            "class": account.fund_class.value if account.fund_class else None,
            "currency": account.currency,
            "designation": account.fund.designation.value,
            "fund": account.fund.code,
            "guard": account.guard.value,
            "kind": account.kind.value,
            "leaf": "civicfund/account/1",
            "name_en": account.name_en,
            "name_ja": account.name_ja,
            "program": account.fund.program,
        }
    )
