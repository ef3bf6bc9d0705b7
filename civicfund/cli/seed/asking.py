"""The demo's campaigns: written, reviewed, endorsed."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from civicfund.campaigns import queries as campaign_queries
from civicfund.campaigns import services as campaigns
from civicfund.campaigns.models import FundingModel, ReviewDecision, Ward
from civicfund.cli.seed import endorsing
from civicfund.cli.seed.people import cast
from civicfund.cli.seed.texts import PROJECTS, Project
from civicfund.core import clock

# Of twelve campaigns in a row: how far each has come.
FATES = (
    "live", "live", "reported", "live", "live", "failed",
    "live", "submitted", "live", "awarded", "live", "draft",
)  # fmt: skip
WARDS = [ward for ward in Ward if ward is not Ward.CITYWIDE]


@dataclass(frozen=True)
class Plot:
    """What is to happen to one campaign."""

    number: int
    project: Project
    ward: Ward
    fate: str
    model: FundingModel
    starts_on: date
    deadline_on: date
    endorsed: bool

    @property
    def written_at(self) -> datetime:
        """A week before it opens."""
        return datetime.combine(self.starts_on - timedelta(days=7), time(10), tzinfo=clock.JST)

    @property
    def opens_at(self) -> datetime:
        """The morning of its first day."""
        return datetime.combine(self.starts_on, time(0, 5), tzinfo=clock.JST)

    @property
    def ends_at(self) -> datetime:
        """The last second of its last day."""
        return clock.end_of(self.deadline_on)

    @property
    def takes_gifts(self) -> bool:
        """Is it, or was it, open?"""
        return self.fate not in {"submitted", "draft"}

    def is_over(self, now: datetime) -> bool:
        """Has its deadline passed?"""
        return self.takes_gifts and self.ends_at < now


def plots(count: int, rng: Random, *, now: datetime) -> list[Plot]:
    """A plan for `count` campaigns around the day of `now`."""
    today = clock.day_of(now)
    return [_plot(number, rng, today) for number in range(count)]


def _plot(number: int, rng: Random, today: date) -> Plot:
    fate = FATES[number % len(FATES)]
    if fate in {"reported", "awarded", "failed"}:
        starts = today - timedelta(days=rng.randint(95, 120))
        ends = starts + timedelta(days=rng.randint(30, 45))
    elif fate == "live":
        starts = today - timedelta(days=rng.randint(5, 30))
        ends = today + timedelta(days=rng.choice((2, 6, 13, 20, 34, 48)))
    else:
        starts, ends = today + timedelta(days=10), today + timedelta(days=55)
    keeps = fate in {"reported", "awarded"} or (fate == "live" and number % 2 == 0)
    return Plot(
        number=number,
        project=PROJECTS[number % len(PROJECTS)],
        ward=WARDS[number % len(WARDS)],
        fate=fate,
        model=FundingModel.KEEP_ALL if keeps else FundingModel.ALL_OR_NOTHING,
        starts_on=starts,
        deadline_on=ends,
        endorsed=fate == "live" and number % 3 != 1,
    )


def ask(plot: Plot) -> int:
    """Write the campaign and take it as far as its fate says; returns its id."""
    people = cast()
    project = plot.project
    parts = [project.target_yen * share // 100 for _label, share in project.budget]
    parts[0] += project.target_yen - sum(parts)
    turn = plot.number // len(PROJECTS)
    campaign = campaigns.draft_campaign(
        organisation=people.npos[plot.number % len(PROJECTS)],
        by=people.member,
        form_key=f"seed/{plot.number}",
        title=project.title if turn == 0 else f"{project.title}（第{turn + 1}期）",
        summary=project.summary,
        story=project.story,
        ward=plot.ward,
        theme=project.theme,
        target_yen=project.target_yen,
        funding_model=plot.model,
        starts_on=plot.starts_on,
        deadline_on=plot.deadline_on,
        budget_lines=[
            campaigns.BudgetDraft(label=label, amount_yen=part)
            for (label, _share), part in zip(project.budget, parts, strict=True)
        ],
    )
    if plot.fate == "draft":
        return campaign.id
    campaigns.submit_campaign(campaign, by=people.member)
    if plot.fate == "submitted":
        return campaign.id
    approve = ReviewDecision.APPROVED
    campaigns.review_content(campaign, by=people.content_reviewer, decision=approve)
    campaigns.review_finances(campaign, by=people.finance_reviewer, decision=approve)
    return campaign.id


def endorse(campaign_id: int, plot: Plot) -> None:
    """Let the city put its name to it."""
    campaign = campaign_queries.campaign_by_id(campaign_id)
    assert campaign is not None, "written a moment ago"
    endorsing.endorse(campaign, until=plot.deadline_on)
