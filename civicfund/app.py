"""create_app(): the only place where things are wired together."""

import atexit
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from sqlalchemy import inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from civicfund import cli
from civicfund.audit import electronic_books
from civicfund.audit import views as audit
from civicfund.audit.policy import can_open_room
from civicfund.books import catalogue as book_catalogue
from civicfund.books import shelf as book_shelf
from civicfund.books import views as books
from civicfund.books.evidence import views as evidence
from civicfund.books.evidence.policy import can_read as can_read_evidence
from civicfund.books.pictures import flow_pictures
from civicfund.books.plans import views as plans
from civicfund.books.policy import can_read_with_names
from civicfund.books.statements import shelf as statements
from civicfund.campaigns import api as campaigns_api
from civicfund.campaigns import references as campaigns_references
from civicfund.campaigns import views as campaigns
from civicfund.campaigns.policy import can_open_npo_desk, can_open_review_desk
from civicfund.campaigns.sections import organisation_sections
from civicfund.campaigns.subjects import endorsement_subject
from civicfund.closing import references as closing_references
from civicfund.closing import views as closing
from civicfund.closing.policy import can_look
from civicfund.core import events, queue, settings
from civicfund.core.db import ask_after_a_rest, db
from civicfund.core.embedded import OWNER_ROLE, EmbeddedServer
from civicfund.core.errors import N_
from civicfund.donors import api as donors_api
from civicfund.donors import references as donors_references
from civicfund.donors import services as donors
from civicfund.donors import supporters
from civicfund.donors import views as donors_pages
from civicfund.donors.policy import can_open_gift_desk
from civicfund.donors.queries import pledges_of
from civicfund.endorsements import api as endorsements_api
from civicfund.endorsements import policy as endorsements_policy
from civicfund.endorsements import views as endorsements
from civicfund.grants import policy as grants_policy
from civicfund.grants import references as grants_references
from civicfund.grants import sections
from civicfund.grants import views as grants
from civicfund.grants.trace import gift_steps
from civicfund.identity import policy as identity_policy
from civicfund.identity import sign_in
from civicfund.identity import views as identity
from civicfund.identity.queries import demo_people
from civicfund.ledger import api as ledger_api
from civicfund.ledger import views as ledger
from civicfund.notifications import mailbox
from civicfund.notifications import views as notifications
from civicfund.notifications.policy import can_see_outbox
from civicfund.payments import gateways, webhooks
from civicfund.payments import references as payments_references
from civicfund.payments import views as payments
from civicfund.payments.gateways.sandbox import driver as sandbox_driver
from civicfund.payments.gateways.sandbox import views as sandbox
from civicfund.payments.policy import can_see_payments
from civicfund.payments.services import take_at_once
from civicfund.web import (
    charts,
    errors,
    filters,
    fund_profile,
    headers,
    health,
    i18n,
    limits,
    navigation,
    pages,
    theme,
)
from civicfund.web.api import Api

ROOT = Path(__file__).resolve().parent.parent

csrf = CSRFProtect()
migrate = Migrate(directory=str(ROOT / "migrations"), compare_type=True)


def create_app(config: type) -> Flask:
    """The whole house, ready to serve, to work and to be asked on the command line."""
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder="static")
    app.config.from_object(config)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"max_overflow": 10}
    app.config["MIGRATION_HEAD"] = _migration_head()
    _find_database(app)
    _find_secrets(app)
    settings.use(app.config)

    db.init_app(app)
    with app.app_context():
        ask_after_a_rest(db.engine)
    migrate.init_app(app, db)
    csrf.init_app(app)
    i18n.init_app(app, translations=ROOT / "translations")
    for part in (charts, errors, filters, fund_profile, headers, limits, navigation, theme):
        part.init_app(app)
    api = _api(app)
    app.register_blueprint(health.bp)
    app.register_blueprint(pages.bp)
    navigation.add_to_footer("pages.about", N_("About the fund"), order=80)
    navigation.add_to_footer("pages.accessibility", N_("Accessibility"), order=90)
    for wire in (
        _wire_identity,
        _wire_notifications,
        _wire_ledger,
        _wire_payments,
        _wire_endorsements,
        _wire_campaigns,
        _wire_donors,
        _wire_grants,
        _wire_books,
        _wire_evidence,
        _wire_closing,
        _wire_audit,
    ):
        wire(app, api)
    cli.init_app(app)
    _refuse_demo_people(app)
    _serve(app)
    return app


def _wire_identity(app: Flask, api: Api) -> None:  # noqa: ARG001
    """Sign-in, people, organisations."""
    sign_in.init_app(app)
    app.register_blueprint(identity.bp)
    navigation.add_desk(
        "identity.organisations",
        N_("Organisations"),
        order=70,
        may_open=identity_policy.can_look_after_organisations,
    )
    navigation.add_desk(
        "identity.people",
        N_("People and roles"),
        order=80,
        may_open=identity_policy.can_look_after_people,
    )


