"""Where the parts of a picture stand: columns, bars and flows, in the units of their SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

Item = Mapping[str, Any]
# The width of the signs of an axis, and of the widest sum beside a bar.
AXIS, VALUE = 108, 112
COLUMNS, COLUMNS_HEIGHT, COLUMNS_TOP, COLUMNS_BOTTOM = 720, 300, 46, 262
BARS = 340
# The height of our letters, and the width of the widest.
LETTER = 14
# Up to so many columns have room for their sums above them.
FEW = 5


@dataclass(frozen=True, slots=True)
class Block:
    """A column or a bar, with the sum that it stands for and where the sum is written."""

    x: float
    y: float
    width: float
    height: float
    series: str
    amount: int
    value_x: float
    value_y: float


@dataclass(frozen=True, slots=True)
class Plot:
    """Columns or bars: `ticks` are (place, amount) of the axis, `labels` (x, y, text)."""

    width: float
    height: float
    zero: float
    ticks: list[tuple[float, int]]
    blocks: list[Block]
    labels: list[tuple[float, float, str]]
    has_values: bool


def column_plot(items: Sequence[Item], series: Sequence[Item]) -> Plot:
    """Standing columns, for wide pages and paper."""
    ticks = axis_of([int(item["amounts"][one["key"]]) for item in items for one in series])
    span = ticks[-1] - ticks[0]

    def place(amount: int) -> float:
        return COLUMNS_BOTTOM - (amount - ticks[0]) * (COLUMNS_BOTTOM - COLUMNS_TOP) / span

    step = (COLUMNS - AXIS) / max(len(items), 1)
    thick = min(step * 0.76 / len(series), 90)
    blocks: list[Block] = []
    labels: list[tuple[float, float, str]] = []
    for at, item in enumerate(items):
        middle = AXIS + step * (at + 0.5)
        labels.append((middle, COLUMNS_BOTTOM + 22, str(item["label"])))
        for number, one in enumerate(series):
            amount = int(item["amounts"][one["key"]])
            x = middle + (number - len(series) / 2) * thick
            y, height = min(place(amount), place(0)), abs(place(amount) - place(0))
            blocks.append(
                Block(x, y, thick * 0.94, height, one["key"], amount, x + thick / 2, y - 6)
            )
    has_values = len(items) <= FEW and len(series) == 1
    places = [(place(tick), tick) for tick in ticks]
    return Plot(COLUMNS, COLUMNS_HEIGHT, place(0), places, blocks, labels, has_values)


def bar_plot(items: Sequence[Item], series: Sequence[Item]) -> Plot:
    """Lying bars under their labels, each with its sum, for a phone."""
    amounts = [int(item["amounts"][one["key"]]) for item in items for one in series]
    low, high = min([0, *amounts]), max([0, *amounts])
    scale = (BARS - VALUE) / ((high - low) or 1)
    zero = -low * scale
    blocks: list[Block] = []
    labels: list[tuple[float, float, str]] = []
    y = 28.0 if len(series) > 1 else 4.0
    for item in items:
        labels.append((0.0, y + 14, str(item["label"])))
        if not any(item["amounts"].values()):
            # One word for nothing, beside the label.
            beside = zero + 16 + LETTER * len(str(item["label"]))
            blocks.append(Block(zero, y + 7, 0, 0, series[0]["key"], 0, beside, y + 14))
            y += 26
            continue
        y += 20
        for one in series:
            amount = int(item["amounts"][one["key"]])
            x, length = zero + min(amount, 0) * scale, abs(amount) * scale
            blocks.append(
                Block(
                    x, y, length, 14, one["key"], amount, zero + max(amount, 0) * scale + 6, y + 12
                )
            )
            y += 18
        y += 8
    return Plot(BARS, y, zero, [], blocks, labels, has_values=True)


def axis_of(amounts: Sequence[int]) -> list[int]:
    """Round amounts from below the least to above the greatest; zero is one of them."""
    low, high = min([0, *amounts]), max([0, *amounts])
    step = 1
    for factor in _round_steps():
        step = factor
        if (high - low) <= 4 * step:
            break
    first, last = low // step, -(-high // step)
    return [step * tick for tick in range(first, max(last, first + 1) + 1)]


def _round_steps() -> list[int]:
    return [factor * 10**power for power in range(16) for factor in (1, 2, 5)]


FLOW_WIDTH, FLOW_HEIGHT, FLOW_TOP = 960, 300, 24
# A node has at least the height of its two lines of text.
LEAST_SLOT, FLOW_GAP, NODE, SIDE = 40, 10, 14, 236


@dataclass(slots=True)
class Node:
    """A node of a flow; `value` is the larger of what comes in and what goes out."""

    key: str
    label: str
    value: int
    side: str
    x: float = 0
    y: float = 0
    height: float = 0
    used_in: float = 0
    used_out: float = 0


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A link of a flow: from (x1, y1) to (x2, y2), so many units thick."""

    x1: float
    y1: float
    x2: float
    y2: float
    thickness: float


@dataclass(frozen=True, slots=True)
class Flow:
    """A Sankey diagram in fixed columns."""

    width: float
    height: float
    nodes: list[Node] = field(default_factory=list)
    ribbons: list[Ribbon] = field(default_factory=list)


def flow_plot(columns: Sequence[Sequence[Item]], links: Sequence[Item]) -> Flow:
    """Nodes and ribbons; heights follow the amounts, labels never stand on each other."""
    nodes: dict[str, Node] = {}
    for at, column in enumerate(columns):
        side = "first" if at == 0 else "last" if at == len(columns) - 1 else "middle"
        for node in column:
            comes = sum(int(link["amount"]) for link in links if link["target"] == node["key"])
            goes = sum(int(link["amount"]) for link in links if link["source"] == node["key"])
            nodes[node["key"]] = Node(node["key"], str(node["label"]), max(comes, goes), side)
    height = _stand(nodes, columns)
    ribbons = []
    for link in links:
        source, target = nodes[link["source"]], nodes[link["target"]]
        thickness = source.height * int(link["amount"]) / (source.value or 1)
        ribbons.append(
            Ribbon(
                source.x + NODE,
                source.y + source.used_out + thickness / 2,
                target.x,
                target.y + target.used_in + thickness / 2,
                thickness,
            )
        )
        source.used_out += thickness
        target.used_in += thickness
    return Flow(FLOW_WIDTH, height, list(nodes.values()), ribbons)


def _stand(nodes: Mapping[str, Node], columns: Sequence[Sequence[Item]]) -> float:
    """Give each node its place; answers the height of the picture."""
    most = max((sum(nodes[node["key"]].value for node in column) for column in columns), default=0)
    scale = FLOW_HEIGHT / (most or 1)
    slots = [
        [max(nodes[node["key"]].value * scale, LEAST_SLOT) + FLOW_GAP for node in column]
        for column in columns
    ]
    tallest = max(map(sum, slots), default=0)
    for at, column in enumerate(columns):
        x = SIDE + at * (FLOW_WIDTH - 2 * SIDE - NODE) / max(len(columns) - 1, 1)
        y = FLOW_TOP + (tallest - sum(slots[at])) / 2
        for item, slot in zip(column, slots[at], strict=True):
            node = nodes[item["key"]]
            node.x, node.height = x, node.value * scale
            node.y = y + (slot - FLOW_GAP - node.height) / 2
            y += slot
    return FLOW_TOP + tallest


def init_app(app: Flask) -> None:
    """Give the pictures to the components that draw them."""
    app.jinja_env.globals |= {
        "column_plot": column_plot,
        "bar_plot": bar_plot,
        "flow_plot": flow_plot,
    }
