"""The root of everything a caller may do wrong, in words that can be translated."""

from typing import ClassVar


def N_(text: str) -> str:  # noqa: N802  # gettext's own name for "mark for translation"
    """Mark a text for the catalogue; it is translated where it is shown."""
    return text


class DomainError(Exception):
    """A refusal with a reason.

    A subclass gives `message` (an `N_` text with `%(name)s` places), the HTTP `status` that fits,
    and the form `field` that it is about, if any. The class name, in kebab case, is the problem
    type.
    """

    message: ClassVar[str] = N_("This cannot be done.")
    status: ClassVar[int] = 409
    field: ClassVar[str | None] = None

    def __init__(self, **places: object) -> None:
        self.places = places
        super().__init__(self.message % places if places else self.message)


class NotFound(DomainError):
    """No such thing, or none that this caller may know of."""

    message = N_("There is no such thing here. It may have moved, or the address may be mistyped.")
    status = 404


class Forbidden(DomainError):
    """Known, but not for this caller."""

    message = N_("Your role does not allow this.")
    status = 403


class Invalid(DomainError):
    """What came in cannot be right."""

    message = N_("Please check what you entered.")
    status = 422


class NotAllowedNow(DomainError):
    """A move between two states that the rules do not know."""

    message = N_("This is not possible any more: it is now “%(state)s”. Reload the page.")
    status = 409
