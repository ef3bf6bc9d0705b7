"""Migrations are one line, and lead to the tables that the models describe."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Column, Integer, MetaData, Table

from civicfund.core.db import Model, db

ROOT = Path(__file__).resolve().parent.parent.parent


def differences(metadata: MetaData) -> list[object]:
    """What the models say and the database does not, or the other way round."""
    context = MigrationContext.configure(
        db.session.connection(),
        opts={
            "compare_type": True,
            "include_object": lambda _thing, name, kind, *_rest: (
                not (kind == "table" and name.startswith("procrastinate_"))
            ),
        },
    )
    found = compare_metadata(context, metadata)
    return [f for f in found if "alembic_version" not in str(f)]


def test_migrations_are_one_line() -> None:
    script = ScriptDirectory(str(ROOT / "migrations"))
    numbers = [revision.revision for revision in script.walk_revisions()][::-1]
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]


def test_models_equal_migrations(house: Flask) -> None:
    assert differences(Model.metadata) == []


def test_a_table_without_a_migration_is_found(house: Flask) -> None:
    planted = MetaData()
    Table("planted", planted, Column("id", Integer, primary_key=True))
    assert any("planted" in str(found) for found in differences(planted))
