"""References are short, checked, and forgiving about what people mix up."""

from hypothesis import given
from hypothesis import strategies as st

from civicfund.core.references import (
    ALPHABET,
    new_reference,
    normalise_reference,
    repeatable,
)


@given(st.integers(0, 8), st.sampled_from(ALPHABET))
def test_every_single_slip_is_found(place: int, other: str) -> None:
    reference = new_reference("D")
    body = reference[2:].replace("-", "")
    slipped = body[:place] + other + body[place + 1 :]
    if slipped != body:
        assert normalise_reference(f"D-{slipped}") is None


def test_reads_what_was_meant() -> None:
    with repeatable(3):
        reference = new_reference("D")
    typed = reference.lower().replace("0", "o").replace("1", "i").replace("-", " ")
    assert normalise_reference(typed.replace("d ", "d-", 1)) == reference


def test_repeats_for_a_seed_and_not_without() -> None:
    with repeatable(7):
        first = new_reference("C")
    with repeatable(7):
        assert new_reference("C") == first
    assert new_reference("C") != first


def test_nonsense_is_no_reference() -> None:
    assert normalise_reference("D-1234") is None
    assert normalise_reference("") is None
    assert normalise_reference("花子") is None
