"""Every setting of the house, read from the environment once."""

import os
from pathlib import Path
from typing import ClassVar

ROOT = Path(__file__).resolve().parent


def _flag(name: str, *, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").strip().lower() in {"1", "true", "yes"}


class Config:
    """What a running fund needs; `.env.example` explains each name for the operator."""

    # production: refuses demo people, the sandbox gateway and the built-in secret.
    PRODUCTION = _flag("CIVICFUND_PRODUCTION")
    DEMO = _flag("CIVICFUND_DEMO")
    TESTING = False
    SECRET_KEY = os.environ.get("SECRET_KEY", "")
    SECRET_KEY_FALLBACKS: ClassVar[list[str]] = [
        key for key in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if key
    ]
    # Encrypts the private keys in the database; unset: SECRET_KEY does.
    KEY_SECRET = os.environ.get("KEY_SECRET", "")
    KEY_SECRET_FALLBACKS: ClassVar[list[str]] = [
        key for key in os.environ.get("KEY_SECRET_FALLBACKS", "").split(",") if key
    ]
    INSTANCE = Path(os.environ.get("CIVICFUND_INSTANCE", ROOT / "instance"))
    SITE_URL = os.environ.get("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
    TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES", "0"))

    # Unset: the embedded server under INSTANCE. Set: never start anything.
    DATABASE_URL = os.environ.get("DATABASE_URL", "")
    # The role that owns the tables; the application's own role may not change the book.
    MIGRATION_DATABASE_URL = os.environ.get("MIGRATION_DATABASE_URL", "")

    FUND_NAME_JA = os.environ.get("FUND_NAME_JA", "みなと市民ファンド")
    FUND_NAME_EN = os.environ.get("FUND_NAME_EN", "Minato Citizen Fund")
    FUND_ADDRESS = os.environ.get("FUND_ADDRESS", "")
    FUND_PHONE = os.environ.get("FUND_PHONE", "")
    FUND_EMAIL = os.environ.get("FUND_EMAIL", "office@fund.example")
    FUND_KEY_COLOR = os.environ.get("FUND_KEY_COLOR", "")

    # Terms that are copied onto each campaign at launch and each gift when it is made.
    OPERATING_SHARE_PERCENT = int(os.environ.get("OPERATING_SHARE_PERCENT", "15"))
    # 事業区分 of that share in the statements: 法人 (administration), or 共通 (all public work).
    OPERATING_SHARE_PROGRAM = os.environ.get("OPERATING_SHARE_PROGRAM", "法人")
    # What the card company keeps, as shown before a gift; the book takes what it really kept.
    CARD_FEE_PER_MILLE = int(os.environ.get("CARD_FEE_PER_MILLE", "36"))
    # The smallest and the largest gift on the web page; a till of a shop takes less.
    GIFT_LEAST_YEN = int(os.environ.get("GIFT_LEAST_YEN", "100"))
    GIFT_MOST_YEN = int(os.environ.get("GIFT_MOST_YEN", "1000000"))
    KONBINI_MOST_YEN = int(os.environ.get("KONBINI_MOST_YEN", "300000"))
    REFUND_DAYS = int(os.environ.get("REFUND_DAYS", "8"))
    # A worker that was silent for so long is dead, and its jobs are given to others.
    WORKER_SILENCE_SECONDS = float(os.environ.get("WORKER_SILENCE_SECONDS", "30"))
    CHARGE_RETRY_DAYS = int(os.environ.get("CHARGE_RETRY_DAYS", "7"))

    GATEWAYS: ClassVar[list[str]] = os.environ.get("GATEWAYS", "sandbox").split(",")
    SANDBOX_WEBHOOK_SECRET = os.environ.get("SANDBOX_WEBHOOK_SECRET", "")
    WEBHOOK_TOLERANCE_SECONDS = 300

    MAIL_SERVER = os.environ.get("MAIL_SERVER", "")
    MAIL_PORT = int(os.environ.get("MAIL_PORT", "587"))
    MAIL_USE_TLS = _flag("MAIL_USE_TLS", default=True)
    MAIL_USERNAME = os.environ.get("MAIL_USERNAME", "")
    MAIL_PASSWORD = os.environ.get("MAIL_PASSWORD", "")
    MAIL_DEFAULT_SENDER = os.environ.get("MAIL_DEFAULT_SENDER", FUND_EMAIL)

    # Who gets the book's newest checkpoint once a day: mail addresses and https addresses.
    CHECKPOINT_RECIPIENTS: ClassVar[list[str]] = os.environ.get("CHECKPOINT_RECIPIENTS", "").split()

    # Where uploads go: a folder, or an object store such as s3://bucket/prefix.
    STORAGE_URL = os.environ.get("STORAGE_URL", "")
    MAX_CONTENT_LENGTH = 24 * 1024 * 1024
    MAX_FORM_MEMORY_SIZE = 1024 * 1024

    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_SECURE = SITE_URL.startswith("https://")
    WTF_CSRF_TIME_LIMIT = None  # a form left open overnight is still good (WCAG 2.2.1)
    BABEL_DEFAULT_LOCALE = "ja"
    BABEL_DEFAULT_TIMEZONE = "Asia/Tokyo"


class TestConfig(Config):
    """What the tests run with; the database address is filled in by `tests/conftest.py`."""

    __test__ = False
    PRODUCTION = False
    DEMO = False
    TESTING = True
    SECRET_KEY = "test-secret-key-of-no-worth"
    KEY_SECRET = ""
    SANDBOX_WEBHOOK_SECRET = "test-webhook-secret-of-no-worth"
    SITE_URL = "http://localhost"
    SESSION_COOKIE_SECURE = False
    MAIL_SERVER = ""
    GATEWAYS: ClassVar[list[str]] = ["sandbox"]
    CHECKPOINT_RECIPIENTS: ClassVar[list[str]] = []
    RATELIMIT_ENABLED = False
