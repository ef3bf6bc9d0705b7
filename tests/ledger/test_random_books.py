"""Books that nobody thought of: every program takes their exports, and the verifier holds them."""

import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask

from civicfund.core.db import db
from civicfund.core.errors import DomainError
from civicfund.core.money import yen
from civicfund.ledger import posting_rules, queries, services
from civicfund.ledger.booking import PostedEntry
from civicfund.ledger.drafts import EntryDraft
from civicfund.ledger.exports import export
from civicfund.ledger.models import Fund
from tests.factories.ledger import make_bank_balance, make_fund, seal_all
from tests.ledger.story import verified

FIRST = date(2025, 4, 1)
# What formats stumble over: separators, quotes, comments, marks of formulas, other scripts.
LETTERS = "あ漢ｶｱ aZ09=+-@\"'\\,;|#:()[]{}<>*!?%&~^`$\t\r…“”　é\u202e😀"
YEAR = [
    (None, None),
    (FIRST + timedelta(days=200), FIRST + timedelta(days=420)),
]


def _words(chance: random.Random) -> str:
    return "".join(chance.choice(LETTERS) for _ in range(chance.randrange(1, 25)))


def _drafts(chance: random.Random, funds: list[Fund], general: Fund) -> Iterator[EntryDraft]:
    """Any of these may be refused by the book; then it is left out."""
    rules = posting_rules
    while True:
        gross = chance.randrange(100, 50_000)
        amount, share, fee = yen(gross), yen(gross * 15 // 100), yen(gross * 36 // 1000)
        fund, other = chance.sample(funds, 2)
        yield rules.donation_received(
            amount, operating_share=share, fee=fee, fund=fund, general=general
        )
        yield chance.choice(
            [
                rules.general_gift_received(amount, fee=fee, general=general),
                rules.payout_received(amount, general=general),
                rules.bank_receipt_unmatched(amount, general=general),
                rules.company_match_received(amount, fund=fund, general=general),
                rules.grant_awarded(amount, fund=fund),
                rules.grant_instalment_paid(amount, fund=fund, general=general),
                rules.match_from_fund(amount, giver=fund, receiver=other),
                rules.purpose_lost(amount, fund=fund, general=general),
                rules.conditional_gift_held(amount, fee=fee, fund=fund, general=general),
            ]
        )


def _live(chance: random.Random, *, entries: int) -> None:
    general = queries.general_fund()
    make_bank_balance(chance.randrange(1, 10**9), on=FIRST)
    funds = [make_fund(name_ja=_words(chance), name_en=_words(chance)) for _ in range(4)]
    booked: list[PostedEntry] = []
    for number, draft in zip(range(entries), _drafts(chance, funds, general), strict=False):
        on = FIRST + timedelta(days=chance.randrange(600))
        party = services.party(
            kind="donation", ref=str(number), public_name=None, full_name=_words(chance)
        )
        with suppress(DomainError), db.session.begin_nested():
            posted = services.post_entry(
                draft, key=f"{number} {_words(chance)}", effective_on=on, party=party
            )
            booked.append(posted)
        with suppress(DomainError), db.session.begin_nested():
            if booked and chance.random() < 0.2:
                chosen = chance.choice(booked)
                services.reverse_entry(chosen.id, key=f"undo {number}", reason=_words(chance))
        if chance.random() < 0.2:
            services.seal_entries(most=3)
    seal_all()


@pytest.fixture
def lived(house: Flask, seed: int) -> Flask:
    """A book made by chance."""
    _live(random.Random(seed), entries=40)
    return house


def _holds(program: str, *arguments: str | Path, cwd: Path) -> None:
    found = Path(sys.executable).with_name(program)
    checked = subprocess.run(
        [found if found.exists() else program, *arguments],
        check=False, capture_output=True, text=True, cwd=cwd,
        env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "HOME": str(cwd)},
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize("seed", [2, 3])
def test_every_program_takes_a_random_book(tmp_path: Path) -> None:
    for place, (first, last) in enumerate(YEAR):
        here = tmp_path / str(place)
        for kind in ("csv", "ledger", "beancount", "hledger"):
            export(kind, out=here / kind, date_from=first, date_to=last)
            _holds("frictionless", "validate", "datapackage.json", cwd=here / kind)
        _holds("bean-check", "book.beancount", cwd=here / "beancount")
        if shutil.which("hledger"):
            _holds("hledger", "check", "--strict", "-f", "book.journal", cwd=here / "hledger")


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize("seed", [4, 5])
def test_a_random_book_verifies(tmp_path: Path) -> None:
    export("book", out=tmp_path / "book")
    export("book", out=tmp_path / "public", is_public=True)
    _holds("frictionless", "validate", "datapackage.json", cwd=tmp_path / "book")
    for name in ("book", "public"):
        code, said = verified(tmp_path / name)
        assert code == 0, said
