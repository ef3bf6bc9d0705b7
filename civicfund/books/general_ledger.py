"""総勘定元帳: each account with what it held, every line, the balance after it and 月計."""

from collections.abc import Iterable, Iterator

from flask_babel import gettext as _

from civicfund.books import queries
from civicfund.books.asking import Asked
from civicfund.books.documents import Cell, Column, Document, Row, Section
from civicfund.books.ledgers import ledger_page, whole_ledger
from civicfund.books.queries import ChartMovement, Scope
from civicfund.books.trial_balance import ledger_url
from civicfund.books.words import span_words
from civicfund.ledger.chart import CHART
from civicfund.web.filters import label, local_name

SLUG = "general-ledger"


def general_ledger(asked: Asked) -> Document:
    """総勘定元帳 (法人税法施行規則 54条, 55条) of one account; without one, all accounts to choose
    from. As a file without one: the whole book, account by account.
    """
    earlier = later = ""
    if not asked.account:
        sections: Iterable[Section] = _every_ledger(asked) if asked.is_whole else [_shelf(asked)]
    elif asked.is_whole:
        title = _title(asked.account, asked)
        sections = [whole_ledger(_scope(asked.account, asked), asked, title=title)]
    else:
        page = ledger_page(_scope(asked.account, asked), asked, title=_title(asked.account, asked))
        sections, earlier, later = [page.section], page.earlier, page.later
    return Document(
        name=SLUG,
        title=_("General ledger"),
        span=span_words(asked.first, asked.last),
        sections=sections,
        is_landscape=True,
        earlier=earlier,
        later=later,
    )


def _scope(code: str, asked: Asked) -> Scope:
    return queries.scope_of_account(
        code,
        CHART[code.partition("/")[0]].kind,
        fund=asked.fund,
        before_closings=asked.is_before_closing,
    )


def _title(code: str, asked: Asked) -> str:
    """`1131 決済代行未収金`, and of which fund."""
    title = f"{code} {local_name(CHART[code.partition('/')[0]])}"
    return f"{title} – {local_name(asked.fund)}" if asked.fund is not None else title


def _movements(asked: Asked) -> list[ChartMovement]:
    return queries.chart_movements(
        asked.first, asked.last, fund=asked.fund, before_closings=asked.is_before_closing
    )


def _every_ledger(asked: Asked) -> Iterator[Section]:
    for moved in _movements(asked):
        code = moved.line.code
        yield whole_ledger(_scope(code, asked), asked, title=_title(code, asked))


def _shelf(asked: Asked) -> Section:
    """Every account that holds something or moved, each leading to its ledger."""
    columns = [
        Column(name="code", label=_("Code"), kind="code"),
        Column(name="name", label=_("Account name"), is_wide=True),
        Column(name="kind", label=_("Type of account")),
        Column(name="opening", label=_("Balance before"), kind="yen"),
        Column(name="debits", label=_("Debits"), kind="yen"),
        Column(name="credits", label=_("Credits"), kind="yen"),
        Column(name="closing", label=_("Balance"), kind="yen"),
    ]
    rows = []
    for moved in _movements(asked):
        url = ledger_url(moved, asked, asked.first, asked.last)
        sign = moved.line.kind.sign
        cells: dict[str, Cell] = {
            "code": moved.line.code,
            "name": local_name(moved.line),
            "kind": label(moved.line.kind),
            "opening": sign * moved.opening,
            "debits": moved.debits,
            "credits": moved.credits,
            "closing": sign * moved.closing,
        }
        columns_with_url = ("code", "opening", "debits", "credits", "closing")
        rows.append(Row(cells=cells, links=dict.fromkeys(columns_with_url, url)))
    return Section(columns=columns, rows=rows)
