"""Items that a person confirms, and the lock itself."""

from collections.abc import Sequence

from civicfund.closing.found import Fact, Fault, Found, Place, Remedy
from civicfund.closing.items.ground import Month
from civicfund.closing.queries import evidence
from civicfund.core import clock
from civicfund.core.errors import N_
from civicfund.ledger.models import Fund


def lots(month: Month, old: Sequence[tuple[Fund, int]]) -> Found:
    """7, at the year's end: designated money by the year of its gift; the old one has a plan."""
    year = clock.fiscal_year(month.last)
    return Found(
        name="lots",
        number=7,
        title=N_("Designated money is aged, and what is older than five years has a plan"),
        hint=N_(
            "Look at the note on designated gifts by age. For money received more than five years "
            "ago, write the year, the amount and the use that are planned."
        ),
        holds=not old,
        remedy=Remedy.CONFIRM,
        faults=tuple(
            Fault(
                text=N_("Fund %(code)s %(name)s: held over five years, and no plan"),
                places={"code": fund.code, "name": fund.name_ja},
                yen=amount,
                place=Place("ledger.fund", {"code": fund.code}),
            )
            for fund, amount in old
        ),
        place=Place("desk_books.show", {"slug": "designated-ages", "year": year}),
    )


def accruals() -> Found:
    """9, at the year's end: what belongs into the year and has not been paid yet."""
    return Found(
        name="accruals",
        number=9,
        title=N_("Accruals are booked"),
        hint=N_(
            "Fees, salaries, rent, tax: write what was accrued, or that there is nothing to accrue."
        ),
        holds=False,
        remedy=Remedy.CONFIRM,
    )


def disclosure(month: Month) -> Found:
    """10, at the year's end: the documents on the use of gifts, per campaign."""
    return Found(
        name="disclosure",
        number=10,
        title=N_("The pages on the use of designated gifts are made and kept"),
        hint=N_(
            "Take them from the books and statements and keep them at the office; write where. "
            "Without them the money loses its protection."
        ),
        holds=False,
        remedy=Remedy.CONFIRM,
        place=Place(
            "desk_books.show",
            {"slug": "uses-of-gifts", "year": clock.fiscal_year(month.last)},
        ),
    )


def lock(month: Month) -> Found:
    """11: the second signature locks the month; the sealed log then holds that it is closed."""
    leaf = evidence.leaf_of(month.period.id)
    return Found(
        name="lock",
        number=11,
        title=N_("The month is locked and its seal is published"),
        hint=N_(
            "The second signature locks the month. The sealed log of the book then says when it "
            "was closed, and everybody can check it."
        ),
        holds=month.period.closed_at is not None,
        facts=(Fact(label=N_("Place in the sealed log (leaf)"), booked=leaf, counts=True),)
        if leaf is not None
        else (),
        follows=True,
    )
