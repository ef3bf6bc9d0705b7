"""The invented town: its book is sealed when it stands, so that its pages show numbers."""

from flask import Flask

from civicfund.cli import seed
from civicfund.ledger import queries


def test_the_book_of_the_town_is_sealed(house: Flask) -> None:
    seed.seed_demo(campaigns=2, donations=3, seed=1)
    assert queries.sealed_entry_count() > 0
    assert queries.unsealed_entry_count() == 0
