"""Setting up, working in the background, showing the demo, and asking the doctor."""

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from rich.console import Console

from civicfund import jobs
from civicfund.cli import demo as demo_house
from civicfund.cli import doctor as practice
from civicfund.core import queue


@click.command("init")
@with_appcontext
def init() -> None:
    """Make or bring up to date the tables of the database."""
    upgrade()
    where = current_app.config["SQLALCHEMY_DATABASE_URI"].render_as_string(hide_password=True)
    click.echo(f"The database is ready: {where}")


@click.command("worker")
@click.option("--concurrency", default=2, show_default=True, help="Jobs at the same time.")
@click.option("--until-empty", is_flag=True, help="Stop when no job waits.")
@with_appcontext
def worker(concurrency: int, until_empty: bool) -> None:  # noqa: FBT001  # click passes it by name
    """Do the background work until stopped (Ctrl-C finishes the running job first)."""
    click.echo("Working. Ctrl-C stops after the running job.", err=True)
    queue.work(concurrency=concurrency, until_empty=until_empty)


@click.command("job")
@click.argument("name", required=False)
@with_appcontext
def job(name: str | None) -> None:
    """Run one scheduled job now, or list the jobs when no NAME is given."""
    if name is None:
        click.echo("\n".join(jobs.registered()))
        return
    if name not in jobs.registered():
        raise click.BadParameter(f"no job is called {name}; `flask civicfund job` lists them")
    queue.run(name)
    click.echo(f"{name}: done")


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Tell what is missing or unsafe in the configuration, and what to do about it."""
    findings = practice.examine(current_app)
    console = Console()
    for finding in findings:
        mark = {"good": "[green]good[/]", "advice": "[yellow]look[/]", "bad": "[red]mend[/]"}
        console.print(f"{mark[finding.state]}  [bold]{finding.title}[/]  {finding.words}")
    bad = sum(finding.state == "bad" for finding in findings)
    console.print(f"{bad} to mend, {sum(f.state == 'advice' for f in findings)} to look at.")
    if bad:
        raise SystemExit(1)


@click.command("demo")
@click.option("--port", default=8000, show_default=True)
@with_appcontext
def demo(port: int) -> None:
    """Show the house: embedded database, demo people, web and worker, until Ctrl-C."""
    demo_house.show(current_app, port=port)


commands = (init, worker, job, doctor, demo)
