"""Shared ground without one word of the domain: money, clock, database, errors, states."""
