"""Items that hold the book against our own lists: gifts, grants, funds, operating share."""

from collections.abc import Iterable, Sequence

from civicfund.closing.found import Fact, Fault, Found, Place, Remedy
from civicfund.closing.items.ground import Month
from civicfund.closing.queries import evidence
from civicfund.closing.queries.evidence import GiftSums
from civicfund.core.errors import N_
from civicfund.ledger import queries as book
from civicfund.ledger.chart import CHART
from civicfund.ledger.checks import Finding
from civicfund.ledger.models import FundClass, JournalEntry

SHARE = "operating_share"
PAYABLE = "2121"


def _faults(findings: Iterable[Finding]) -> tuple[Fault, ...]:
    return tuple(
        Fault(text=finding.title, places={"rows": finding.detail})
        for finding in findings
        if not finding.holds
    )


def gifts(findings: Iterable[Finding], both: GiftSums) -> Found:
    """4: every gift and receipt has its entry, and every entry of a gift its gift."""
    faults = _faults(finding for finding in findings if finding.name != SHARE)
    agree = both.gifts == both.entries and both.gifts_yen == both.entries_yen
    return Found(
        name="gifts",
        number=4,
        title=N_("Every gift has its entry, every entry of a gift its gift"),
        hint=N_("Number and sum of the gifts booked in this month, by the gifts and by the book."),
        holds=not faults and agree,
        facts=(
            Fact(label=N_("Gifts, number"), booked=both.entries, other=both.gifts, counts=True),
            Fact(label=N_("Gifts, yen"), booked=both.entries_yen, other=both.gifts_yen),
        ),
        faults=faults,
    )


def grants(month: Month, findings: Iterable[Finding]) -> Found:
    """5: awarded = paid + still to pay + cancelled."""
    sums = evidence.grant_sums(month.last)
    payable = month.balance(PAYABLE)
    faults = _faults(findings)
    return Found(
        name="grants",
        number=5,
        title=N_("Grants: awarded equals paid, payable and cancelled"),
        hint=N_("By the list of awards and payments, until the end of the month."),
        holds=not faults and payable == sums.payable,
        facts=(
            Fact(label=N_("Awarded"), other=sums.awarded),
            Fact(label=N_("Paid to grantees"), other=sums.paid),
            Fact(label=N_("Cancelled or settled lower"), other=sums.cancelled),
            Fact(
                line=CHART[PAYABLE],
                booked=payable,
                other=sums.payable,
                place=Place("ledger.account", {"code": PAYABLE, "on": month.last.isoformat()}),
            ),
        ),
        faults=faults,
    )


def funds(month: Month) -> Found:
    """6: no designated fund has spent more than it was given."""
    balances = [
        balance
        for balance in book.balances_by_fund(on=month.last)
        if balance.fund.designation is FundClass.DESIGNATED
    ]
    return Found(
        name="funds",
        number=6,
        title=N_("No designated fund is below zero"),
        hint=N_("What each fund was given for its purpose, less what it spent for it."),
        holds=all(balance.designated >= 0 for balance in balances),
        facts=(
            Fact(label=N_("Designated funds"), booked=len(balances), counts=True),
            Fact(
                label=N_("Held for their purposes, together"),
                booked=sum(balance.designated for balance in balances),
                place=Place("ledger.funds"),
            ),
        ),
        faults=tuple(
            Fault(
                text=N_("Fund %(code)s %(name)s is below zero"),
                places={"code": balance.fund.code, "name": balance.fund.name_ja},
                yen=balance.designated,
                place=Place("ledger.fund", {"code": balance.fund.code}),
            )
            for balance in balances
            if balance.designated < 0
        ),
    )


def share(findings: Iterable[Finding], both: GiftSums) -> Found:
    """8: the operating share that was booked is the one each donor agreed to."""
    faults = _faults(finding for finding in findings if finding.name == SHARE)
    return Found(
        name="share",
        number=8,
        title=N_("The operating share is what each donor agreed to"),
        hint=N_("Of the gifts booked in this month: as promised with each gift, and as booked."),
        holds=not faults and both.promised_share_yen == both.booked_share_yen,
        facts=(
            Fact(line=CHART["4191"], booked=both.booked_share_yen, other=both.promised_share_yen),
        ),
        faults=faults,
    )


def late(month: Month, entries: Sequence[JournalEntry], count: int) -> Found:
    """12: what was booked late, and corrections of closed months, only as dated entries."""
    unexplained = [entry for entry in entries if entry.is_late]
    return Found(
        name="late",
        number=12,
        title=N_("Late entries are known"),
        hint=N_(
            "Recorded after the end of the following month, or of a month that was closed. The "
            "latter say on which day they happened; the former need a word why they are late."
        ),
        holds=not unexplained,
        facts=(
            Fact(
                label=N_("Late entries"),
                booked=count,
                counts=True,
                place=Place(
                    "ledger.entries",
                    {"from": month.first.isoformat(), "to": month.last.isoformat(), "late": 1},
                ),
            ),
        ),
        faults=tuple(
            Fault(
                text=N_("Entry %(number)s of %(day)s, recorded on %(recorded)s"),
                places={
                    "id": entry.id,
                    "day": entry.effective_on,
                    "recorded": entry.recorded_at,
                },
                entry=entry,
                yen=entry.amount_minor,
                place=Place("ledger.entry", {"entry_id": entry.id}),
            )
            for entry in unexplained
        ),
        listed=tuple(
            Fault(
                text=N_("Entry %(number)s: %(memo)s"),
                places={"id": entry.id, "memo": entry.memo},
                entry=entry,
                yen=entry.amount_minor,
                place=Place("ledger.entry", {"entry_id": entry.id}),
            )
            for entry in entries
            if not entry.is_late
        ),
    )


def year(month: Month) -> Found:
    """E-17, before the last month of a year is locked: no result is left on revenue and expense."""
    left = book.results_by_fund(on=month.last)
    return Found(
        name="year",
        number=13,
        title=N_("The year's results are closed into net assets"),
        hint=N_("Two people close the year on its own page; the last month is locked afterwards."),
        holds=not left,
        remedy=Remedy.MEND,
        faults=tuple(
            Fault(
                text=N_("Fund %(code)s %(name)s has results that are not closed"),
                places={"code": fund.code, "name": fund.name_ja},
                yen=sum(surplus.minor for _, _, surplus in results),
                place=Place("ledger.fund", {"code": fund.code}),
            )
            for fund, results in left
        ),
        is_apart=True,
    )
