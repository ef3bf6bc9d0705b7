"""Who may do what: the questions about roles that every package asks."""

from typing import Any

from civicfund.identity.models import RoleName


def is_staff(user: Any) -> bool:
    """Works in the fund's office."""
    return bool(user.has_role(RoleName.STAFF))


def is_approver(user: Any) -> bool:
    """Gives the second signature on money."""
    return bool(user.has_role(RoleName.APPROVER))


def is_reviewer(user: Any) -> bool:
    """Sits on the selection board."""
    return bool(user.has_role(RoleName.REVIEWER))


def is_officer(user: Any) -> bool:
    """Speaks for the city."""
    return bool(user.has_role(RoleName.OFFICER))


def is_partner(user: Any) -> bool:
    """Adds to what citizens give."""
    return bool(user.has_role(RoleName.PARTNER))


def is_auditor(user: Any) -> bool:
    """Reads everything, changes nothing."""
    return bool(user.has_role(RoleName.AUDITOR))


def is_admin(user: Any) -> bool:
    """Looks after people, roles and settings; never touches the book."""
    return bool(user.has_role(RoleName.ADMIN))


def acts_for(user: Any, organisation_id: int | None) -> bool:
    """Belongs to the organisation."""
    return organisation_id is not None and organisation_id in user.organisation_ids


def may_see_desks(user: Any) -> bool:
    """Anybody who works here: a role or a membership."""
    return bool(user.is_authenticated and (user.roles or user.organisation_ids))


def can_look_after_people(user: Any) -> bool:
    """The desk of people and organisations."""
    return is_admin(user)


def can_look_after(user: Any, _subject: Any) -> bool:
    """One person on that desk."""
    return is_admin(user)


def can_look_after_organisations(user: Any) -> bool:
    """Entering and checking organisations, and who acts for them: the office does that too."""
    return is_admin(user) or is_staff(user)


def can_look_after_organisation(user: Any, _organisation: Any) -> bool:
    """One of them."""
    return can_look_after_organisations(user)
