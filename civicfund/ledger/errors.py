"""What the book refuses, in words that say what to do."""

from civicfund.core.errors import N_, DomainError, Invalid


class EmptyEntry(Invalid):
    """An entry without a single transfer."""

    message = N_("An entry needs at least one amount that moves.")


class TooManyLines(Invalid):
    """More lines than a leaf of the sealed log can hold."""

    message = N_("An entry has at most %(most)s lines. Book the rest as another entry.")


class NotPositive(Invalid):
    """An amount of zero or below; direction is debit or credit, never a sign."""

    message = N_("Each amount of an entry must be at least 1 yen.")
    field = "amount"


class SameAccountTwice(Invalid):
    """A transfer from an account to itself moves nothing."""

    message = N_("Account %(account)s cannot be both debit and credit of one line.")


class UnknownAccount(Invalid):
    """A code that is not in the chart of accounts."""

    message = N_("There is no account %(account)s in the chart of accounts.")


class NotInThisFund(Invalid):
    """A chart line that may not stand in a fund of this kind."""

    message = N_("Account %(account)s does not belong into the fund %(fund)s.")


class AccountClosed(DomainError):
    """An entry after the day on which an account was closed."""

    message = N_("Account %(account)s was closed on %(closed_on)s. Choose an open account.")


class Overdrawn(DomainError):
    """More was asked of a guarded account than it holds; the database itself refuses."""

    message = N_(
        "Only %(available)s yen are there, so %(asked)s yen cannot be taken. "
        "Lower the amount, or book first the money that has come in."
    )
    field = "amount"


class FundOverdrawn(Overdrawn):
    """A designated fund would have spent more than was given for its purpose."""

    message = N_(
        "The fund holds only %(available)s yen for this purpose, so %(asked)s yen cannot be "
        "taken out of it. Lower the amount, or wait until more gifts have been booked."
    )


class BankOverdrawn(Overdrawn):
    """A bank account would hold less than nothing."""

    message = N_(
        "The bank account holds only %(available)s yen in the book, so %(asked)s yen cannot "
        "leave it. Book the newest bank lines first, or lower the amount."
    )


class DayOutOfReach(Invalid):
    """An entry of a day before any book, or after the next fiscal year."""

    message = N_(
        "An entry cannot be dated %(on)s. Choose a day from %(earliest)s to %(latest)s, the end "
        "of the next fiscal year."
    )
    field = "effective_on"


class PeriodClosed(DomainError):
    """An entry dated in a closed period; correct it in the present one."""

    message = N_(
        "The books of %(on)s are closed. Date the entry in an open period and say what it corrects."
    )
    field = "effective_on"


class PeriodsOverlap(Invalid):
    """A new period shares days with another."""

    message = N_("These days belong to another period already.")
    field = "starts_on"


class PeriodNotOver(DomainError):
    """A period is closed when its last day has passed."""

    message = N_("This period is not over yet. Close it after its last day.")


class EarlierPeriodOpen(DomainError):
    """Periods are closed in their order, without gaps."""

    message = N_("An earlier period is still open. Close the earlier ones first.")


class PeriodStaysClosed(DomainError):
    """Closed is closed: corrections are dated in an open period."""

    message = N_(
        "This period is closed already, and stays closed. Book a correction in the present period."
    )


class ClosePreparedAlready(DomainError):
    """One preparation at a time."""

    message = N_("The close was prepared already. Another person can sign it, or withdraw it.")


class NoClosePrepared(DomainError):
    """There is no first signature to withdraw or to follow."""

    message = N_("Nobody has prepared this close yet, or the preparation was withdrawn.")


class CloseNeedsTwoPeople(DomainError):
    """Whoever prepared a close does not sign it; the database holds it."""

    message = N_("A close needs two people: whoever prepared it cannot sign it as well.")


class KeyReusedWithOtherContent(DomainError):
    """The same deed was asked for twice, the second time with other content."""

    message = N_(
        "An entry with the key “%(key)s” exists already and says something else. "
        "Nothing was booked; look at the existing entry."
    )


class AlreadyAttached(DomainError):
    """The same file, byte for byte, stands at the entry already."""

    message = N_("This very file is attached to entry %(entry)s already.")
    field = "file"


class NotAnEntry(DomainError):
    """A number that no entry has, or none at all."""

    message = N_("Choose at least one entry that the file belongs to.")
    status = 422


class AlreadyWithdrawn(DomainError):
    """A piece of evidence is withdrawn once; a note of withdrawal is not withdrawn."""

    message = N_("This piece was withdrawn already, or is itself a note of withdrawal.")


class AlreadyReversed(DomainError):
    """An entry can be reversed once."""

    message = N_("Entry %(entry)s has been reversed already.")


class ReversalOfReversal(DomainError):
    """A reversal is not reversed; the right entry is booked anew."""

    message = N_("Entry %(entry)s is itself a reversal. Book the right entry anew instead.")


class WrongIsolation(RuntimeError):
    """A programmer's slip: guards are exact under READ COMMITTED only."""


class NotSealedYet(DomainError):
    """An entry, a tile or a tree that the log does not hold (yet)."""

    message = N_(
        "This is not in the sealed log. If it was booked just now, it will be sealed within a "
        "minute: try again then."
    )
    status = 404


class NoSuchTreeSize(Invalid):
    """An empty tree, or a first tree larger than the second: such a proof proves nothing."""

    message = N_("“from” must be at least 1 and at most “to”: there is no proof about other trees.")


class NoSuchCheckpoint(Invalid):
    """A tree size that was never signed."""

    message = N_(
        "There is no checkpoint of %(size)s leaves. Ask for one that was signed, or leave “to” "
        "away."
    )
