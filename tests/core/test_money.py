"""Money is whole, and what people type is understood or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicfund.core.money import CurrenciesDiffer, Money, NotAnAmount, parse_yen, yen


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1000", 1000),
        ("１０００", 1000),
        ("１，０００円", 1000),
        ("¥1,000", 1000),
        ("￥12,345,678", 12345678),
        (" 3 000 ".replace(" 0", "0"), 3000),
        ("-5", -5),
        ("0", 0),
    ],
)
def test_reads_yen(typed: str, meant: int) -> None:
    assert parse_yen(typed) == meant


@pytest.mark.parametrize(
    "typed", ["", "abc", "1.5", "1,00", "10,0000", "1e12", "０x10", "百円", "1" * 21, "１．５"]
)
def test_refuses_what_is_no_yen(typed: str) -> None:
    with pytest.raises(NotAnAmount):
        parse_yen(typed)


@given(st.integers(0, 10**12), st.lists(st.integers(0, 1000), min_size=1, max_size=9))
def test_split_sums_to_the_whole(amount: int, weights: list[int]) -> None:
    if not sum(weights):
        weights = [*weights, 1]
    parts = yen(amount).split(weights)
    assert sum(part.minor for part in parts) == amount
    total = sum(weights)
    assert all(
        abs(p.minor * total - amount * w) < total for p, w in zip(parts, weights, strict=True)
    )


@given(st.integers(0, 10**12), st.integers(0, 100))
def test_percent_leaves_the_remainder(amount: int, rate: int) -> None:
    assert yen(amount).percent(rate).minor == amount * rate // 100


def test_refuses_mixed_currencies() -> None:
    with pytest.raises(CurrenciesDiffer):
        yen(1) + Money(1, "USD")
