"""The pages of people and organisations."""

from civicfund.identity.views import account, organisations, people, words
from civicfund.identity.views.blueprint import bp

__all__ = ["account", "bp", "organisations", "people", "words"]
