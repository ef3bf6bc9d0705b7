"""What grants refuse, in words that say what to do."""

from civicfund.core.errors import N_, DomainError, Forbidden, Invalid


class AnotherPersonNeeded(Forbidden):
    """The second signature must come from somebody else."""

    message = N_(
        "You prepared or checked this yourself. Another person with the approver role must sign."
    )


class NotAMember(Forbidden):
    """Only members of the organisation write in its name."""

    message = N_("Only members of the organisation may do this.")


class MemberMayNotJudge(Forbidden):
    """Nobody signs money to an organisation of their own, nor accepts its report."""

    message = N_("You belong to this organisation, so somebody else must do this.")


class ReasonMissing(Invalid):
    """A deed that must be explained."""

    message = N_("Write the reason. Others will read it.")
    field = "reason"


# -- payee accounts


class NotDigits(Invalid):
    """A bank, branch or account number of the wrong length."""

    message = N_("Enter the number with %(length)s digits, as it stands in the bank book.")

    def __init__(self, *, field: str, length: int) -> None:
        super().__init__(length=length)
        self.field = field  # type: ignore[misc]  # each number has its own field


class NotKana(Invalid):
    """Banks know account holders in katakana only."""

    message = N_(
        "Write the holder's name in katakana as in the bank book, 30 signs or fewer. "
        "Latin letters, digits, spaces and ( ) . - / are allowed."
    )
    field = "holder_kana"


class ProposalWaits(DomainError):
    """One proposal at a time."""

    message = N_("A bank account is being checked already. Wait for it, or ask the office.")


class SameAccount(Invalid):
    """The proposed account is the one in use."""

    message = N_("This is the account that is in use already.")
    field = "number"


class NoPayeeAccount(DomainError):
    """Nowhere to send the money."""

    message = N_(
        "The organisation has no confirmed bank account yet. It proposes one on its award page; "
        "the office checks it and an approver confirms it."
    )


class PayeeChanged(DomainError):
    """The account was changed between preparing and approving."""

    message = N_(
        "The bank account was changed after this payment was prepared. "
        "Withdraw the payment and prepare it again for the new account."
    )


# -- awards


class NothingToAward(DomainError):
    """The campaign's fund is empty."""

    message = N_("The campaign's fund holds nothing that could be awarded.")


class NotAgreed(DomainError):
    """Money before the organisation has agreed to the terms."""

    message = N_("The organisation has not agreed to the award yet. It does so on its award page.")


# -- disbursements


class MoreThanAward(DomainError):
    """The instalments together would exceed the award; the database itself refuses."""

    message = N_(
        "Only %(available)s yen of this award are not in an instalment yet, so %(asked)s yen "
        "cannot be paid. Lower the amount, or withdraw another instalment first."
    )
    field = "amount"


class DisbursementFixed(DomainError):
    """What was prepared is withdrawn, not changed; the database itself refuses."""

    message = N_("A prepared payment is not changed. Withdraw it and prepare a new one.")


class LineTaken(DomainError):
    """The bank line belongs to something else."""

    message = N_("This bank line was used already. Reload the page and choose another line.")
    field = "bank_line"


class LineDiffers(Invalid):
    """The bank moved another amount, or in the other direction."""

    message = N_(
        "The bank line says %(line)s yen, but %(asked)s yen are expected. "
        "Choose the line of this payment."
    )
    field = "bank_line"


class LineTooEarly(Invalid):
    """The bank moved the money before anyone approved it."""

    message = N_("This bank line is older than the payment it should confirm.")
    field = "bank_line"


class FeeLineWrong(Invalid):
    """A transfer fee goes out and is small."""

    message = N_("A transfer fee is a line of at most %(most)s yen going out.")
    field = "fee_line"


# -- reports


class ReportClosed(DomainError):
    """Filed or accepted: nothing may be changed in it now."""

    message = N_("This report is now “%(state)s” and cannot be changed.")


class StaleReport(DomainError):
    """Somebody else of the organisation saved the report after this page was opened."""

    message = N_(
        "Somebody saved this report after you opened this page. What you typed is still below. "
        "Compare it with the newest version before you save again."
    )


class ReportHasFaults(Invalid):
    """The checks before filing found something."""

    message = N_("The report cannot be filed yet. What is missing is listed below.")


class TooLong(Invalid):
    """More text than anyone reads."""

    message = N_("Shorten this text to %(most)s characters or fewer.")

    def __init__(self, *, field: str, most: int) -> None:
        super().__init__(most=most)
        self.field = field  # type: ignore[misc]  # each text has a limit of its own


class OutsidePeriod(Invalid):
    """A receipt of another time (domain: dated inside the period)."""

    message = N_(
        "The date must lie between %(starts_on)s and %(ends_on)s, the period of the award."
    )
    field = "issued_on"


class WrongAddressee(Invalid):
    """上様 and empty addressees do not count."""

    message = N_("The receipt must be made out to the organisation by name; “上様” does not count.")
    field = "addressee"


class VaguePurpose(Invalid):
    """品代 does not say what was bought."""

    message = N_("Write what was bought, for example “paint, 12 tins”; “品代” does not count.")
    field = "purpose"


class SameFileTwice(DomainError):
    """The same file stands under this line already."""

    message = N_("This file is already among the receipts of this line.")
    field = "file"


class TooManyReceipts(Invalid):
    """Somebody uploads without end."""

    message = N_("A line can carry %(most)s receipts at most. Join small ones into one PDF.")
    field = "file"


class InstalmentOpen(DomainError):
    """A payment on its way must end before the award is settled."""

    message = N_(
        "Instalment %(number)s is on its way and would exceed what was spent. "
        "Confirm or withdraw it before you accept the report."
    )
