"""One client of django-hordak, run by the interpreter of its own environment (see hordak_setup.py).

`hordak_posts.py prepare` makes its tables and accounts; `hordak_posts.py NAME` posts as ordered.
"""

import json
import os
import sys
from datetime import date
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings

url = urlsplit(os.environ["BENCH_HORDAK_URL"])
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": url.path.strip("/"),
            "USER": url.username,
            "HOST": parse_qs(url.query)["host"][0],
            "CONN_MAX_AGE": None,
        }
    },
    DEFAULT_CURRENCY="JPY",
    CURRENCIES=["JPY"],
    HORDAK_CURRENCIES=["JPY"],
    HORDAK_DECIMAL_PLACES=0,
    HORDAK_INTERNAL_CURRENCY="JPY",
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    USE_TZ=True,
)
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from hordak.models import Account, Leg, Transaction  # noqa: E402
from moneyed import JPY, Money  # noqa: E402

CAMPAIGNS = 1_000
TODAY = date(2026, 4, 1)
PARTS = ("gifts", "share")


def prepare() -> None:
    """The tables, the provider's clearing account, and two accounts for each campaign."""
    call_command("migrate", verbosity=0)
    Account.objects.create(name="provider", code="1", type="AS", currencies=["JPY"])
    Account.objects.bulk_create(
        Account(
            name=f"{part}/{number}", type="IN", currencies=["JPY"],
            lft=1, rght=2, level=0, tree_id=number * len(PARTS) + place + 10,
        )
        for number in range(CAMPAIGNS)
        for place, part in enumerate(PARTS)
    )  # fmt: skip


def post(provider: Account, gifts: Account, share: Account) -> None:
    """The same gift: one transaction of hordak, in a transaction of the database."""
    with transaction.atomic():
        made = Transaction.objects.create(date=TODAY, description="gift")
        Leg.objects.create(transaction=made, account=provider, debit=Money(1000, JPY))
        Leg.objects.create(transaction=made, account=gifts, credit=Money(850, JPY))
        Leg.objects.create(transaction=made, account=share, credit=Money(150, JPY))


def serve() -> None:
    """Say that we are ready, then do what each line of the input asks."""
    provider = Account.objects.get(name="provider")
    accounts = {account.name: account for account in Account.objects.all()}
    print("ready", flush=True)
    number = 0
    for line in sys.stdin:
        order = json.loads(line)
        for _ in range(order["posts"]):
            number += 1
            campaign = number % order["campaigns"]
            post(provider, accounts[f"gifts/{campaign}"], accounts[f"share/{campaign}"])
        print("done", flush=True)


if __name__ == "__main__":
    prepare() if sys.argv[1] == "prepare" else serve()
