"""Nobody rewrites the log: neither the application's role nor, by mistake, the owner's."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from civicfund.core.db import db, transaction
from civicfund.ledger import queries
from tests.factories.ledger import make_closed_period, make_fund, make_gift
from tests.factories.log import make_evidence, seal_all

FORBIDDEN = [
    "UPDATE seals SET leaf_hash = sha256('x')",
    "DELETE FROM seals",
    "TRUNCATE seals",
    "INSERT INTO seals VALUES (99, 'account', 99, NULL, sha256('x'), now())",
    "DELETE FROM checkpoints",
    "UPDATE checkpoints SET root_hash = sha256('x')",
    "INSERT INTO checkpoints VALUES (1, sha256('x'), '', now())",
    "INSERT INTO checkpoints VALUES (1000, sha256('x'), '', now())",
    "DELETE FROM log_tiles",
    "UPDATE log_tiles SET hashes = sha256('x')",
    "UPDATE log_tiles SET hashes = hashes || sha256('x')",
    "UPDATE log_tiles SET tile_index = 7",
    "INSERT INTO log_tiles VALUES (0, 5, sha256('x'))",
    "INSERT INTO log_tiles VALUES (1, 0, sha256('x'))",
    "INSERT INTO log_tiles VALUES (1, 7, sha256('x'))",
    "INSERT INTO log_tiles SELECT 1, 0, substr(hashes, 1, 32) FROM log_tiles",
    "INSERT INTO log_tiles VALUES (63, 36028797018963967, sha256('x'))",
    "DELETE FROM entry_evidence",
    "UPDATE entry_evidence SET sha256 = repeat('0', 64)",
    "UPDATE signing_keys SET public_key = sha256('x')",
    "DELETE FROM signing_keys",
    "SELECT seed FROM log_secrets",
    "SELECT ledger_write_seals('{account}', '{1}', false)",
    "SELECT * FROM ledger_leaf_texts('{1}', '{account}', '{1}', NULL)",
    "ALTER TABLE seals DISABLE TRIGGER ALL",
    "UPDATE stored_files SET size_bytes = 1",
    "UPDATE stored_files SET sha256 = repeat('0', 64)",
]


INNER_TILES = [
    "UPDATE log_tiles SET hashes = hashes || sha256('x') WHERE level = 1",
    "UPDATE log_tiles SET hashes = hashes || substr(hashes, 1, 32) WHERE level = 1",
    "UPDATE log_tiles SET hashes = sha256('x') || hashes WHERE level = 1",
    "INSERT INTO log_tiles VALUES (1, 1, sha256('x'))",
    "INSERT INTO log_tiles SELECT 2, 0, substr(hashes, 1, 32) FROM log_tiles WHERE level = 1",
    "INSERT INTO log_tiles SELECT 1, 0, hashes || hashes FROM log_tiles WHERE level = 1 "
    "ON CONFLICT (level, tile_index) DO UPDATE SET hashes = excluded.hashes",
]


def test_tiles_above_the_lowest_follow_from_those_below(house: Flask) -> None:
    """A wrong one would stay for ever, and no leaf behind it could be sealed."""
    fund = make_fund()

    def grow() -> None:
        for number in range(260):
            make_gift(fund, amount=1_000 + number)
        seal_all()

    grow()
    for deed in INNER_TILES:
        with pytest.raises(DBAPIError, match=r"differs|only grows"), db.session.begin_nested():
            db.session.execute(text(deed))
    grow()
    assert len(queries.tile(1, 0)) == 2 * 32


HELD = r"append-only|only grows|cannot change|differs"


@pytest.mark.parametrize("deed", FORBIDDEN)
def test_the_application_cannot_rewrite_the_log(house: Flask, deed: str) -> None:
    gift = make_gift(make_fund())
    make_evidence(gift.id)
    seal_all()
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(text(deed))


@pytest.mark.parametrize(
    "deed", [deed for deed in FORBIDDEN if deed.startswith(("UPDATE", "DELETE", "TRUNC"))]
)
def test_nor_does_the_owner_by_mistake(open_house: Flask, owner: Engine, deed: str) -> None:
    with transaction():
        gift = make_gift(make_fund())
        make_evidence(gift.id)
        seal_all()
    with (
        owner.begin() as connection,
        pytest.raises(DBAPIError, match=HELD),
    ):
        connection.execute(text(deed))


@pytest.mark.parametrize(
    "wish",
    [
        "datestyle = 'SQL, DMY'",
        "timezone = 'Asia/Tokyo'",
        "standard_conforming_strings = off",
        "bytea_output = escape",
        "extra_float_digits = 0",
        "search_path = pg_temp, public",
    ],
)
def test_leaves_say_the_same_to_every_session(house: Flask, wish: str) -> None:
    gift = make_gift(make_fund(), on=date(2026, 3, 1))
    make_evidence(gift.id)
    make_closed_period(date(2026, 3, 1), date(2026, 3, 31))
    seal_all()
    before = [leaf.text for leaf in queries.leaves(0, 99)]
    db.session.execute(text("CREATE TEMP TABLE log_secrets (id int, seed bytea)"))
    db.session.execute(text("INSERT INTO pg_temp.log_secrets VALUES (1, sha256('x'))"))
    db.session.execute(text(f"SET LOCAL {wish}"))
    said = db.session.scalars(text("SELECT leaf FROM public.ledger_leaves(0, 99)"))
    assert list(said) == before


POST = """SELECT ledger_post('{k}', '{other}', ARRAY[CAST(:day AS date)], '{x}', '{NULL}', '{NULL}',
  '{NULL}', '{NULL}', '{NULL}', '{NULL}', '{1}', ARRAY[sha256('x')], CAST(:at AS timestamptz),
  '{1}', ARRAY[CAST(:line AS smallint)], '{1131}', ARRAY[f.id], '{4191}', ARRAY[c.id], '{1}')
  FROM funds f, funds c WHERE f.code = 'GENERAL' AND c.code <> f.code"""


@pytest.mark.parametrize(
    "told",
    [
        {"day": "infinity"},
        {"day": "-infinity"},
        {"day": "20000-01-01"},
        {"at": "infinity"},
        {"at": "0044-03-15 BC"},
        {"line": 501},
    ],
)
def test_nothing_is_booked_that_no_leaf_can_say(house: Flask, told: dict[str, object]) -> None:
    """Entries are never taken back: one that cannot be sealed would end the log."""
    make_gift(make_fund(), share=450)
    right = {"day": "2026-05-01", "at": "2026-05-01Z", "line": 1}
    with (
        pytest.raises(DBAPIError, match=r"ck_(journal_entries_days|transfers_line)"),
        db.session.begin_nested(),
    ):
        db.session.execute(text(POST), right | told)
    assert db.session.execute(text(POST), right).all()
