"""Real crowdfunding projects run through the house: the book must say what the file says."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from civicfund.cli import replay
from civicfund.cli.books import CHECKS
from civicfund.core.db import transaction
from civicfund.ledger import queries as book

PROJECTS = (
    Path(__file__).resolve().parents[3] / "shared/data/crowdfunding/ks-projects-201801-subset.csv"
)
# 3,465 backers; 49 successes, 87 failures, 14 cancellations; no line contradicts itself.
SAMPLE, SEED = 150, 82
COLUMNS = "ID,name,deadline,launched,state,backers,usd_pledged_real,usd_goal_real"
LINES = (
    '7,"Reached, and a little more",10-06-15,11-05-15 9:12,successful,4,1100.4,1000',
    "8,Missed,10-06-15,11-05-15 23:59,failed,2,300,1000",
    "9,Called off,10-06-15,11-05-15 9:00,canceled,3,999.5,1000",
)


def agree(results: Iterable[replay.Result]) -> list[replay.Result]:
    """Every outcome is the file's, and so are the totals of the book; then every check holds."""
    seen = list(results)
    assert [result for result in seen if not result.agrees] == []
    pledged = sum(
        result.project.pledged_yen for result in seen if result.project.outcome == "successful"
    )
    with transaction():
        gross = book.balance_of("4111").minor + book.balance_of("4191").minor
        assert gross == pledged
        trial = book.trial_balance()
        assert trial.total("debits") == trial.total("credits")
        assert trial.total("debit_balance") == trial.total("credit_balance")
        assert book.balance_of("2133").minor == 0, "nothing is held any more"
        assert book.balance_of("5101").minor == book.balance_of("2121").minor, "all was granted"
        broken = [finding for part in CHECKS for finding in part.run() if not finding.holds]
        assert broken == []
    return seen


@pytest.mark.slow
@pytest.mark.xdist_group("processes")
@pytest.mark.skipif(not PROJECTS.exists(), reason="the file of real projects is not here")
def test_a_sample_of_real_projects(open_house: Flask) -> None:
    projects = replay.read(PROJECTS, sample=SAMPLE, seed=SEED)
    assert [project.fault for project in projects if project.fault] == []
    seen = agree(replay.replay(projects))
    assert Counter(result.project.outcome for result in seen) == {
        "failed": 87, "successful": 49, "canceled": 14,
    }  # fmt: skip


def test_a_sample_is_the_same_for_a_seed(tmp_path: Path) -> None:
    file = written(tmp_path, *LINES)
    whole = replay.read(file)
    assert [project.number for project in whole] == [7, 8, 9]
    assert replay.read(file, sample=2, seed=5) == replay.read(file, sample=2, seed=5)
    assert replay.read(file, sample=9) == whole


def test_dollars_are_read_as_whole_yen(tmp_path: Path) -> None:
    first, _, third = replay.read(written(tmp_path, *LINES))
    assert (first.goal_yen, first.pledged_yen, first.backers) == (1_000, 1_100, 4)
    assert third.pledged_yen == 1_000, "half a dollar is rounded up"
    assert (first.launched_on.isoformat(), first.deadline_on.isoformat()) == (
        "2015-05-11", "2015-06-10",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("1,A,10-06-15,11-05-15 9:00,live,1,10,1000", "its outcome is live"),
        ("1,A,10-06-15,11-05-15 9:00,failed,1,10,0", "it has no goal"),
        ("1,A,10-06-15,11-05-15 9:00,failed,0,10,1000", "0 backers pledged 10 yen"),
        ("1,A,10-06-15,11-05-15 9:00,failed,3,2,1000", "3 backers pledged 2 yen"),
        ("1,A,10-06-15,11-05-15 9:00,failed,3,1200,1000", "failed with 1200 of 1000 yen"),
        ("1,A,10-06-15,11-05-15 9:00,successful,3,999,1000", "successful with 999 of 1000 yen"),
    ],
)
def test_lines_that_contradict_themselves(tmp_path: Path, line: str, why: str) -> None:
    [project] = replay.read(written(tmp_path, line))
    assert project.fault == why


def test_the_command_leaves_out_what_contradicts_itself(open_house: Flask, tmp_path: Path) -> None:
    contradiction = "10,Odd,10-06-15,11-05-15 9:00,failed,3,1200,1000"
    answer = command(open_house, written(tmp_path, *LINES, contradiction))
    assert answer.exit_code == 0, answer.output
    assert (
        "left out, since it contradicts itself: 10: failed with 1200 of 1000 yen" in answer.output
    )
    assert "3 projects replayed, 0 differ, 1 left out." in answer.output
    with transaction():
        assert book.balance_of("4111").minor + book.balance_of("4191").minor == 1_100


def test_the_command_stays_away_from_production(
    open_house: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(open_house.config, "PRODUCTION", True)
    answer = command(open_house, written(tmp_path, *LINES))
    assert answer.exit_code == 1
    assert "not in production" in answer.output


def command(house: Flask, *arguments: object) -> Result:
    """`flask civicfund replay-campaigns ...`."""
    words = ["civicfund", "replay-campaigns", *map(str, arguments)]
    return house.test_cli_runner().invoke(args=words)


def written(folder: Path, *lines: str) -> Path:
    """A file of projects with these lines."""
    file = folder / "projects.csv"
    file.write_text("\n".join((COLUMNS, *lines)) + "\n", encoding="utf-8")
    return file
