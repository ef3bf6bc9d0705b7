"""`flask civicfund ...`: thin commands over services and jobs."""

from flask import Flask
from flask.cli import AppGroup

from civicfund.cli import books, data, log, opening, people, serving

group = AppGroup("civicfund", help="Run a citizen fund.")
for package in (serving, people, books, log, data, opening):
    for command in package.commands:
        group.add_command(command)


def init_app(app: Flask) -> None:
    """Add the commands to `flask`."""
    app.cli.add_command(group)


__all__ = ["group", "init_app"]
