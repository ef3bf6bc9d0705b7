"""What can go wrong with an endorsement, in words that say what to do."""

from civicfund.core.errors import N_, DomainError, Forbidden, Invalid, NotFound


class NotTheIssuer(Forbidden):
    """Only an officer of the issuing office acts; the fund's staff may not (R46)."""

    message = N_("Only an officer of the office that vouches can do this.")


class OfficerOfTheSubject(Forbidden):
    """Nobody vouches for the organisation that they belong to."""

    message = N_("You belong to the organisation that asks. A colleague has to decide.")


class MayNotRequest(Forbidden):
    """Neither the organisation itself nor the fund's office."""

    message = N_("Only the organisation itself or the fund's office can ask for an endorsement.")


class NoSuchSubject(NotFound):
    """Nobody knows what is to be endorsed."""

    message = N_("What you want endorsed is not here. Start again from its own page.")


class NoSuchIssuer(Invalid):
    """An office that is not on the list."""

    message = N_("Choose an office from the list.")
    field = "issuer_id"


class KindNotOfThisIssuer(Invalid):
    """A city does not award a private mark, nor a network an ordinance."""

    message = N_("This office does not give this kind of endorsement. Choose another kind.")
    field = "kind"


class AlreadyRequested(DomainError):
    """The same office is already looking at the same request."""

    message = N_("This office already has your request (%(reference)s). Wait for its answer.")


class AlreadyRenewed(DomainError):
    """One renewal at a time."""

    message = N_("A renewal of this endorsement was already asked for (%(reference)s).")


class NotRenewable(DomainError):
    """Revoked, not decided yet, or without an end."""

    message = N_("This endorsement cannot be renewed. Ask for a new one.")


class SayWhatFor(Invalid):
    """The office must know what its name is for."""

    message = N_("Write what the name of the office is wanted for.")
    field = "scope_text"


class LateWithoutReason(Invalid):
    """After the day that the rules name, the office wants to know why (R49)."""

    message = N_("The office asks to be told by %(day)s. Write why the request comes later.")
    field = "late_reason"


class EndsBeforeItBegins(Invalid):
    """The last day comes before the first."""

    message = N_("Enter a last day that is not before the first day.")
    field = "valid_until"


class EndMissing(Invalid):
    """Only a designation by ordinance has no last day (R51)."""

    message = N_("Enter the last day. Only a designation by ordinance has none.")
    field = "valid_until"


class AlreadyOver(Invalid):
    """A word that would end before it is given."""

    message = N_("Enter a last day that is not in the past.")
    field = "valid_until"


class StartsTooEarly(Invalid):
    """A renewal begins when its predecessor has ended."""

    message = N_("The endorsement before this one runs until %(day)s. Begin after that day.")
    field = "valid_from"


class CriteriaNotMet(DomainError):
    """An endorsement says what was checked; so it must have been."""

    message = N_("Check every criterion first. If one is not met, ask for changes or decline.")


class CriteriaChanged(Invalid):
    """The answers do not fit the list of criteria of this kind."""

    message = N_("The list of criteria has changed. Reload the page and check it again.")


class DecisionIncomplete(Invalid):
    """A decision without its basis, its number or its day."""

    message = N_("Fill this in: it stands on the public page.")

    def __init__(self, *, field: str) -> None:
        super().__init__()
        self.field = field  # type: ignore[misc]  # each missing field is named


class CostNotPossible(Invalid):
    """Nominal support costs the city nothing, by its own rules."""

    message = N_("With this kind of endorsement the office bears no cost.")
    field = "cost_borne"


class ReasonMissing(Invalid):
    """A refusal or a withdrawal says why."""

    message = N_("Write the reason. Others will read it.")
    field = "reason"


class AlreadyEnded(DomainError):
    """Nothing is left to withdraw."""

    message = N_("This endorsement has already ended. Nothing is left to revoke.")


class RegisterPrefixTaken(Invalid):
    """Two registers would give the same numbers."""

    message = N_("Another office already numbers its register with these letters.")
    field = "register_prefix"


class NotAnIssuersOrganisation(Invalid):
    """A city's desk belongs to a city office."""

    message = N_("A city, a ward or a board of education issues only through a city office.")
    field = "organisation"
