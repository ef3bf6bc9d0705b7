"""Reading a file of opening balances as offices write it: every wrong line is told by number."""

import csv
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from civicfund.closing.csv_rows import decoded, numbered_rows, plain
from civicfund.core import clock
from civicfund.core.errors import N_
from civicfund.core.money import LARGEST_YEN, NotAnAmount, parse_yen
from civicfund.ledger.chart import CHART
from civicfund.ledger.models import AccountKind, FundClass, FundKind, Guard

LARGEST_FILE = 1024 * 1024
MOST_LINES = 5000
GENERAL = "GENERAL"
# What a column may be called; the first name is the one of the sample file.
COLUMNS = {
    "account": ("科目コード", "勘定科目コード", "account", "account_code"),
    "fund": ("基金コード", "fund", "fund_code"),
    "fund_name": ("基金名", "fund_name", "name"),
    "fund_kind": ("基金の種類", "fund_kind", "kind"),
    "debit": ("借方", "借方金額", "debit"),
    "credit": ("貸方", "貸方金額", "credit"),
    "received_year": ("受領年度", "received_year"),
}
NEEDED = ("account", "debit", "credit")
KINDS = {
    "冠基金": FundKind.NAMED,
    "named": FundKind.NAMED,
    "テーマ基金": FundKind.THEME,
    "theme": FundKind.THEME,
}
DESIGNATED_NET_ASSETS = frozenset({"3100", "3101", "3102"})
# What a year begins without: these lines stand for what happened in it.
RESULT_LINES = frozenset({"3190", "3900"})
TOO_MANY_CELLS = N_(
    "This line has more cells than the first line has columns. Is a comma too many?"
)
FUND_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningLine:
    """One balance: of an account in a fund, on one side."""

    number: int
    account: str
    fund: str
    fund_name: str = ""
    fund_kind: str = ""
    debit: int = 0
    credit: int = 0
    received_year: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line (None: with the whole file), and what to do; an `N_` text."""

    number: int | None
    text: str
    places: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnownFund:
    """A fund that the book has already."""

    kind: FundKind
    designation: FundClass
    name_ja: str


@dataclass(frozen=True, slots=True)
class Opening:
    """What a file says."""

    lines: list[OpeningLine]
    problems: list[Problem]

    @property
    def debits(self) -> int:
        """The sum of one side."""
        return sum(line.debit for line in self.lines)

    @property
    def credits(self) -> int:
        """The sum of the other."""
        return sum(line.credit for line in self.lines)

    def new_funds(self, known: Mapping[str, KnownFund]) -> list[OpeningLine]:
        """The lines that open a fund, one for each."""
        first: dict[str, OpeningLine] = {}
        for line in self.lines:
            if line.fund not in known and (line.fund not in first or line.fund_name):
                first.setdefault(line.fund, line)
        return list(first.values())

    def digest(self, opens_on: date) -> str:
        """Of the day and every balance, whatever their order or the file's spelling."""
        said = sorted(
            json.dumps([line.account, line.fund, line.debit, line.credit, line.received_year])
            for line in self.lines
        )
        return hashlib.sha256(json.dumps([opens_on.isoformat(), said]).encode()).hexdigest()

    def kept(self) -> list[dict[str, Any]]:
        """The lines as they are stored."""
        return [asdict(line) for line in self.lines]


def restored(kept: Iterable[Mapping[str, Any]]) -> Opening:
    """What was stored, as lines again."""
    return Opening([OpeningLine(**line) for line in kept], [])


def read(body: bytes, *, opens_on: date, known: Mapping[str, KnownFund]) -> Opening:
    """The balances in a file, and all that is wrong with it."""
    # First: what is cut off at the limit may end within a character.
    if len(body) > LARGEST_FILE:
        return _nothing(N_("The file is larger than 1 MB. Is it the right one?"))
    text = decoded(body)
    if text is None:
        return _nothing(N_("The file is neither UTF-8 nor Shift_JIS. Save it as CSV (UTF-8)."))
    try:
        rows = list(numbered_rows(text))
    except csv.Error:
        return _nothing(N_("The file is no CSV: a quotation mark is not closed."))
    filled = [(number, row) for number, row in rows if any(map(plain, row))]
    if len(filled) < 2:
        return _nothing(N_("The file has no lines with balances."))
    if len(filled) > MOST_LINES:
        return _nothing(N_("The file has more than 5,000 lines. Is it the right one?"))
    places = _places(filled[0][1])
    missing = [COLUMNS[name][0] for name in NEEDED if name not in places]
    if missing:
        return _nothing(
            N_("The first line must name the columns; missing: %(columns)s."),
            columns="、".join(missing),
        )
    columns = len(filled[0][1])
    return _judge([_Row(*row, places, columns) for row in filled[1:]], opens_on, known)


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    cells: list[str]
    places: Mapping[str, int]
    columns: int

    def cell(self, name: str) -> str:
        place = self.places.get(name)
        return plain(self.cells[place]) if place is not None and place < len(self.cells) else ""


