"""The demo's plot: when campaigns open, who gives, and what became of those that are over."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random

from civicfund.campaigns import queries as campaign_queries
from civicfund.campaigns.models import CampaignState
from civicfund.cli.seed.asking import Plot, ask, endorse, plots
from civicfund.cli.seed.giving import Giver, givers
from civicfund.cli.seed.paying import pay_and_report
from civicfund.cli.seed.people import cast
from civicfund.cli.stage import Stage, into_the_inbox
from civicfund.core import clock, queue
from civicfund.core.db import transaction
from civicfund.core.references import repeatable
from civicfund.payments.gateways.sandbox.delivery import delivering_through

Progress = Callable[[int, int], None]
GIFTS_AT_ONCE = 25


@dataclass(frozen=True)
class Summary:
    """What was made."""

    campaigns: int
    donations: int
    awarded: int


def seed_demo(
    *, campaigns: int, donations: int, seed: int, progress: Progress = lambda _done, _all: None
) -> Summary:
    """Make a town's worth of campaigns and gifts; the same seed makes the same town.

    Everything goes through the services, at its own time: gifts before the deadline, the
    settlement after it. Ends with the present.
    """
    rng = Random(seed)  # noqa: S311  # not a secret
    now = clock.now()
    with repeatable(seed), delivering_through(into_the_inbox):
        town = _Town(plots(campaigns, rng, now=now), rng, now, progress)
        town.open()
        given = town.give(donations)
        awarded = town.end()
        # The worker does it every minute; a first look should not have to wait for the numbers.
        queue.run("ledger.seal")
        return Summary(campaigns, given, awarded)


class _Town:
    """The campaigns on their stage."""

    def __init__(self, planned: list[Plot], rng: Random, now: datetime, progress: Progress) -> None:
        self.planned, self.rng, self.now, self.progress = planned, rng, now, progress
        self.stage = Stage()
        self.ids: dict[int, int] = {}

    def open(self) -> None:
        """Write the campaigns, have them reviewed, and open those whose day has come."""
        with transaction():
            cast()
        for plot in sorted(self.planned, key=lambda plot: plot.written_at):
            self.ids[plot.number] = self.stage.play(plot.written_at, partial(ask, plot))
            if plot.opens_at <= self.now:
                self.stage.run_job(plot.opens_at, "campaigns.launch_due")
            if plot.endorsed:
                self.stage.play(
                    min(plot.opens_at + timedelta(hours=1), self.now),
                    partial(endorse, self.ids[plot.number], plot),
                )

    def give(self, donations: int) -> int:
        """Let citizens give in the order of time; returns how many gave."""
        open_plots = [plot for plot in self.planned if plot.takes_gifts]
        if not open_plots:
            return 0
        planned = sorted(
            givers(open_plots, donations, self.rng, now=self.now), key=lambda giver: giver.at
        )
        for done, together in _batches(planned):
            self.stage.play(together[-1].at, partial(self._all, together))
            self.progress(done, len(planned))
        return len(planned)

    def _all(self, together: list[Giver]) -> None:
        for giver in together:
            with clock.at(giver.at):
                giver.give(self.ids[giver.plot.number])

    def end(self) -> int:
        """Settle what is over, pay it out, have it reported; returns how many were awarded."""
        over = [plot for plot in self.planned if plot.is_over(self.now)]
        for plot in sorted(over, key=lambda plot: plot.ends_at):
            after = plot.ends_at + timedelta(minutes=10)
            self.stage.run_job(after, "grants.settle_due")
            self.stage.run_job(after + timedelta(minutes=20), "grants.finish_due")
        self.stage.run_job(self.now, "sandbox.pay_out")
        awarded = 0
        for plot in over:
            campaign = campaign_queries.campaign_by_id(self.ids[plot.number])
            assert campaign is not None, "written above"
            if campaign.state is CampaignState.AWARDED:
                pay_and_report(self.stage, campaign.id, plot, now=self.now)
                awarded += 1
        return awarded


def _batches(givers_in_order: list[Giver]) -> Iterator[tuple[int, list[Giver]]]:
    """Gifts to be written in one transaction: those of one stretch of time."""
    for first in range(0, len(givers_in_order), GIFTS_AT_ONCE):
        together = givers_in_order[first : first + GIFTS_AT_ONCE]
        yield first + len(together), together
