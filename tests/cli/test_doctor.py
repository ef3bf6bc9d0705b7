"""The doctor tells what is missing or unsafe, in words that say what to do."""

import pytest
from flask import Flask

from civicfund.cli import doctor


def _states(app: Flask) -> dict[str, str]:
    return {finding.title: finding.state for finding in doctor.examine(app)}


def test_a_test_house_is_fit_to_try(house: Flask) -> None:
    states = _states(house)
    assert states["database"] == states["tables"] == states["database roles"] == "good"
    assert states["production"] == "advice"


@pytest.mark.parametrize(
    ("setting", "value", "title"),
    [
        ("SECRET_KEY", "short", "secret key"),
        ("SITE_URL", "http://fund.example", "address"),
        ("GATEWAYS", ["sandbox"], "gateways"),
        ("GATEWAYS", [], "gateways"),
        ("MAIL_SERVER", "", "mail"),
        ("MIGRATION_HEAD", "9999", "tables"),
    ],
)
def test_production_faults_are_to_mend(
    house: Flask, monkeypatch: pytest.MonkeyPatch, setting: str, value: object, title: str
) -> None:
    monkeypatch.setitem(house.config, "PRODUCTION", True)
    monkeypatch.setitem(house.config, setting, value)
    finding = next(f for f in doctor.examine(house) if f.title == title)
    assert finding.state == "bad"
    assert finding.words


def test_the_command_fails_when_there_is_something_to_mend(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(house.config, "MIGRATION_HEAD", "9999")
    result = house.test_cli_runner().invoke(args=["civicfund", "doctor"])
    assert result.exit_code == 1
    assert "flask civicfund init" in result.output.replace("\n", " ")
