"""Roles and deeds in words, for the pages of the desk."""

from flask_babel import gettext

from civicfund.core.audit_log import AuditRecord
from civicfund.core.errors import N_
from civicfund.identity.models import RoleName
from civicfund.identity.views.blueprint import bp

DEEDS = {
    "create_user": N_("Account made"),
    "deactivate_user": N_("Locked out"),
    "activate_user": N_("Let in again"),
    "reset_second_factor": N_("Second factor reset"),
    "change_second_factor": N_("Second factor changed"),
    "change_address": N_("E-mail address changed"),
    "create_organisation": N_("Entered"),
    "edit_organisation": N_("Corrected"),
    "verify_organisation": N_("Checked"),
    "add_member": N_("Member added"),
    "remove_member": N_("Membership ended"),
}


@bp.app_template_filter()
def role_name(name: str) -> str:
    """`staff` as people say it."""
    labels = {role.value: role.label for role in RoleName}
    return str(gettext(labels[name]))


@bp.app_template_filter()
def deed_words(deed: AuditRecord) -> str:
    """What was done, in words; for roles, which one."""
    before, after = (set((side or {}).get("roles", ())) for side in (deed.before, deed.after))
    if deed.deed == "grant_role":
        return str(gettext("Role given: %(role)s", role=_joined(after - before)))
    if deed.deed == "revoke_role":
        return str(gettext("Role taken back: %(role)s", role=_joined(before - after)))
    return str(gettext(DEEDS.get(deed.deed, deed.deed)))


def _joined(names: set[str]) -> str:
    return str(gettext(", ")).join(role_name(name) for name in sorted(names))
