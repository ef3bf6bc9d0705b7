"""The demo's citizens: who gives how much, when, and how."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from civicfund.campaigns import queries as campaign_queries
from civicfund.campaigns.models import FundingModel
from civicfund.cli.seed.asking import Plot
from civicfund.cli.seed.texts import AMOUNTS, FAMILY_NAMES, GIVEN_NAMES, MESSAGES, PEN_NAMES
from civicfund.core.money import yen
from civicfund.donors import services as donors
from civicfund.donors.models import Method, OnFailure, Publicity
from civicfund.payments import queries as payments
from civicfund.payments.gateways.sandbox import driver
from civicfund.payments.gateways.sandbox.cards import TestCard
from civicfund.payments.gateways.sandbox.driver import Outcome

# How a campaign of a fate does: (share of all gifts that its citizens make, as a weight).
DRAW = {"live": 10, "reported": 14, "awarded": 12, "failed": 3}
PUBLICITY = (
    (Publicity.NAME, 30), (Publicity.PEN_NAME, 30),
    (Publicity.HIDDEN, 30), (Publicity.HIDDEN_FROM_NPO, 10),
)  # fmt: skip


@dataclass(frozen=True)
class Giver:
    """One gift to be."""

    number: int
    plot: Plot
    at: datetime
    amount_yen: int
    method: Method
    card: TestCard
    outcome: Outcome
    publicity: Publicity
    name: str
    pen_name: str
    message: str
    on_failure: OnFailure

    def give(self, campaign_id: int) -> None:
        """Fill in the form, go to the sandbox, do there what this person does."""
        campaign = campaign_queries.campaign_by_id(campaign_id)
        assert campaign is not None, "written before anybody gives"
        donation = donors.start_donation(
            campaign=campaign,
            form_key=f"seed/gift/{self.number}",
            amount=yen(self.amount_yen),
            method=self.method,
            email=f"citizen-{self.number}@demo.example",
            publicity=self.publicity,
            donor_name=self.name,
            pen_name=self.pen_name,
            message=self.message,
            on_failure=self.on_failure,
            accepted_terms=True,
        )
        donors.open_checkout(donation, description=campaign.title, return_url="/", cancel_url="/")
        payment = payments.payment_by_id(donation.payment_id or 0)
        assert payment is not None, "a gift begins with a payment"
        driver.complete(payment, outcome=self.outcome, card=self.card)


def givers(planned: list[Plot], count: int, rng: Random, *, now: datetime) -> list[Giver]:
    """`count` gifts to the campaigns that are, or were, open."""
    weights = [DRAW[plot.fate] for plot in planned]
    chosen = rng.choices(planned, weights, k=count)
    return [_giver(number, plot, rng, now) for number, plot in enumerate(chosen)]


def _giver(number: int, plot: Plot, rng: Random, now: datetime) -> Giver:
    first, last = plot.opens_at + timedelta(hours=2), min(plot.ends_at, now)
    # Most give in the first days and in the last.
    share = rng.betavariate(0.6, 0.8)
    at = first + (last - first) * share
    method = Method.KONBINI if rng.random() < 0.12 else Method.CARD
    card, outcome = _at_the_till(method, rng)
    conditional = plot.model is FundingModel.ALL_OR_NOTHING
    # Cash cannot go back the way it came: who pays at the shop leaves it to the fund here.
    leaves = conditional and (method is Method.KONBINI or rng.random() < 0.2)
    return Giver(
        number=number,
        plot=plot,
        at=at,
        amount_yen=rng.choices(list(AMOUNTS), list(AMOUNTS.values()))[0],
        method=method,
        card=card,
        outcome=outcome,
        publicity=rng.choices([p for p, _ in PUBLICITY], [w for _, w in PUBLICITY])[0],
        name=f"{rng.choice(FAMILY_NAMES)} {rng.choice(GIVEN_NAMES)}",
        pen_name=rng.choice(PEN_NAMES),
        message=rng.choice(MESSAGES),
        on_failure=OnFailure.LEAVE_TO_FUND if leaves else OnFailure.REFUND,
    )


def _at_the_till(method: Method, rng: Random) -> tuple[TestCard, Outcome]:
    chance = rng.random()
    if method is Method.KONBINI:
        return TestCard.VISA, Outcome.SUCCEED if chance < 0.9 else Outcome.EXPIRE
    if chance < 0.03:
        return TestCard.VISA, Outcome.DECLINE
    return (TestCard.JCB if chance < 0.3 else TestCard.VISA), Outcome.SUCCEED
