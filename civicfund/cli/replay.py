"""Real crowdfunding projects, run through the services as campaigns of the fund.

The file's dollars are read as yen, rounded. Each project becomes an all-or-nothing campaign; its
backers give what was pledged; at its deadline it is settled. The book must then say what the
file says.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from pathlib import Path
from random import Random

from flask import current_app

from civicfund.campaigns import queries as campaign_queries
from civicfund.campaigns import services as campaigns
from civicfund.campaigns.models import (
    Campaign,
    CampaignState,
    FundingModel,
    ReviewDecision,
    Theme,
    Ward,
)
from civicfund.cli.seed.people import Cast, cast
from civicfund.cli.stage import Stage, into_the_inbox
from civicfund.core import clock
from civicfund.core.db import transaction
from civicfund.core.money import yen
from civicfund.donors import services as donors
from civicfund.donors.models import Method, OnFailure, Publicity
from civicfund.grants import services as grants
from civicfund.grants.queries import awards
from civicfund.ledger import queries as ledger
from civicfund.payments import queries as payments
from civicfund.payments.gateways.sandbox import driver
from civicfund.payments.gateways.sandbox.delivery import delivering_through

OUTCOMES = {
    "successful": CampaignState.AWARDED,
    "failed": CampaignState.FAILED,
    "canceled": CampaignState.CANCELLED,
}
# Gifts that are written down in one transaction.
BATCH = 100


@dataclass(frozen=True)
class Project:
    """One line of the file, in whole yen."""

    number: int
    name: str
    goal_yen: int
    pledged_yen: int
    backers: int
    launched_on: date
    deadline_on: date
    outcome: str

    @property
    def fault(self) -> str | None:
        """Why this line contradicts itself, so that no rules could reproduce it."""
        if self.outcome not in OUTCOMES:
            return f"its outcome is {self.outcome}"
        if self.goal_yen < 1:
            return "it has no goal"
        if (self.pledged_yen > 0) != (self.backers > 0) or self.backers > self.pledged_yen:
            return f"{self.backers} backers pledged {self.pledged_yen} yen"
        reached = self.pledged_yen >= self.goal_yen
        if self.outcome != "canceled" and reached != (self.outcome == "successful"):
            return f"{self.outcome} with {self.pledged_yen} of {self.goal_yen} yen"
        return None


@dataclass(frozen=True)
class Result:
    """What became of a project, and what the book holds of it."""

    project: Project
    state: CampaignState
    booked_yen: int

    @property
    def agrees(self) -> bool:
        """The outcome is the file's; the book has every yen of a success and none of a failure."""
        expected = self.project.pledged_yen if self.project.outcome == "successful" else 0
        return self.state is OUTCOMES[self.project.outcome] and self.booked_yen == expected


