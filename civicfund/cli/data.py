"""Filling the house: demo data, and real projects to try the rules on."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import Progress

from civicfund.cli import replay as projects
from civicfund.cli import seed


@click.command("seed-demo")
@click.option("--campaigns", type=click.IntRange(1), help="One for 40 gifts, at least 12.")
@click.option("--donations", type=click.IntRange(0), default=400, show_default=True)
@click.option("--seed", "seed_number", default=2026, show_default=True)
@with_appcontext
def seed_demo(*, campaigns: int | None, donations: int, seed_number: int) -> None:
    """Invented people, campaigns and gifts, the same for the same seed."""
    if current_app.config["PRODUCTION"]:
        raise click.ClickException("Demo people have printed passwords: not in production.")
    with Progress(console=Console(stderr=True)) as bar:
        row = bar.add_task("gifts", total=donations)
        summary = seed.seed_demo(
            campaigns=campaigns or max(12, donations // 40),
            donations=donations,
            seed=seed_number,
            progress=lambda done, _all: bar.update(row, completed=done),
        )
    click.echo(
        f"{summary.campaigns} campaigns, {summary.donations} gifts, {summary.awarded} awards."
    )


@click.command("replay-campaigns")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--sample", type=click.IntRange(1))
@click.option("--seed", "seed_number", default=0, show_default=True)
@with_appcontext
def replay_campaigns(file: Path, *, sample: int | None, seed_number: int) -> None:
    """Run real crowdfunding projects through the services and compare book and outcomes."""
    if current_app.config["PRODUCTION"]:
        raise click.ClickException("This writes invented gifts: not in production.")
    chosen = projects.read(file, sample=sample, seed=seed_number)
    faulty = [project for project in chosen if project.fault]
    for project in faulty:
        click.echo(f"left out, since it contradicts itself: {project.number}: {project.fault}")
    sound = [project for project in chosen if not project.fault]
    wrong = []
    with Progress(console=Console(stderr=True)) as bar:
        row = bar.add_task("gifts", total=sum(project.backers for project in sound))
        for result in projects.replay(sound):
            bar.advance(row, result.project.backers)
            if not result.agrees:
                wrong.append(result)
    for result in wrong:
        click.echo(f"differs: {result}")
    click.echo(f"{len(sound)} projects replayed, {len(wrong)} differ, {len(faulty)} left out.")
    if wrong:
        raise SystemExit(1)


commands = (seed_demo, replay_campaigns)
