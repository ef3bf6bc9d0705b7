"""What a new operator should know before the first citizen comes."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from flask import Flask
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from civicfund.core.db import db
from civicfund.core.vault import CannotOpen
from civicfund.ledger.queries import signing_keys
from civicfund.ledger.services.keys import signers
from civicfund.ledger.witnesses import recipients

State = Literal["good", "advice", "bad"]


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `words` say what to do when it is not good."""

    title: str
    state: State
    words: str


def examine(app: Flask) -> list[Finding]:
    """Look at everything, in the order in which an operator would mend it."""
    return [look(app) for look in LOOKS]


def _verdict(title: str, words: str, *, good: bool, serious: bool) -> Finding:
    if good:
        return Finding(title, "good", "")
    return Finding(title, "bad" if serious else "advice", words)


def _production(app: Flask) -> Finding:
    return _verdict(
        "production",
        "This is not marked as production. Set CIVICFUND_PRODUCTION=1 before citizens come.",
        good=app.config["PRODUCTION"],
        serious=False,
    )


def _secret_key(app: Flask) -> Finding:
    return _verdict(
        "secret key",
        "SECRET_KEY is short. Make one with "
        "`python -c 'import secrets; print(secrets.token_urlsafe(48))'`.",
        good=len(app.config["SECRET_KEY"]) >= 32,
        serious=app.config["PRODUCTION"],
    )


def _address(app: Flask) -> Finding:
    return _verdict(
        "address",
        f"SITE_URL is {app.config['SITE_URL']}: links in mails would not be safe. Set it to the "
        "public https address.",
        good=app.config["SITE_URL"].startswith("https://"),
        serious=app.config["PRODUCTION"],
    )


def _own_server(app: Flask) -> Finding:
    return _verdict(
        "database server",
        "The embedded database is for trying out. Set DATABASE_URL to PostgreSQL 15 or newer.",
        good="EMBEDDED_SERVER" not in app.config,
        serious=app.config["PRODUCTION"],
    )


def _database_answers(_app: Flask) -> Finding:
    try:
        version = int(db.session.scalar(text("SHOW server_version_num")) or 0)
    except SQLAlchemyError as failure:
        words = f"The database does not answer: {failure.__class__.__name__}. Check DATABASE_URL."
        return Finding("database", "bad", words)
    words = f"PostgreSQL {version // 10000} is too old. Use 15 or newer."
    return _verdict("database", words, good=version >= 150000, serious=True)


def _tables(app: Flask) -> Finding:
    try:
        version = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        db.session.rollback()
        version = None
    return _verdict(
        "tables",
        "The tables are missing or of another version. Run `flask civicfund init`.",
        good=version == app.config["MIGRATION_HEAD"],
        serious=True,
    )


def _book_is_safe(_app: Flask) -> Finding:
    words = (
        "The application's database role may change the book. Give DATABASE_URL a role of its own "
        "and MIGRATION_DATABASE_URL the owner's, then run `flask civicfund init`."
    )
    try:
        allowed = db.session.scalar(
            text(
                "SELECT has_table_privilege('journal_entries', 'UPDATE') "
                "OR has_table_privilege('transfers', 'DELETE')"
            )
        )
    except SQLAlchemyError:
        db.session.rollback()
        return Finding("book", "bad", "There is no book yet. Run `flask civicfund init`.")
    return _verdict("book", words, good=not allowed, serious=True)


def _separate_roles(app: Flask) -> Finding:
    owner = make_url(app.config["MIGRATION_DATABASE_URL"]).username
    return _verdict(
        "database roles",
        "The application works as the owner of its tables. Set MIGRATION_DATABASE_URL to an owner "
        "role and DATABASE_URL to another one.",
        good=owner != app.config["SQLALCHEMY_DATABASE_URI"].username,
        serious=app.config["PRODUCTION"],
    )


def _mail(app: Flask) -> Finding:
    return _verdict(
        "mail",
        "No MAIL_SERVER: messages become files under the instance folder and reach nobody.",
        good=bool(app.config["MAIL_SERVER"]),
        serious=app.config["PRODUCTION"],
    )


def _sandbox(app: Flask) -> Finding:
    if not any(app.config["GATEWAYS"]):
        return Finding("gateways", "bad", "GATEWAYS names none: nobody can give. Name one.")
    return _verdict(
        "gateways",
        "The sandbox gateway takes no real money. Remove it from GATEWAYS.",
        good="sandbox" not in app.config["GATEWAYS"],
        serious=app.config["PRODUCTION"],
    )


