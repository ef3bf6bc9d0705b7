"""The way behind the triggers' back, to plant what the checks must find."""

from tests.ledger.conftest import unguarded_house

__all__ = ["unguarded_house"]
