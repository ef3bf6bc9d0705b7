"""The records that entries come from: each package tells the pages of its own."""

from dataclasses import dataclass

from civicfund.core import events


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage:
    """A record behind an entry, in the reader's language.

    `is_own`: the very record that the entry names; the others belong to it (the payment of a gift,
    the bank line of an instalment). `is_public`: anyone may open its page.
    """

    title: str
    url: str
    is_own: bool = False
    is_public: bool = False


def pages_of(kind: str, number: int) -> list[SourcePage]:
    """The record itself first, then what belongs to it, once; empty when nobody knows it."""
    found: list[SourcePage] = events.collect("source_pages", kind, number)
    in_order = sorted(found, key=lambda page: not page.is_own)
    return list({page.url: page for page in reversed(in_order)}.values())[::-1]
