"""Lots: the oldest money is spent first, and what is passed on keeps its year."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask

from civicfund.books.statements.age_notes import designated_ages
from civicfund.books.statements.ages import UNKNOWN, Moves, YearOfFund, Years, age_of, lots_of
from civicfund.core import clock
from civicfund.core.money import yen
from civicfund.ledger import posting_rules as rules
from civicfund.ledger import queries, services
from tests.books.statements.reading import read
from tests.factories.ledger import make_fund, make_gift

Y = YearOfFund
CASES: list[tuple[str, Years, Moves, dict[int, dict[int, int]]]] = [
    ("nothing spent", {2020: {1: Y(100)}, 2021: {1: Y(50)}}, {}, {1: {2020: 100, 2021: 50}}),
    ("oldest first", {2020: {1: Y(100)}, 2021: {1: Y(50, spent=120)}}, {}, {1: {2021: 30}}),
    ("all spent", {2020: {1: Y(100, spent=40)}, 2021: {1: Y(0, spent=60)}}, {}, {1: {}}),
    (
        "taken over has no year and goes first",
        {2020: {1: Y(10, taken_over=100)}, 2021: {1: Y(0, spent=90)}},
        {},
        {1: {UNKNOWN: 10, 2020: 10}},
    ),
    (
        "what is passed on keeps its year",
        {2020: {1: Y(100)}, 2021: {1: Y(30), 2: Y(5)}},
        {2021: {(1, 2): 110}},
        {1: {2021: 20}, 2: {2020: 100, 2021: 15}},
    ),
    (
        "through a second fund in one year",
        {2020: {3: Y(100)}},
        {2021: {(1, 2): 60, (3, 1): 60}},
        {1: {}, 2: {2020: 60}, 3: {2020: 40}},
    ),
    (
        "passed on and back",
        {2020: {1: Y(100)}},
        {2021: {(1, 2): 60, (2, 1): 60}},
        {1: {2020: 100}, 2: {}},
    ),
    (
        "a grant that came back in its year was not spent",
        {2020: {1: Y(100)}, 2021: {1: Y(0, spent=-20)}},
        {},
        {1: {2020: 100, 2021: 20}},
    ),
    (
        "a gift of an earlier year reversed",
        {2020: {1: Y(100)}, 2021: {1: Y(-30)}},
        {},
        {1: {2020: 70}},
    ),
]


@pytest.mark.parametrize(
    ("years", "moves", "left"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_lots(years: Years, moves: Moves, left: dict[int, dict[int, int]]) -> None:
    assert {fund: lots.left for fund, lots in lots_of(years, moves).items()} == left


@pytest.mark.parametrize(
    ("lot", "age"),
    [
        (2026, "1"), (2025, "5"), (2022, "5"), (2021, "10"), (2017, "10"), (2016, "over"),
        (UNKNOWN, "unknown"),
    ],
)  # fmt: skip
def test_ages_at_the_end_of_2026(lot: int, age: str) -> None:
    assert age_of(lot, at_end_of=2026) == age


def test_old_money_is_shown_with_what_it_lacks(house: Flask) -> None:
    """Gifts of six years, a grant, a transfer to a second fund; the year closed in between."""
    with clock.at(datetime(2027, 5, 1, tzinfo=UTC)):
        first, second = make_fund(code="C-1"), make_fund(code="C-2")
        make_gift(first, amount=1_000, on=date(2021, 3, 31))
        make_gift(first, amount=2_000, on=date(2021, 4, 1))
        services.close_year(date(2021, 3, 31))
        make_gift(first, amount=4_000, share=600, on=date(2027, 3, 31))
        for draft, key in (
            (rules.grant_awarded(yen(1_300), fund=first), "grant"),
            (rules.match_from_fund(yen(200), giver=first, receiver=second), "match"),
        ):
            services.post_entry(draft, key=key, effective_on=date(2026, 6, 1))
        rows = read(house, designated_ages)

    found: list[dict[str, Any]] = [dict(row.cells) for row in rows]
    sums = {"1": 3_400, "5": 0, "10": 1_700, "over": 0, "unknown": 0, "total": 5_100}
    assert {name: found[2][name] for name in sums} == sums
    assert [row["total"] for row in found[:2]] == [4_900, 200]
    plans = [row for row in found if "planned_year" in row]
    assert [(row["year"], row["left"], row["planned_use"]) for row in plans] == [
        ("2021年度", 1_500, "未記入"),
        ("2020年度", 200, "未記入"),
    ]
    assert queries.available_in(first.id) == yen(4_900)
