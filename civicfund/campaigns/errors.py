"""What can go wrong with a campaign, in words that say what to do."""

from civicfund.core.errors import N_, DomainError, Forbidden, Invalid


class Incomplete(Invalid):
    """A campaign was submitted with something missing."""

    message = N_("Fill this in before you submit the campaign.")

    def __init__(self, *, field: str) -> None:
        super().__init__()
        self.field = field  # type: ignore[misc]  # each missing field is named


class TextTooLong(Invalid):
    """More signs than the page has room for."""

    message = N_("Shorten this text to %(most)s characters or fewer.")

    def __init__(self, *, field: str, most: int) -> None:
        super().__init__(most=most)
        self.field = field  # type: ignore[misc]  # each field has a limit of its own


class TargetOutOfRange(Invalid):
    """A target that nobody means."""

    message = N_("Enter a target between %(least)s and %(most)s yen.")
    field = "target_yen"


class BudgetLineIncomplete(Invalid):
    """Half a line: words without an amount, or an amount without words."""

    message = N_("Each budget line needs a purpose and an amount of at least 1 yen.")
    field = "budget_lines"


class TooManyBudgetLines(Invalid):
    """More lines than a reader can follow."""

    message = N_("Use at most %(most)s budget lines: join small ones.")
    field = "budget_lines"


class BudgetDoesNotAddUp(Invalid):
    """The budget lines must sum to the target exactly."""

    message = N_(
        "The budget lines add up to %(sum)s yen, but the target is %(target)s yen. "
        "Change one of them so that both are the same."
    )
    field = "budget_lines"


class DeadlinePast(Invalid):
    """A deadline that is over, or is today."""

    message = N_("Choose a deadline after today.")
    field = "deadline_on"


class DeadlineTooFar(Invalid):
    """A campaign runs for a year at most."""

    message = N_("Choose a deadline within one year from today.")
    field = "deadline_on"


class DeadlineBeforeStart(Invalid):
    """It would end before it begins."""

    message = N_("Choose a deadline on or after the start day.")
    field = "deadline_on"


class StartPast(Invalid):
    """A start before today."""

    message = N_("Choose a start day of today or later.")
    field = "starts_on"


class NotEditable(DomainError):
    """Only a draft, or a campaign sent back, may be changed."""

    message = N_(
        "This campaign is now “%(state)s” and cannot be changed. What was promised must stay."
    )


class StaleCampaign(DomainError):
    """Somebody changed the campaign after this form was opened."""

    message = N_(
        "Somebody changed this campaign after you opened this page. What you typed is still "
        "below. Compare it with the newest version before you save again."
    )


class NotYourOrganisation(Forbidden):
    """Campaigns are written by members of their organisation."""

    message = N_("Only members of the organisation may do this.")


class ReviewerIsMember(Forbidden):
    """Nobody reviews the campaign of an organisation they belong to."""

    message = N_("You belong to this organisation, so somebody else must review its campaign.")


class SameReviewer(Forbidden):
    """Content and finances are checked by two different persons."""

    message = N_("You made the other review of this campaign. A second person must make this one.")


class AlreadyReviewed(DomainError):
    """This part of the review is done."""

    message = N_("This part was reviewed already. Reload the page to see by whom.")


class NotesNeeded(Invalid):
    """A review that does not approve must be explained."""

    message = N_("Write what has to change, or why. The organisation will read it.")
    field = "notes"


class ReasonNeeded(Invalid):
    """A deed that must be explained."""

    message = N_("Write the reason. Others will read it.")
    field = "reason"


class ChecklistOpen(Invalid):
    """Approved, although not everything was checked."""

    message = N_("Approve only when every point of the list is checked and ticked.")
    field = "checked"


class NotOpenForNews(DomainError):
    """Updates belong to a campaign that the public can see."""

    message = N_("Updates can be posted once the campaign is public.")