def _wire_notifications(app: Flask, api: Api) -> None:  # noqa: ARG001
    """The outbox."""
    app.register_blueprint(notifications.bp)
    navigation.add_desk(
        "notifications.outbox", N_("Messages sent"), order=90, may_open=can_see_outbox
    )
    if app.config["DEMO"] and not app.config["PRODUCTION"]:
        app.register_blueprint(mailbox.bp)


def _wire_ledger(app: Flask, api: Api) -> None:
    """The book's public pages and API."""
    app.register_blueprint(ledger.bp)
    api.register_blueprint(ledger_api.bp)
    navigation.add_to_header("ledger.index", N_("The book"), order=20)


def _wire_payments(app: Flask, api: Api) -> None:  # noqa: ARG001
    """Gateways, webhooks, bank lines."""
    gateways.refuse_play_money()
    sandbox_driver.connect(take_at_once)
    for blueprint in (payments.bp, webhooks.bp, sandbox.bp):
        app.register_blueprint(blueprint)
    # No cookie speaks for a gateway: its signature does.
    csrf.exempt(webhooks.bp)
    may_open = can_see_payments
    navigation.add_desk("payments.index", N_("Payments"), order=40, may_open=may_open)
    navigation.add_desk("payments.bank", N_("Bank lines"), order=45, may_open=may_open)


def _wire_endorsements(app: Flask, api: Api) -> None:
    """The city's word."""
    app.register_blueprint(endorsements.bp)
    api.register_blueprint(endorsements_api.bp)
    navigation.add_to_header("endorsements.index", N_("Endorsements"), order=30)
    navigation.add_desk(
        "endorsements.city_desk",
        N_("City desk"),
        order=20,
        may_open=endorsements_policy.can_open_city_desk,
    )
    navigation.add_desk(
        "endorsements.requested",
        N_("Endorsements asked for"),
        order=35,
        may_open=endorsements_policy.is_offered_requests,
    )


def _wire_campaigns(app: Flask, api: Api) -> None:
    """What asks for support."""
    app.register_blueprint(campaigns.bp)
    api.register_blueprint(campaigns_api.bp)
    navigation.add_to_header("campaigns.index", N_("Campaigns"), order=10)
    navigation.add_desk(
        "campaigns.npo_desk", N_("My campaigns"), order=10, may_open=can_open_npo_desk
    )
    navigation.add_desk(
        "campaigns.review_desk", N_("Campaigns to review"), order=20, may_open=can_open_review_desk
    )
    events.subscribe("endorsement_subject", endorsement_subject)
    events.subscribe("organisation_sections", organisation_sections)


def _wire_donors(app: Flask, api: Api) -> None:
    """Who gives; listens to payments."""
    app.register_blueprint(donors_pages.bp)
    api.register_blueprint(donors_api.bp)
    # No cookie speaks for a donor: what was typed, and later the signed link, does. The pages of
    # giving look at their token themselves, so that a stale one loses nothing that was typed.
    csrf.exempt(donors_api.bp)
    for step in ("give", "you", "check", "pay"):
        csrf.exempt(app.view_functions[f"donors.{step}"])
    navigation.add_desk("donors.desk", N_("Gifts"), order=25, may_open=can_open_gift_desk)
    listeners: dict[str, Callable[..., Any]] = {
        "payment_succeeded": donors.record_payment,
        "card_saved": donors.record_saved_card,
        "payment_pending": donors.record_pending,
        "payment_failed": donors.record_failure,
        "payment_expired": donors.record_expiry,
        "refund_succeeded": donors.record_refund,
        "refund_failed": donors.record_failed_refund,
        "campaign_cancelled": donors.call_off,
        "endorsement_revoked": donors.tell_of_revocation,
        "pledges_of": pledges_of,
        "campaign_supporters": supporters.public_supporters,
        "npo_campaign_sections": supporters.npo_campaign_sections,
    }
    for name, listener in listeners.items():
        events.subscribe(name, listener)


def _wire_grants(app: Flask, api: Api) -> None:  # noqa: ARG001
    """Awards, disbursements, reports; adds the later steps to a gift's way."""
    app.register_blueprint(grants.bp)
    events.subscribe("gift_steps", gift_steps)
    events.subscribe("campaign_sections", sections.campaign_sections)
    events.subscribe("npo_desk_waiting", sections.npo_desk_waiting)
    events.subscribe("npo_campaign_sections", sections.npo_campaign_sections)
    navigation.add_desk(
        "grants.npo_awards",
        N_("Awards and reports"),
        order=12,
        may_open=grants_policy.can_open_npo_awards,
    )
    navigation.add_desk(
        "grants.desk",
        N_("Grants and payments"),
        order=30,
        may_open=grants_policy.can_open_desk,
    )
    navigation.add_desk(
        "grants.approvals",
        N_("Second signatures"),
        order=35,
        may_open=grants_policy.can_open_approvals,
    )


