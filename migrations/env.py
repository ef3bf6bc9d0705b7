"""How migrations reach the database: as the role that owns the tables."""

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, pool

from civicfund.core.db import Model

settings = current_app.config


def include_object(_thing, name, kind, _reflected, _compare_to):
    """The job queue's own tables come from its own schema."""
    return not (kind == "table" and name.startswith("procrastinate_"))


def run() -> None:
    url = settings["MIGRATION_DATABASE_URL"].replace("postgres://", "postgresql://", 1)
    url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url, poolclass=pool.NullPool)
    app_role = settings["SQLALCHEMY_DATABASE_URI"].username
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Model.metadata,
            include_object=include_object,
            compare_type=True,
            compare_server_default=False,
            transaction_per_migration=True,
            app_role=app_role,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
