"""A small book's story, exported along the way, and what the verifier says of an export."""

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from civicfund.core import clock
from civicfund.core.db import db
from civicfund.core.money import yen
from civicfund.core.storage import keep_evidence
from civicfund.ledger import posting_rules, queries, services
from civicfund.ledger.exports import export, verify_book
from civicfund.ledger.models import EntryEvidence
from civicfund.ledger.notes import VerifierKey
from tests.factories.ledger import (
    make_bank_balance,
    make_closed_period,
    make_fund,
    make_gift,
    seal_all,
)

NASTY = '=cmd|"x" ; \\ 山田, 太郎\t"様"\r…\u2028'


@dataclass(frozen=True)
class Exports:
    """One book, exported three times: in mid-story, whole, and for the public."""

    earlier: Path
    whole: Path
    public: Path
    first_key: str
    newest_key: str


def tell(folder: Path) -> Exports:
    """Gifts, a reversal with a name that no format likes, evidence, a closed month, a new key."""
    with clock.at(datetime(2026, 3, 31, 3, 0, tzinfo=UTC)):
        make_bank_balance(100_000, on=date(2026, 3, 1))
        fund = make_fund(code="C-7KQ2-M4XC-9", name_ja="公園を、つくる")
        make_gift(fund, amount=3_000, share=450, fee=108, on=date(2026, 3, 30))
        seal_all()
        party = services.party(kind="donation", ref="1", public_name=None, full_name=NASTY)
        draft = posting_rules.donation_received(
            yen(5_000), operating_share=yen(750), fee=yen(180), fund=fund,
            general=queries.general_fund(),
        )  # fmt: skip
        gift = services.post_entry(draft, key="gift", party=party, effective_on=date(2026, 3, 31))
        seal_all()
        export("book", out=folder / "earlier")
    with clock.at(datetime(2026, 4, 10, 3, 0, tzinfo=UTC)):
        services.reverse_entry(gift.id, key="undo", reason=NASTY, effective_on=date(2026, 4, 2))
        make_closed_period(date(2026, 3, 1), date(2026, 3, 31))
        _attach(gift.id)
        seal_all()
        services.rotate_log_key()
        for number in range(7):
            make_gift(fund, amount=1_000 + number, fee=36, on=date(2026, 4, 3))
            if number == 3:
                seal_all()
        seal_all()
        export("book", out=folder / "whole")
        export("book", out=folder / "public", is_public=True)
    keys = [VerifierKey(key.name, key.public_key).vkey for key in queries.signing_keys()]
    return Exports(folder / "earlier", folder / "whole", folder / "public", keys[0], keys[-1])


def _attach(entry_id: int) -> None:
    stored = keep_evidence(io.BytesIO(b"%PDF-1.4 invoice %%EOF"), name="請求書.pdf")
    db.session.add(
        EntryEvidence(
            entry_id=entry_id, kind="invoice", stored_file_id=stored.id, sha256=stored.sha256,
            added_at=clock.now(),
        )
    )  # fmt: skip
    db.session.flush()


def verified(*arguments: str | Path, lang: str = "en") -> tuple[int, str]:
    """The verifier's code and words."""
    said: list[str] = []
    words = [str(argument) for argument in arguments]
    return verify_book.main([*words, "--lang", lang], write=said.append), "".join(said)
