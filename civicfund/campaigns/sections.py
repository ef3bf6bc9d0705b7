"""What campaigns add to the pages of others."""

from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext
from markupsafe import Markup

from civicfund.campaigns import queries
from civicfund.campaigns.cards import cards_of
from civicfund.identity.models import Organisation


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    title: str
    body: Markup


def organisation_sections(organisation: Organisation) -> list[Section]:
    """Answers `organisation_sections`: the campaigns that anyone may see."""
    cards = cards_of(queries.public_campaigns_of(organisation.id))
    if not cards:
        return []
    body = render_template("campaigns/_of_organisation.html", cards=cards)
    return [Section(gettext("Campaigns"), Markup(body))]  # noqa: S704  # a template of ours