def read(path: Path, *, sample: int | None = None, seed: int = 0) -> list[Project]:
    """The projects of the file, or a repeatable sample of them."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        projects = [_project(row) for row in csv.DictReader(file)]
    if sample is not None and sample < len(projects):
        projects = Random(seed).sample(projects, sample)  # noqa: S311  # not a secret
    return projects


def _project(row: dict[str, str]) -> Project:
    launched = datetime.strptime(row["launched"], "%d-%m-%y %H:%M").date()  # noqa: DTZ007
    deadline = datetime.strptime(row["deadline"], "%d-%m-%y").date()  # noqa: DTZ007
    return Project(
        number=int(row["ID"]),
        name=" ".join(row["name"].split())[:100] or row["ID"],
        goal_yen=_whole(row["usd_goal_real"]),
        pledged_yen=_whole(row["usd_pledged_real"]),
        backers=int(row["backers"]),
        launched_on=launched,
        deadline_on=max(deadline, launched + timedelta(days=1)),
        outcome=row["state"],
    )


def _whole(amount: str) -> int:
    return int(Decimal(amount).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def replay(projects: Iterable[Project]) -> Iterable[Result]:
    """Run each project from its draft to its settlement, yielding what became of it."""
    before = current_app.config["GIFT_LEAST_YEN"]
    # Some backers of the file gave less than our least gift.
    current_app.config["GIFT_LEAST_YEN"] = 1
    try:
        with delivering_through(into_the_inbox):
            for project in projects:
                yield _Run(project).result()
    finally:
        current_app.config["GIFT_LEAST_YEN"] = before


class _Run:
    """One project on the stage."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.stage = Stage()
        self.start = _at(project.launched_on, time(9))

    def result(self) -> Result:
        """Play it and look into the book."""
        campaign_id, fund_id = self._open()
        self._give(campaign_id)
        self._end(campaign_id)
        with transaction():
            campaign = _found(campaign_id)
            booked = ledger.gross_gifts_of([fund_id]).get(fund_id, 0)
            return Result(self.project, campaign.state, booked)

    def _open(self) -> tuple[int, int]:
        campaign_id = self.stage.play(self.start, self._write)
        self.stage.run_job(self.start + timedelta(minutes=5), "campaigns.launch_due")
        with transaction():
            campaign = _found(campaign_id)
            assert campaign.fund_id is not None, "an approved campaign has a fund"
            return campaign.id, campaign.fund_id

    def _write(self) -> int:
        people: Cast = cast()
        project = self.project
        campaign = campaigns.draft_campaign(
            organisation=people.npos[project.number % len(people.npos)],
            by=people.member,
            form_key=f"replay/{project.number}",
            title=project.name,
            summary=project.name,
            story=project.name,
            ward=Ward.CITYWIDE,
            theme=Theme.CULTURE,
            target_yen=project.goal_yen,
            funding_model=FundingModel.ALL_OR_NOTHING,
            starts_on=project.launched_on,
            deadline_on=project.deadline_on,
            budget_lines=[campaigns.BudgetDraft(label="Project", amount_yen=project.goal_yen)],
        )
        campaigns.submit_campaign(campaign, by=people.member)
        decision = ReviewDecision.APPROVED
        campaigns.review_content(campaign, by=people.content_reviewer, decision=decision)
        campaigns.review_finances(campaign, by=people.finance_reviewer, decision=decision)
        return campaign.id

    def _give(self, campaign_id: int) -> None:
        """The backers give shares of what was pledged that differ, but add up exactly."""
        project = self.project
        if not project.backers:
            return
        rng = Random(project.number)  # noqa: S311  # not a secret
        weights = [rng.choice((1, 2, 2, 3, 5, 10)) for _ in range(project.backers)]
        rest = yen(project.pledged_yen - project.backers).split(weights)
        amounts = [1 + part.minor for part in rest]
        for first in range(0, len(amounts), BATCH):
            batch = list(enumerate(amounts))[first : first + BATCH]
            self.stage.play(
                self.start + timedelta(hours=1),
                partial(self._pledge, campaign_id, batch),
            )

    def _pledge(self, campaign_id: int, batch: list[tuple[int, int]]) -> None:
        campaign = _found(campaign_id)
        for number, amount in batch:
            donation = donors.start_donation(
                campaign=campaign,
                form_key=f"replay/{self.project.number}/{number}",
                amount=yen(amount),
                method=Method.CARD,
                email=f"backer-{self.project.number}-{number}@replay.example",
                publicity=Publicity.HIDDEN,
                on_failure=OnFailure.REFUND,
                accepted_terms=True,
            )
            donors.open_checkout(
                donation, description=campaign.title, return_url="/", cancel_url="/"
            )
            payment = payments.payment_by_id(donation.payment_id or 0)
            assert payment is not None, "a gift begins with a payment"
            driver.complete(payment)

    def _end(self, campaign_id: int) -> None:
        if self.project.outcome == "canceled":
            when = self.start + timedelta(hours=2)
            self.stage.play(when, lambda: self._cancel(campaign_id))
            return
        after = clock.end_of(self.project.deadline_on) + timedelta(minutes=10)
        self.stage.run_job(after, "grants.settle_due")
        self.stage.run_job(after + timedelta(minutes=10), "grants.finish_due")
        if _found(campaign_id).state is CampaignState.SUCCEEDED:
            self.stage.play(after + timedelta(hours=1), lambda: self._accept(campaign_id))

    def _cancel(self, campaign_id: int) -> None:
        campaigns.cancel_campaign(
            _found(campaign_id), by=cast().content_reviewer, reason="Cancelled in the file"
        )

    def _accept(self, campaign_id: int) -> None:
        """Far over its target, a campaign waits for the approver's word."""
        award = awards.award_of_campaign(campaign_id)
        assert award is not None, "money came in, so an award waits"
        grants.accept_over_target(award, by=cast().approver, reason="As in the file.")


def _found(campaign_id: int) -> Campaign:
    campaign = campaign_queries.campaign_by_id(campaign_id)
    assert campaign is not None, "it was written a moment ago"
    return campaign


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=clock.JST)