def _wire_books(app: Flask, api: Api) -> None:  # noqa: ARG001
    """Books and statements, each by its name."""
    book_catalogue.register(*book_shelf.BOOKS, *statements.STATEMENTS)
    for blueprint in (books.bp, books.desk, plans.bp):
        app.register_blueprint(blueprint)
    events.subscribe("flow_pictures", flow_pictures)
    navigation.add_to_footer("books.index", N_("Books and statements"), order=70)
    navigation.add_desk(
        "desk_books.index", N_("Books and statements"), order=55, may_open=can_read_with_names
    )


def _wire_evidence(app: Flask, api: Api) -> None:  # noqa: ARG001
    """The papers behind the entries, and the records that entries come from."""
    app.register_blueprint(evidence.bp)
    navigation.add_desk("evidence.index", N_("Evidence"), order=56, may_open=can_read_evidence)
    for source_pages in (
        campaigns_references.source_pages,
        donors_references.source_pages,
        grants_references.source_pages,
        payments_references.source_pages,
    ):
        events.subscribe("source_pages", source_pages)
    events.subscribe("fund_pages", campaigns_references.fund_pages)


def _wire_closing(app: Flask, api: Api) -> None:  # noqa: ARG001
    """Months and years."""
    app.register_blueprint(closing.bp)
    events.subscribe("source_pages", closing_references.source_pages)
    navigation.add_desk("closing.index", N_("Months and years"), order=50, may_open=can_look)


def _wire_audit(app: Flask, api: Api) -> None:  # noqa: ARG001
    """The auditor's room."""
    app.register_blueprint(audit.bp)
    app.register_blueprint(electronic_books.bp)
    navigation.add_desk("audit.index", N_("Auditor's room"), order=60, may_open=can_open_room)


def _api(app: Flask) -> Api:
    app.config |= {
        "API_TITLE": "civicfund",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api/v1",
        "OPENAPI_JSON_PATH": "openapi.json",
    }
    return Api(app)


def _migration_head() -> str | None:
    return ScriptDirectory(str(ROOT / "migrations")).get_current_head()


def _find_database(app: Flask) -> None:
    """`DATABASE_URL`, or the embedded server, started now and stopped by whoever started it."""
    url = app.config["DATABASE_URL"]
    if not url:
        server = EmbeddedServer(Path(app.config["INSTANCE"]) / "postgres")
        if server.start():
            atexit.register(server.stop)
        url = server.url()
        app.config["MIGRATION_DATABASE_URL"] = server.url(role=OWNER_ROLE)
        app.config["EMBEDDED_SERVER"] = server
    url = url.replace("postgres://", "postgresql://", 1)
    parsed = make_url(url).set(drivername="postgresql+psycopg")
    app.config["SQLALCHEMY_DATABASE_URI"] = parsed
    app.config["MIGRATION_DATABASE_URL"] = app.config["MIGRATION_DATABASE_URL"] or url
    conninfo = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
    queue.connect(conninfo, inside=app.app_context)


def _find_secrets(app: Flask) -> None:
    """Outside production a secret is made once and kept under the instance folder."""
    for name in ("SECRET_KEY", "SANDBOX_WEBHOOK_SECRET"):
        if app.config[name] or app.config["PRODUCTION"]:
            continue
        kept = Path(app.config["INSTANCE"]) / name.lower()
        kept.parent.mkdir(parents=True, exist_ok=True)
        if not kept.exists():
            kept.touch(mode=0o600)
            kept.write_text(secrets.token_urlsafe(48))
        app.config[name] = kept.read_text()
    if not app.config["SECRET_KEY"]:
        raise SystemExit(
            "SECRET_KEY is not set. Make one with "
            "`python -c 'import secrets; print(secrets.token_urlsafe(48))'` and set it."
        )


def _refuse_demo_people(app: Flask) -> None:
    """In production nobody signs in with a printed password; SystemExit says what to do."""
    if not app.config["PRODUCTION"]:
        return
    with app.app_context():
        try:
            invented = len(demo_people()) if inspect(db.engine).has_table("users") else 0
        except OperationalError:
            # No database, nobody who signs in; the doctor says so and must be able to start.
            return
        finally:
            db.session.remove()
            db.engine.dispose()
    if invented:
        raise SystemExit(
            f"{invented} demo people with printed passwords could sign in: not in production. "
            "Use another database, or unset CIVICFUND_PRODUCTION and deactivate them."
        )


def _serve(app: Flask) -> None:
    proxies = app.config["TRUSTED_PROXIES"]
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(ROOT / "civicfund" / "static"),
        prefix="static/",
        max_age=0 if app.debug or app.testing else 3600,
    )
