"""The campaigns that are posted to, each with its accounts open."""

from bench.measurement import CONSOLE
from civicfund.core.db import db, transaction
from civicfund.core.money import yen
from civicfund.ledger import queries
from civicfund.ledger import services as ledger
from civicfund.ledger.models import Fund, FundClass, FundKind
from civicfund.ledger.posting_rules import donation_received

CAMPAIGNS = 1_000


def gift(fund: Fund, general: Fund, *, key: str) -> ledger.Posting:
    """1,000 yen by card: one entry of two transfers."""
    draft = donation_received(
        yen(1000), operating_share=yen(150), fee=yen(0), fund=fund, general=general
    )
    return ledger.Posting(draft=draft, key=key)


def open_campaigns() -> list[Fund]:
    """A thousand funds with a first gift, which opens their accounts."""
    with CONSOLE.status("opening a thousand campaigns"), transaction():
        for number in range(CAMPAIGNS):
            ledger.open_fund(
                code=f"C-BENCH-{number:04}", kind=FundKind.CAMPAIGN, name_ja="計測",
                name_en="Benchmark", designation=FundClass.DESIGNATED,
            )  # fmt: skip
        funds, general = campaigns(), queries.general_fund()
        ledger.post_entries([gift(fund, general, key=f"first/{fund.code}") for fund in funds])
        return funds


def campaigns() -> list[Fund]:
    """These funds, in the order of their codes."""
    return sorted(
        (fund for fund in queries.funds() if fund.code.startswith("C-BENCH")),
        key=lambda fund: fund.code,
    )


def detached() -> tuple[list[Fund], Fund]:
    """The funds and the general one, loaded once and for all: they are never read again."""
    funds, general = campaigns(), queries.general_fund()
    db.session.expunge_all()
    db.session.rollback()
    return funds, general
