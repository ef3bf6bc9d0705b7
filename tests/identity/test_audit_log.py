"""The log of deeds stands even against the owner of the tables."""

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from civicfund.core.embedded import OWNER_ROLE, EmbeddedServer
from tests.factories.identity import make_user


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_records SET deed = 'x'", "DELETE FROM audit_records", "TRUNCATE audit_records"],
)
def test_the_owner_can_not_rewrite_it(
    open_house: Flask, server: EmbeddedServer, statement: str
) -> None:
    make_user()
    address = server.url(role=OWNER_ROLE, database=open_house.config["OPEN_DATABASE"])
    owner = create_engine(address)
    with owner.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(statement))
    with owner.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM audit_records")) == 1
    owner.dispose()
