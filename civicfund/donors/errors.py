"""What can go wrong between a wish to give and the money."""

from civicfund.core.errors import N_, DomainError, Invalid, NotAllowedNow


class AmountTooSmall(Invalid):
    """Less than a gift can be: its fee would eat it."""

    message = N_("Enter an amount of at least %(yen)s yen.")
    field = "amount"


class AmountTooLarge(Invalid):
    """More than may be given in one go on a web page."""

    message = N_(
        "You can give up to %(yen)s yen at a time here. For a larger gift, please write to the "
        "office: we will be glad to help."
    )
    field = "amount"


class CampaignNotYetOpen(NotAllowedNow):
    """It does not collect yet."""

    message = N_("This project does not take gifts yet. Nothing was charged.")


class CampaignSuspended(NotAllowedNow):
    """Frozen by the fund."""

    message = N_("The fund has paused this project, so it takes no gifts now. Nothing was charged.")


class CampaignClosed(NotAllowedNow):
    """Its last second has passed, or it has ended in another way."""

    message = N_("This project has ended and takes no more gifts. Nothing was charged.")


class NameNeeded(Invalid):
    """The name is to be shown, or stands on a receipt."""

    message = N_(
        "Enter your name. It is shown on the page, or printed on the receipt, as you chose."
    )
    field = "donor_name"


class PenNameNeeded(Invalid):
    """The pen name is to be shown."""

    message = N_("Enter the pen name that you want to be shown.")
    field = "pen_name"


class AddressNeeded(Invalid):
    """The tax office takes no receipt without a name and an address (R1)."""

    message = N_("A receipt needs your postal code and address. The tax office asks for them.")
    field = "address"


class ChoiceOnFailureNeeded(Invalid):
    """An all-or-nothing project may fail, and the donor decides what then."""

    message = N_("Choose what should happen to your gift if the project misses its target.")
    field = "on_failure"


class RefundAccountNeeded(Invalid):
    """Money paid at a convenience store cannot flow back the way it came."""

    message = N_(
        "Tell us the bank account to which we should return the money. A payment at a "
        "convenience store cannot be sent back there."
    )
    field = "bank_name"


class TermsNotAccepted(Invalid):
    """A gift is an agreement: both sides must agree."""

    message = N_("Please read the terms of the gift and tick the box.")
    field = "accept_terms"


class FormUsedForAnotherGift(DomainError):
    """The same form key came with other content."""

    message = N_(
        "This form was already used for another gift. Press the button again to make a new one."
    )
    field = "form_key"


class NothingToRetry(NotAllowedNow):
    """The gift does not wait for a payment."""

    message = N_("This gift does not wait for a payment. Reload the page to see how it stands.")


class PaymentStillOpen(NotAllowedNow):
    """A charge is on its way: a second one could take the money twice."""

    message = N_("A payment for this gift is being made right now. Please wait for its result.")


class RefundTooLate(NotAllowedNow):
    """Past the days that the policy names."""

    message = N_(
        "A refund can be asked for within %(days)s days after the payment. That time is over. "
        "If something went wrong, please write to the office."
    )


class RefundAfterAward(NotAllowedNow):
    """The money has been granted out; the fund's policy refuses."""

    message = N_(
        "The money of this project has already been granted to the organisation that carries it "
        "out, so it cannot be returned. You can follow what it is used for on this page."
    )


class LeftToFund(NotAllowedNow):
    """The donor chose so when giving."""

    message = N_(
        "You chose to leave this gift to the fund if the project misses its target. It has become "
        "a gift to other projects of the town and cannot be returned."
    )


class ReasonNeeded(Invalid):
    """A decision that somebody will ask about."""

    message = N_("Write the reason. The donor will read it.")
    field = "note"


class NothingToRefund(NotAllowedNow):
    """No money of this gift is with the fund."""

    message = N_("There is nothing to return: the fund holds no money of this gift.")


class RefundAlreadyAsked(NotAllowedNow):
    """One request waits already."""

    message = N_("You have asked for a refund already. The office will answer soon.")


class RefundTooLarge(Invalid):
    """More than is left of the gift."""

    message = N_("At most %(yen)s yen of this gift can still be returned.")
    field = "amount"


class CannotCancel(NotAllowedNow):
    """Only what has not been paid can be cancelled."""

    message = N_(
        "This gift cannot be cancelled any more: it is now “%(state)s”. "
        "If it has been paid, ask for a refund."
    )


class AnotherPersonNeeded(DomainError):
    """Money leaves by two people."""

    message = N_("You recorded this bank line yourself. Another person must confirm the return.")
    status = 403


class AccountByAnotherNeeded(DomainError):
    """One person may not grant a return and say where it goes."""

    message = N_(
        "You granted this return yourself. Another person must enter the account, or the donor."
    )
    status = 403


class BankLineDiffers(Invalid):
    """The line is not this return."""

    message = N_("The bank line does not show %(yen)s yen going out.")
    field = "bank_line"
