"""Demo data: invented people and projects in real wards, made through the services."""

from civicfund.cli.seed.people import PEOPLE, DemoPerson
from civicfund.cli.seed.story import Summary, seed_demo

__all__ = ["PEOPLE", "DemoPerson", "Summary", "seed_demo"]
