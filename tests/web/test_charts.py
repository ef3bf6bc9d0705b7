"""Pictures are true: lengths follow the amounts, ends meet, labels do not stand on each other."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicfund.web.charts import (
    AXIS,
    COLUMNS,
    COLUMNS_BOTTOM,
    COLUMNS_TOP,
    FLOW_GAP,
    LEAST_SLOT,
    axis_of,
    bar_plot,
    column_plot,
    flow_plot,
)

AMOUNTS = st.integers(-10_000_000_000, 10_000_000_000)
SERIES = [{"key": "income"}, {"key": "spending"}]
ITEMS = st.lists(
    st.fixed_dictionaries({"income": AMOUNTS, "spending": AMOUNTS}).map(
        lambda amounts: {"label": "4月", "amounts": amounts}
    ),
    min_size=1,
    max_size=24,
)


@pytest.mark.parametrize(
    ("amounts", "ticks"),
    [
        ([], [0, 1]),
        ([0, 0], [0, 1]),
        ([700, 100], [0, 200, 400, 600, 800]),
        ([-150, 320], [-200, 0, 200, 400]),
        ([976_000], [0, 500_000, 1_000_000]),
    ],
)
def test_an_axis_is_round_and_holds_nothing(amounts: list[int], ticks: list[int]) -> None:
    assert axis_of(amounts) == ticks


@given(st.lists(AMOUNTS, max_size=30))
def test_an_axis_holds_every_amount_in_few_steps(amounts: list[int]) -> None:
    ticks = axis_of(amounts)
    assert 0 in ticks
    assert all(ticks[0] <= amount <= ticks[-1] for amount in amounts)
    assert 2 <= len(ticks) <= 7


@given(ITEMS)
def test_columns_are_as_high_as_their_amounts(items: list[dict[str, object]]) -> None:
    plot = column_plot(items, SERIES)
    highest = max(plot.blocks, key=lambda block: abs(block.amount))
    for block in plot.blocks:
        expected = highest.height * abs(block.amount) / (abs(highest.amount) or 1)
        assert block.height == pytest.approx(expected, abs=0.01)
        edge = block.y + block.height if block.amount >= 0 else block.y
        assert edge == pytest.approx(plot.zero, abs=0.01)
        assert block.x >= AXIS
        assert block.x + block.width <= COLUMNS
        assert block.y >= COLUMNS_TOP - 0.01
        assert block.y + block.height <= COLUMNS_BOTTOM + 0.01


@given(ITEMS)
def test_bars_are_as_long_as_their_amounts(items: list[dict[str, object]]) -> None:
    plot = bar_plot(items, SERIES)
    longest = max(plot.blocks, key=lambda block: abs(block.amount))
    for block in plot.blocks:
        expected = longest.width * abs(block.amount) / (abs(longest.amount) or 1)
        assert block.width == pytest.approx(expected, abs=0.01)
        assert block.x >= -0.01
        assert block.x + block.width <= plot.width
    places = [block.y for block in plot.blocks]
    assert places == sorted(places)


KEYS = ["gifts", "share", "general", "match"], ["grants", "fees", "costs", "kept"]
SIDES = st.tuples(
    st.lists(st.integers(1, 10_000_000), min_size=1, max_size=4),
    st.lists(st.integers(1, 10_000_000), min_size=1, max_size=4),
)


@given(SIDES)
def test_a_flow_is_as_thick_as_its_amounts_and_its_ends_meet(
    sides: tuple[list[int], list[int]],
) -> None:
    comes, goes = sides
    links = [
        *({"source": key, "target": "fund", "amount": n} for key, n in zip(KEYS[0], comes)),  # noqa: B905
        *({"source": "fund", "target": key, "amount": n} for key, n in zip(KEYS[1], goes)),  # noqa: B905
    ]
    columns = [
        [{"key": key, "label": key} for key in KEYS[0][: len(comes)]],
        [{"key": "fund", "label": "fund"}],
        [{"key": key, "label": key} for key in KEYS[1][: len(goes)]],
    ]
    plot = flow_plot(columns, links)
    nodes = {node.key: node for node in plot.nodes}
    assert nodes["fund"].value == max(sum(comes), sum(goes))
    for link, ribbon in zip(links, plot.ribbons, strict=True):
        amount = link["amount"]
        scale = nodes["fund"].height / nodes["fund"].value
        assert ribbon.thickness == pytest.approx(float(str(amount)) * scale)
        for end, y in (("source", ribbon.y1), ("target", ribbon.y2)):
            node = nodes[str(link[end])]
            assert node.y - 0.01 <= y - ribbon.thickness / 2
            assert y + ribbon.thickness / 2 <= node.y + node.height + 0.01
    for side in ("first", "last"):
        middles = [node.y + node.height / 2 for node in plot.nodes if node.side == side]
        gaps = [below - above for above, below in pairwise(middles)]
        assert all(gap >= LEAST_SLOT + FLOW_GAP - 0.01 for gap in gaps)
    assert all(node.y >= 0 and node.y + node.height <= plot.height for node in plot.nodes)
