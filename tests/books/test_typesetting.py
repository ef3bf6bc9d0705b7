"""Columns fit their page, whatever stands in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicfund.books.documents import Cell, Column, Row, Section
from civicfund.books.typesetting import (
    LEAST_UPRIGHT,
    LONG_EDGE,
    SHORT_EDGE,
    SIZES,
    TypesetSection,
    breakable,
    ems,
    fitting,
    typeset,
    widths,
)


@given(st.text(alphabet=st.characters(exclude_characters="\u200b")))
def test_places_to_break_change_no_letter(text: str) -> None:
    assert breakable(text).replace("\u200b", "") == text


def test_a_long_word_gets_places_to_break_and_a_sentence_none() -> None:
    assert max(map(len, breakable("x" * 40).split("\u200b"))) == 12
    assert breakable("寄付の受け入れ（クレジットカード）と手数料") == (
        "寄付の受け入れ（クレジットカード）と手数料"
    )


KINDS = st.sampled_from(["text", "code", "day", "yen"])
COLUMNS = st.lists(st.tuples(KINDS, st.booleans(), st.integers(1, 40)), min_size=1, max_size=14)


def _section(shape: list[tuple[str, bool, int]]) -> TypesetSection:
    columns = [
        Column(name=f"c{at}", label="見出し", kind=kind, is_wide=is_wide)  # type: ignore[arg-type]
        for at, (kind, is_wide, _) in enumerate(shape)
    ]
    cells: dict[str, Cell] = {f"c{at}": "国" * length for at, (_, _, length) in enumerate(shape)}
    return typeset(Section(columns=columns, rows=()), [Row(cells=cells)])


@given(COLUMNS, st.booleans())
def test_columns_fill_the_page_and_never_leave_it(
    shape: list[tuple[str, bool, int]], is_landscape: bool
) -> None:
    section = _section(shape)
    lies_down, size = fitting([section], is_landscape=is_landscape)
    measures = widths(section, is_landscape=lies_down, size=size)
    assert sum(measures) == pytest.approx(LONG_EDGE if lies_down else SHORT_EDGE)
    assert all(width > 0 for width in measures)
    assert lies_down or not is_landscape


@given(COLUMNS)
def test_a_sum_is_never_broken_where_there_is_room(shape: list[tuple[str, bool, int]]) -> None:
    section = _section(shape)
    lies_down, size = fitting([section], is_landscape=False)
    if size == SIZES[-1]:
        return
    measures = widths(section, is_landscape=lies_down, size=size)
    for (kind, _, length), width in zip(shape, measures, strict=True):
        assert kind == "text" or width >= ems("国" * length) * size


def test_a_heading_stands_across_all_columns() -> None:
    columns = [Column(name="code", label="コード", kind="code"), Column(name="sum", label="金額")]
    rows = [
        Row(cells={"code": "Ⅰ 流動資産と固定資産"}, kind="heading"),
        Row(cells={"code": "1131", "sum": 7}),
    ]
    section = typeset(Section(columns=columns, rows=()), rows)
    assert [row.cells for row in section.rows] == [["Ⅰ 流動資産と固定資産"], ["1131", "7"]]
    assert section.natural[0] == ems("1131")


def test_many_columns_make_the_page_lie_down() -> None:
    few, many = _section([("yen", False, 5)] * 3), _section([("yen", False, 9)] * 9)
    assert fitting([few], is_landscape=False) == (False, SIZES[0])
    lies_down, size = fitting([few, many], is_landscape=False)
    assert lies_down
    assert LEAST_UPRIGHT <= size < SIZES[0]
