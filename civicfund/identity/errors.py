"""What can go wrong with people, roles and organisations."""

from civicfund.core.errors import N_, DomainError, Invalid


class EmailTaken(DomainError):
    """The address belongs to somebody already."""

    message = N_("There is already an account with this e-mail address.")
    field = "email"


class NotAnEmail(Invalid):
    """The address cannot be written to."""

    message = N_("This is not an e-mail address. Check it for missing or wrong characters.")
    field = "email"


class PasswordTooWeak(Invalid):
    """Shorter than the rule asks."""

    message = N_("Choose a password of at least %(length)s characters.")
    field = "password"


class NameMissing(Invalid):
    """A person or an organisation without a name."""

    message = N_("Enter a name.")
    field = "name"


class UnknownRole(Invalid):
    """No role of this house."""

    message = N_("There is no role “%(role)s”.")
    field = "role"


class LastAdministrator(DomainError):
    """Somebody must be able to let people in."""

    message = N_("This is the last administrator. Give the role to somebody else first.")


class NotForOneself(DomainError):
    """Nobody widens their own rights or takes their own away."""

    message = N_("You cannot change your own rights. Ask another administrator.")
    status = 403


class NoSuchPerson(Invalid):
    """Nobody has an account with this address."""

    message = N_("Nobody has an account with this address. Ask the person to open one first.")
    field = "email"


class AlreadyMember(DomainError):
    """The person is in the organisation already."""

    message = N_("This person already belongs to the organisation.")
    field = "email"


class NotAMember(DomainError):
    """There is no membership to end."""

    message = N_("This person does not belong to the organisation.")


class NotACorporateNumber(Invalid):
    """The check digit is wrong, or it has not 13 digits."""

    message = N_("This is not a corporate number (13 digits). Compare it with the register.")
    field = "corporate_number"


class CorporateNumberTaken(DomainError):
    """Two organisations cannot share a number."""

    message = N_("There is already an organisation with this corporate number.")
    field = "corporate_number"


class SlugTaken(DomainError):
    """The address of the page is in use."""

    message = N_("This page address is taken. Choose another one.")
    field = "slug"


class NotASlug(Invalid):
    """Small letters, digits and hyphens only."""

    message = N_("Use small letters, digits and hyphens, such as “green-hills”.")
    field = "slug"


class NotAWebsite(Invalid):
    """No address that a browser opens without danger."""

    message = N_("Enter the whole address, beginning with https://")
    field = "website"


class AlreadyVerified(DomainError):
    """Checked before; a second check would hide the first."""

    message = N_("This organisation was already checked.")


class NotATotpSecret(Invalid):
    """No base 32 text of at least 128 bits."""

    message = N_("This is not a secret for an authenticator app (base 32).")
    field = "totp_secret"
