"""Nobody rewrites the log: neither the application's role nor, by mistake, the owner's."""

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from civicfund.core.db import db, transaction
from tests.factories.ledger import make_fund, make_gift
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
    "DELETE FROM entry_evidence",
    "UPDATE entry_evidence SET sha256 = repeat('0', 64)",
    "UPDATE signing_keys SET public_key = sha256('x')",
    "DELETE FROM signing_keys",
    "SELECT seed FROM log_secrets",
    "SELECT ledger_write_seals('{account}', '{1}', false)",
    "SELECT * FROM ledger_leaf_texts('{1}', '{account}', '{1}', NULL)",
    "ALTER TABLE seals DISABLE TRIGGER ALL",
]


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