def _nothing(text: str, **places: Any) -> Opening:
    return Opening([], [Problem(None, text, places)])


def _places(header: list[str]) -> dict[str, int]:
    names = [plain(cell).lower() for cell in header]
    found: dict[str, int] = {}
    for column, spellings in COLUMNS.items():
        for spelling in spellings:
            if spelling in names:
                found.setdefault(column, names.index(spelling))
    return found


def _judge(rows: list[_Row], opens_on: date, known: Mapping[str, KnownFund]) -> Opening:
    lines: list[OpeningLine] = []
    problems: list[Problem] = []
    for row in rows:
        if any(map(plain, row.cells[row.columns :])):
            problems.append(Problem(row.number, TOO_MANY_CELLS))
        line = _line(row, problems)
        if line is not None:
            lines.append(line)
    funds = _funds(lines, known, problems)
    seen: dict[tuple[str, str, int | None], int] = {}
    for line in lines:
        for rule in _RULES:
            fault = rule(line, opens_on, funds)
            if fault is not None:
                problems.append(fault)
        place = (line.account, line.fund, line.received_year)
        if place in seen:
            text = N_("This account and fund stand on line %(first)s already. Add the two up.")
            problems.append(Problem(line.number, text, {"first": seen[place]}))
        seen.setdefault(place, line.number)
    _judge_totals(Opening(lines, problems), funds)
    return Opening(lines, sorted(problems, key=lambda one: one.number or 0))


def _line(row: _Row, problems: list[Problem]) -> OpeningLine | None:
    """A row as a line, or None when it cannot be read."""

    def amount(name: str) -> int | None:
        typed = row.cell(name)
        if typed in {"", "-", "0"}:
            return 0
        try:
            found = parse_yen(typed)
        except NotAnAmount:
            found = -1
        if not 0 <= found <= LARGEST_YEN:
            text = N_("“%(typed)s” is no amount: whole yen, not negative; the column says the side")
            problems.append(Problem(row.number, text, {"typed": typed[:40]}))
            return None
        return found

    debit, credit = amount("debit"), amount("credit")
    if debit is None or credit is None:
        return None
    if (debit > 0) == (credit > 0):
        text = N_("Fill in either debit or credit, not both and not neither.")
        problems.append(Problem(row.number, text))
        return None
    year = row.cell("received_year").removesuffix("年度")
    if year and not re.fullmatch(r"(19|20)\d\d", year):
        text = N_("“%(typed)s” is no fiscal year; write for example 2021.")
        problems.append(Problem(row.number, text, {"typed": row.cell("received_year")[:40]}))
        return None
    return OpeningLine(
        number=row.number,
        account=row.cell("account"),
        fund=row.cell("fund").upper() or GENERAL,
        fund_name=row.cell("fund_name"),
        fund_kind=row.cell("fund_kind").lower(),
        debit=debit,
        credit=credit,
        received_year=int(year) if year else None,
    )


def _funds(
    lines: list[OpeningLine], known: Mapping[str, KnownFund], problems: list[Problem]
) -> dict[str, KnownFund]:
    """Every fund of the file: known, or to be opened with a name and a kind."""
    funds = dict(known)
    problems += filter(None, (_misnamed(line, known) for line in lines))
    problems += _named_twice(lines, known)
    named = {line.fund: line for line in reversed(lines) if line.fund_name and line.fund_kind}
    for line in lines:
        if line.fund in funds:
            continue
        if not FUND_CODE.fullmatch(line.fund):
            text = N_("“%(fund)s” is no fund code: capital letters, digits and hyphens.")
            problems.append(Problem(line.number, text, {"fund": line.fund[:40]}))
        elif line.fund not in named:
            text = N_(
                "There is no fund %(fund)s yet. To open it, give its name and its kind "
                "(冠基金 or テーマ基金) on one of its lines."
            )
            problems.append(Problem(line.number, text, {"fund": line.fund}))
        elif named[line.fund].fund_kind not in KINDS:
            text = N_("The kind of fund must be 冠基金 (named) or テーマ基金 (theme).")
            problems.append(Problem(named[line.fund].number, text))
        kind = KINDS.get(named[line.fund].fund_kind if line.fund in named else "", FundKind.NAMED)
        funds[line.fund] = KnownFund(kind, FundClass.DESIGNATED, line.fund_name)
    return funds


