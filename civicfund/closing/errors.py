"""What a close refuses, in words that say what to do."""

from civicfund.core.errors import N_, DomainError, Invalid


class ChecklistOpen(DomainError):
    """Something does not hold and nobody has explained it."""

    message = N_(
        "Not everything on the checklist holds yet: %(items)s. Put it right, or explain it there."
    )


class ChecklistChanged(DomainError):
    """What the first person saw is not what is there now."""

    message = N_(
        "The checklist has changed since it was prepared: %(items)s. Withdraw the preparation, "
        "look at it again and prepare it anew."
    )


class AnotherPersonSigns(DomainError):
    """Two signatures are two people."""

    message = N_("You prepared this. Another person must sign it.")


class StatementOnAnotherDay(Invalid):
    """A certificate speaks of the last day."""

    message = N_("The balance must be that of the last day of the month, %(day)s.")
    field = "stated_on"


class NotYetOver(DomainError):
    """A month is closed when it is over."""

    message = N_("This month is not over yet. Close it after its last day.")


class ReasonNeeded(Invalid):
    """An explanation is words."""

    message = N_("Write what the difference is and why it may stand. Others will read it.")
    field = "note"


class HoldsAlready(DomainError):
    """There is nothing to explain."""

    message = N_("This item holds; there is nothing to explain. Reload the page.")


class MustBePutRight(DomainError):
    """Some items cannot be talked away."""

    message = N_("This item cannot be explained. Do what it asks for.")


class YearAlreadyPrepared(DomainError):
    """One closing of a year at a time."""

    message = N_("The close of this year is prepared or done already. Reload the page.")


class MonthsNotPrepared(DomainError):
    """A year is closed after its months."""

    message = N_("Prepare every month of the year first: %(months)s.")


class EarlierYearOpen(DomainError):
    """Years are closed in their order: else two years' results would be booked as one."""

    message = N_("The results of an earlier year are not closed yet. Close that year first.")


class YearIsSealed(DomainError):
    """The last month is closed: the year's entries cannot be touched any more."""

    message = N_(
        "The last month of this year is closed, so nothing can be booked into the year any more. "
        "Book a correction in the present year."
    )


class YearChanged(DomainError):
    """Entries came since the first signature."""

    message = N_(
        "The results of the year have changed since they were prepared. Withdraw the preparation "
        "and prepare it anew."
    )


class NothingToClose(DomainError):
    """Revenue and expense stand at nothing."""

    message = N_("There are no results to close: revenue and expense stand at zero.")


class WrongFile(Invalid):
    """An import with faults; each is shown by its line."""

    message = N_("The file has faults. Nothing was prepared; see the list.")
    field = "file"


class BookHasBegun(DomainError):
    """Opening balances come before everything else."""

    message = N_(
        "The book has entries before %(day)s already. Opening balances must be its beginning: "
        "choose an earlier day."
    )
    field = "opens_on"


class OpeningPrepared(DomainError):
    """One import at a time."""

    message = N_("An import is prepared already. Sign it or withdraw it first.")


class OpeningChanged(DomainError):
    """The lines are not those under the first signature."""

    message = N_(
        "The balances of this import have changed since they were prepared. Withdraw it and "
        "prepare the file anew."
    )


class OpeningKnown(DomainError):
    """The same balances were booked already."""

    message = N_("These opening balances were booked already. Nothing was changed.")


class OpeningDayClosed(DomainError):
    """Nothing is booked into a closed month."""

    message = N_("The books of %(day)s are closed. Choose a day in an open month.")
    field = "opens_on"
