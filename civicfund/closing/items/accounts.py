"""Items that hold an account of the book against somebody else's: bank, provider, open items."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from civicfund.closing.found import Fact, Fault, Found, Listing, Place, Remedy
from civicfund.closing.items.ground import UNUSUAL, USUAL, Month
from civicfund.closing.queries import evidence
from civicfund.closing.queries.evidence import OpenItem
from civicfund.core import clock
from civicfund.core.errors import N_
from civicfund.ledger.chart import BANKS, CHART
from civicfund.payments.gateways import gateway_named, open_gateways

PROVIDER, PROVIDER_DEBT = "1131", "2135"
# Of what is open by its nature so many are shown, of each account; there may be one for each gift.
OLDEST = 20


def bank(month: Month) -> Found:
    """1: each account as its bank says, and each line of its statement answers for something."""
    moved = {line.code for line in month.trial.lines if line.code in BANKS}
    facts, is_missing = [], False
    for code in sorted(moved | set(month.statements)):
        statement = month.statements.get(code)
        booked = month.balance(code)
        is_missing = is_missing or (statement is None and booked != 0)
        if statement is None and not booked:
            continue
        facts.append(
            Fact(
                line=CHART[code],
                booked=booked,
                other=statement.balance_yen if statement is not None else None,
                place=Place("ledger.account", {"code": code, "on": month.last.isoformat()}),
                other_place=Place("closing.certificate", {"statement_id": statement.id})
                if statement is not None
                else None,
            )
        )
    faults = tuple(
        Fault(
            text=N_("Bank line of %(day)s, %(who)s: it answers for nothing yet"),
            places={"day": line.booked_on, "who": line.counterparty},
            yen=line.yen,
            place=Place("payments.bank", {"open": 1}),
        )
        for line in evidence.open_bank_lines(month.last)
    )
    return Found(
        name="bank",
        number=1,
        title=N_("The bank says what the book says"),
        hint=N_(
            "Enter the balance of each account on the last day, with the bank's certificate or "
            "statement; for cash, the sheet on which it was counted."
        ),
        holds=not is_missing and not faults and not any(fact.difference for fact in facts),
        remedy=Remedy.ENTER if is_missing else Remedy.EXPLAIN,
        facts=tuple(facts),
        faults=faults,
    )


def provider(month: Month) -> Found:
    """2: what the gateways owe by their own report, as the day ends in Japan."""
    ends_at = clock.end_of(month.last)
    in_utc = datetime.combine(month.last + timedelta(days=1), time.min, tzinfo=UTC)
    gateways = [gateway_named(name) for name in open_gateways()]
    owed = sum(gateway.balance_at(ends_at).minor for gateway in gateways)
    owed_in_utc = sum(
        gateway.balance_at(in_utc - timedelta(microseconds=1)).minor for gateway in gateways
    )
    booked = month.balance(PROVIDER) - month.balance(PROVIDER_DEBT)
    faults = tuple(
        Fault(
            text=N_("A message of %(gateway)s (%(kind)s) needs a look"),
            places={"gateway": event.gateway, "kind": event.kind},
            place=Place("payments.show_event", {"event_id": event.id}),
        )
        for event in evidence.failed_events()
    )
    return Found(
        name="provider",
        number=2,
        title=N_("The payment provider says what the book says"),
        hint=N_(
            "The month ends at midnight in Japan. The provider's own month ends at midnight UTC, "
            "nine hours later: what was paid in between is on its older invoice, and in our newer "
            "month."
        ),
        holds=booked == owed and not faults,
        facts=(
            Fact(
                label=N_("Owed by the provider at midnight in Japan"),
                booked=booked,
                other=owed,
                place=Place("ledger.account", {"code": PROVIDER, "on": month.last.isoformat()}),
            ),
            Fact(label=N_("By the provider's own month (UTC)"), other=owed_in_utc),
        ),
        faults=faults,
    )


def open_items(month: Month, found: Sequence[OpenItem]) -> Found:
    """3: what stands on the accounts that ought to empty themselves, thing by thing."""
    faults = [item for item in found if _is_amiss(item)]
    usual = [item for item in found if not _is_amiss(item)]
    return Found(
        name="open_items",
        number=3,
        title=N_("Every open item is known by name"),
        hint=N_(
            "Receipts that nobody has matched and payments in dispute must be cleared or "
            "explained. Gifts kept for a condition and money on its way back are listed."
        ),
        holds=not faults,
        facts=tuple(
            Fact(
                line=CHART[code],
                booked=month.balance(code),
                other=sum(item.yen for item in found if item.chart_code == code)
                * CHART[code].kind.sign
                * -1,
                place=Place("ledger.account", {"code": code, "on": month.last.isoformat()}),
            )
            for code in (*UNUSUAL, *USUAL)
        ),
        faults=tuple(_listed(item) for item in faults),
        listed=tuple(_listed(item) for item in usual),
        listings=tuple(
            _listing(month, code, of_code)
            for code in USUAL
            if (of_code := [item for item in usual if item.chart_code == code])
        ),
    )


def _is_amiss(item: OpenItem) -> bool:
    """Unusual, without a thing behind it, or on the wrong side of its account."""
    is_nameless = item.source_id is None
    return item.chart_code in UNUSUAL or is_nameless or item.yen < 0


def _listing(month: Month, code: str, found: Sequence[OpenItem]) -> Listing:
    return Listing(
        whole=Fault(
            text=N_("%(account)s: %(count)s in all, the oldest since %(day)s"),
            places={
                "account": code,
                "count": len(found),
                "day": found[0].opened_on,
                "upto": max(item.entry_id for item in found),
            },
            yen=sum(item.yen for item in found) * CHART[code].kind.sign * -1,
            place=Place(
                "desk_books.show",
                {
                    "slug": "general-ledger",
                    "account": code,
                    "from": found[0].opened_on.isoformat(),
                    "to": month.last.isoformat(),
                },
            ),
        ),
        oldest=tuple(_listed(item) for item in found[:OLDEST]),
        is_cut=len(found) > OLDEST,
    )


def _listed(item: OpenItem) -> Fault:
    who = " ".join(dict.fromkeys(part for part in (item.reference, item.name) if part))
    return Fault(
        text=N_("%(account)s: %(who)s, since %(day)s"),
        places={
            "account": item.chart_code,
            "who": who or f"{item.source_kind or '-'} {item.source_id or ''}".strip(),
            "day": item.opened_on,
        },
        yen=item.yen * CHART[item.chart_code].kind.sign * -1,
        place=Place("ledger.entry", {"entry_id": item.entry_id}),
    )
