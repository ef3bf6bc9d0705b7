"""The blueprint that all pages of endorsements stand on, and the page that two desks share."""

from typing import Any

from flask import Blueprint, render_template
from flask_login import current_user

from civicfund.endorsements import cards, policy, queries
from civicfund.endorsements.forms import CriteriaForm
from civicfund.endorsements.models import Endorsement, EndorsementState

bp = Blueprint("endorsements", __name__)
bp.add_app_template_global(cards.seal_of, "endorsement_seal_of")


def file_page(endorsement: Endorsement, *, form: CriteriaForm | None = None) -> str:
    """The whole file: what was asked, what was checked, what was decided, what comes next."""
    history = queries.history_of(endorsement)
    people = {event.actor_id for event in history} | {
        endorsement.requested_by_id,
        endorsement.criteria_checked_by_id,
    }
    names = queries.names_of_people(people)
    may_decide = policy.can_decide(current_user, endorsement)
    is_open = endorsement.state is EndorsementState.REQUESTED
    if form is None and may_decide and is_open:
        form = CriteriaForm(criteria=endorsement.criteria)
    return render_template(
        "endorsements/file.html",
        endorsement=endorsement,
        meaning=cards.meaning_of(endorsement),
        criteria=[row | {"text": cards.in_language(row)} for row in endorsement.criteria],
        form=form,
        may_decide=may_decide,
        is_partial=may_decide and policy.is_partial(current_user, endorsement),
        may_change=policy.can_change_request(current_user, endorsement),
        story=cards.file_story(history, names),
        names=names,
        tag=cards.state_tag_of(endorsement),
        seal=cards.seal_of(endorsement) if endorsement.register_no else None,
        documents=queries.documents_of(endorsement, only_public=False),
        before=queries.predecessor_of(endorsement),
        after=queries.renewal_of(endorsement),
    )  # fmt: skip


def uploaded(field: Any) -> Any:
    """The file that was chosen in a form, or None."""
    return field.data if field.data and field.data.filename else None
