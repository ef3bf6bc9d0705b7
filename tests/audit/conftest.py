"""The way behind the triggers' back, as the book's own tests take it."""

from tests.ledger.conftest import unguarded_house

__all__ = ["unguarded_house"]