def _misnamed(line: OpeningLine, known: Mapping[str, KnownFund]) -> Problem | None:
    """A code that the book gave to another fund, or a name that it cannot hold."""
    fund = known.get(line.fund)
    if len(line.fund_name) > 200:
        return Problem(line.number, N_("The name of a fund may have 200 characters."))
    if fund is not None and line.fund_name and plain(fund.name_ja) != line.fund_name:
        text = N_("The fund %(fund)s is called “%(name)s” in the book. Is the code right?")
        return Problem(line.number, text, {"fund": line.fund, "name": fund.name_ja})
    return None


def _named_twice(lines: list[OpeningLine], known: Mapping[str, KnownFund]) -> Iterable[Problem]:
    """A new fund has one name and one kind, wherever the file says them."""
    for said in ("fund_name", "fund_kind"):
        first: dict[str, str] = {}
        for line in lines:
            words = getattr(line, said)
            is_new = words and line.fund not in known
            if is_new and first.setdefault(line.fund, words) != words:
                text = N_("The fund %(fund)s has another name or kind on a line before this one.")
                yield Problem(line.number, text, {"fund": line.fund})


Funds = Mapping[str, KnownFund]


def _in_the_chart(line: OpeningLine, _opens_on: date, funds: Funds) -> Problem | None:
    chart = CHART.get(line.account)
    places = {"account": line.account[:40], "fund": line.fund}
    if chart is None:
        text = N_("There is no account “%(account)s” in the chart of accounts.")
        return Problem(line.number, text, places)
    fund = funds[line.fund]
    if not chart.may_stand_in(fund.designation, is_general_fund=fund.kind is FundKind.GENERAL):
        text = N_("Account %(account)s does not belong into the fund %(fund)s.")
        return Problem(line.number, text, places)
    return None


def _of_the_balance_sheet(line: OpeningLine, opens_on: date, _funds: Funds) -> Problem | None:
    chart = CHART.get(line.account)
    is_result = chart is not None and (
        chart.kind in {AccountKind.REVENUE, AccountKind.EXPENSE} or line.account in RESULT_LINES
    )
    begins_year = opens_on == clock.fiscal_days(clock.fiscal_year(opens_on))[0]
    if is_result and begins_year:
        text = N_("A year begins without revenue and expense: put the result into 3100 or 3200.")
        return Problem(line.number, text)
    return None


def _on_its_side(line: OpeningLine, _opens_on: date, funds: Funds) -> Problem | None:
    """What the book's guards would refuse, said before."""
    chart = CHART.get(line.account)
    guard = chart.guard(funds[line.fund].designation) if chart is not None else Guard.NONE
    if guard is Guard.BANK and line.credit:
        return Problem(line.number, N_("Cash and bank accounts cannot be below zero (credit)."))
    if guard is Guard.ACCOUNT and line.debit:
        return Problem(line.number, N_("What is owed or held cannot be below zero (debit)."))
    return None


def _year_of_a_gift(line: OpeningLine, opens_on: date, _funds: Funds) -> Problem | None:
    if line.received_year is None:
        return None
    if line.account not in DESIGNATED_NET_ASSETS or not line.credit:
        text = N_("A year of receipt belongs only to designated net assets (3100), credit.")
        return Problem(line.number, text)
    if line.received_year > clock.fiscal_year(opens_on):
        return Problem(line.number, N_("The year of receipt lies after the opening day."))
    return None


_RULES: tuple[Callable[[OpeningLine, date, Funds], Problem | None], ...] = (
    _in_the_chart,
    _of_the_balance_sheet,
    _on_its_side,
    _year_of_a_gift,
)


def _judge_totals(opening: Opening, funds: Funds) -> None:
    if opening.debits != opening.credits:
        text = N_("Debits are %(debits)s yen, credits %(credits)s yen: %(difference)s yen differ.")
        places = {
            "debits": f"{opening.debits:,}",
            "credits": f"{opening.credits:,}",
            "difference": f"{abs(opening.debits - opening.credits):,}",
        }
        opening.problems.append(Problem(None, text, places))
    held: dict[str, int] = {}
    for line in opening.lines:
        chart = CHART.get(line.account)
        if chart and chart.fund_class(funds[line.fund].designation) is FundClass.DESIGNATED:
            held[line.fund] = held.get(line.fund, 0) + line.credit - line.debit
    _judge_lots(opening)
    for fund, amount in held.items():
        if amount < 0:
            text = N_("The designated net assets of the fund %(fund)s would be below zero.")
            opening.problems.append(Problem(None, text, {"fund": fund}))


def _judge_lots(opening: Opening) -> None:
    """Money with its year of receipt is all there: nothing on the other side takes from it."""
    aged = {line.fund for line in opening.lines if line.received_year is not None}
    for line in opening.lines:
        if line.account in DESIGNATED_NET_ASSETS and line.debit and line.fund in aged:
            text = N_(
                "Fund %(fund)s has amounts by year of receipt: take this debit off the year to "
                "which it belongs."
            )
            opening.problems.append(Problem(line.number, text, {"fund": line.fund}))
