"""The demo's city: its office checks and puts its name to a campaign."""

from datetime import date

from civicfund.campaigns.models import Campaign
from civicfund.cli.seed.people import Cast, cast
from civicfund.core import clock
from civicfund.endorsements import queries, services
from civicfund.endorsements.models import EndorsementKind, Issuer
from civicfund.endorsements.subjects import find_subject

PREFIX = "M"


def endorse(campaign: Campaign, *, until: date) -> None:
    """Ask for nominal support, check every criterion, issue."""
    people = cast()
    asked = services.request_endorsement(
        issuer=_office(people),
        kind=EndorsementKind.NOMINAL_SUPPORT,
        subject=find_subject("campaigns", campaign.id),
        by=people.member,
        terms=services.RequestTerms(
            scope_text=campaign.summary, asked_from=clock.today(), asked_until=until
        ),
        form_key=f"seed/endorse/{campaign.id}",
    )
    criteria = len(asked.criteria)
    services.check_criteria(
        asked, by=people.officer, checked=[True] * criteria, notes=[""] * criteria
    )
    services.issue_endorsement(
        asked,
        by=people.officer,
        decision=services.Decision(
            name_as_displayed="みなと市",
            legal_basis="みなと市後援名義等の使用に関する事務取扱要綱 第3条",
            decision_no=f"みな協第{campaign.id:03d}号",
            decision_on=clock.today(),
            valid_from=clock.today(),
            valid_until=until,
            conditions=(("名称を使う印刷物は、配る前に案を見せること", None),),
        ),
    )


def _office(people: Cast) -> Issuer:
    known = queries.issuer_by_prefix(PREFIX)
    if known is not None:
        return known
    return services.create_issuer(
        organisation=people.city,
        register_prefix=PREFIX,
        details=services.IssuerDetails(
            body_ja="みなと市",
            body_en="Minato City",
            bureau_ja="市民文化局",
            bureau_en="Citizens and Culture Bureau",
            section_ja="市民協働推進課",
            section_en="Citizen Partnership Section",
            officer_title_ja="課長",
            officer_title_en="Section chief",
            phone="044-000-0000",
        ),
        by=people.officer,
    )