def _fund(app: Flask) -> Finding:
    missing = [n for n in ("FUND_ADDRESS", "FUND_PHONE") if not app.config[n]]
    return _verdict(
        "fund",
        f"{', '.join(missing)} not set: receipts and the footer need them.",
        good=not missing,
        serious=False,
    )


def _room(app: Flask) -> Finding:
    folder = Path(app.config["INSTANCE"])
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    words = f"Only {free // 2**20} MiB are free at {folder}. Make room."
    return _verdict("disk", words, good=free > 2**30, serious=free < 2**28)


def _catalogues(app: Flask) -> Finding:
    root = Path(app.root_path).parent / "translations"
    stale = [
        po.parent.parent.parent.name
        for po in root.glob("*/*/LC_MESSAGES/*.po")
        if not po.with_suffix(".mo").exists()
    ]
    words = f"The texts of {', '.join(stale)} are not compiled. Run `make translations`."
    return _verdict("languages", words, good=not stale, serious=True)


def _worker(_app: Flask) -> Finding:
    words = "No worker is at work: gifts would stay unconfirmed. Run `flask civicfund worker`."
    try:
        alive = db.session.scalar(
            text(
                "SELECT count(*) FROM procrastinate_workers "
                "WHERE last_heartbeat > now() - interval '1 minute'"
            )
        )
    except SQLAlchemyError:
        db.session.rollback()
        alive = 0
    return _verdict("worker", words, good=bool(alive), serious=False)


def _given_up(_app: Flask) -> Finding:
    try:
        rows = db.session.execute(
            text(
                "SELECT task_name, count(*) AS number FROM procrastinate_jobs "
                "WHERE attempts >= 16 AND status IN ('failed', 'todo', 'doing') "
                "GROUP BY task_name ORDER BY task_name"
            )
        ).all()
    except SQLAlchemyError:
        db.session.rollback()
        rows = []
    named = ", ".join(f"{row.task_name} ({row.number})" for row in rows)
    words = (
        f"These jobs have failed for a day and are tried once an hour: {named}. The worker's log "
        "says why."
    )
    return _verdict("jobs", words, good=not rows, serious=True)


def _log_keys(_app: Flask) -> Finding:
    words = (
        "A key of the sealed log cannot be opened, so no checkpoint is signed. Put the secret that "
        "encrypted it into KEY_SECRET_FALLBACKS and run `flask civicfund reencrypt-keys`, or, when "
        "it is lost, `flask civicfund rotate-log-key --old-is-lost`."
    )
    try:
        signers(signing_keys())
    except CannotOpen:
        return Finding("log keys", "bad", words)
    except SQLAlchemyError:
        db.session.rollback()
    return Finding("log keys", "good", "")


def _sealing(_app: Flask) -> Finding:
    words = "Entries have been waiting to be sealed for ten minutes. The worker's log says why."
    try:
        late = db.session.scalar(
            text(
                "SELECT EXISTS (SELECT FROM journal_entries WHERE id > "
                "(SELECT coalesce(max(row_id), 0) FROM seals WHERE kind = 'entry') "
                "AND recorded_at < now() - interval '10 minutes')"
            )
        )
    except SQLAlchemyError:
        db.session.rollback()
        late = False
    return _verdict("sealing", words, good=not late, serious=True)


def _checkpoint_recipients(_app: Flask) -> Finding:
    mails, links, neither = recipients()
    if neither:
        words = f"{', '.join(neither)} in CHECKPOINT_RECIPIENTS is neither a mail nor an https one."
        return Finding("checkpoint recipients", "bad", words)
    try:
        failed = db.session.scalars(
            text(
                "SELECT DISTINCT args->>'url' FROM procrastinate_jobs WHERE attempts > 0 "
                "AND task_name = 'ledger.post_checkpoint' AND status IN ('todo', 'failed')"
            )
        ).all()
    except SQLAlchemyError:
        db.session.rollback()
        failed = []
    if failed:
        words = f"{', '.join(failed)} does not take checkpoints; it is tried again."
        return Finding("checkpoint recipients", "bad", words)
    return _verdict(
        "checkpoint recipients",
        "Nobody outside keeps checkpoints. Name some in CHECKPOINT_RECIPIENTS: your auditor, the "
        "city, a newspaper.",
        good=bool(mails or links),
        serious=False,
    )


LOOKS: tuple[Callable[[Flask], Finding], ...] = (
    _production,
    _secret_key,
    _address,
    _own_server,
    _database_answers,
    _tables,
    _book_is_safe,
    _separate_roles,
    _mail,
    _sandbox,
    _fund,
    _room,
    _catalogues,
    _worker,
    _given_up,
    _log_keys,
    _sealing,
    _checkpoint_recipients,
)
