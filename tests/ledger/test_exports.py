"""The exports are taken by the programs that they are made for."""

import csv
import shutil
import subprocess
import sys
import tracemalloc
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from civicfund.core.money import yen
from civicfund.ledger import exports, posting_rules, queries, services
from civicfund.ledger.exports import DaysReversed, UnknownFormat, export, stream
from tests.factories.ledger import make_bank_balance, make_fund, make_gift

NASTY = '=cmd|"x" ; \\ 山田, 太郎\t様'


@pytest.fixture
def lived(house: Flask) -> Flask:
    """Two years of a small fund, with a name that no format likes."""
    general = queries.general_fund()
    make_bank_balance(100_000, on=date(2025, 4, 1))
    fund = make_fund(code="C-7KQ2-M4XC-9", name_ja="公園を、つくる")
    make_gift(fund, amount=10_000, share=1_500, fee=360, on=date(2026, 3, 30))
    party = services.party(kind="donation", ref="1", public_name=None, full_name=NASTY)
    draft = posting_rules.donation_received(
        yen(5_000), operating_share=yen(750), fee=yen(180), fund=fund, general=general
    )
    gift = services.post_entry(draft, key="gift", party=party, effective_on=date(2026, 4, 1))
    services.reverse_entry(
        gift.id, key="undo", reason='二重; "記帳" | の、ため', effective_on=date(2026, 4, 2)
    )
    services.post_entry(
        posting_rules.grant_awarded(yen(8_000), fund=fund), key="award",
        effective_on=date(2026, 4, 3),
    )  # fmt: skip
    return house


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [
            {name.split(" (")[1].rstrip(")"): value for name, value in row.items()}
            for row in csv.DictReader(file)
        ]


SPANS = [
    (None, None),
    (date(2026, 4, 1), None),
    (None, date(2026, 3, 31)),
    (date(2026, 4, 1), date(2026, 4, 2)),
    (date(2027, 1, 1), date(2027, 12, 31)),
]


@pytest.mark.usefixtures("lived")
def test_csv_opens_in_a_spreadsheet(tmp_path: Path) -> None:
    paths = export("csv", out=tmp_path / "book")
    assert [path.name for path in paths] == ["journal.csv", "balances.csv", "columns.txt"]
    assert paths[0].read_bytes().startswith("\ufeff仕訳番号 (entry),行 (line),".encode())

    rows = rows_of(paths[0])
    assert len(rows) == 1 + 3 + 3 + 3 + 1
    assert sum(int(row["amount"]) for row in rows) == 100_000 + 10_360 + 2 * 5_180 + 8_000
    assert {row["party"] for row in rows} == {"", "'" + NASTY}
    assert [row["date"] for row in rows] == sorted(row["date"] for row in rows)
    first = rows[1]
    assert (first["debit"], first["credit"]) == ("1131/GENERAL", "4111/C-7KQ2-M4XC-9")
    assert (first["debit_class"], first["credit_class"]) == ("", "designated")
    assert first["late"] == "late"
    assert "公園" not in first["debit_name"]
    described = paths[2].read_text(encoding="utf-8")
    assert all(column.heading in described for column in exports.tables.JOURNAL)


@pytest.mark.usefixtures("lived")
def test_csv_of_some_days_brings_the_opening_balances(tmp_path: Path) -> None:
    export("csv", out=tmp_path, date_from=date(2026, 4, 1), date_to=date(2026, 4, 2))
    assert {row["date"] for row in rows_of(tmp_path / "journal.csv")} == {
        "2026-04-01", "2026-04-02",
    }  # fmt: skip
    balances = {row["account"]: row for row in rows_of(tmp_path / "balances.csv")}
    receivable = balances["1131/GENERAL"]
    assert (receivable["opening"], receivable["debits"], receivable["closing"]) == (
        "9640", "5180", "9640",
    )  # fmt: skip
    assert balances["1112/GENERAL"]["opening"] == "100000"
    assert sum(int(row["opening"]) for row in balances.values()) == 0
    assert sum(int(row["closing"]) for row in balances.values()) == 0


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize(("date_from", "date_to"), SPANS)
def test_bean_check_is_content(
    tmp_path: Path, date_from: date | None, date_to: date | None
) -> None:
    [path] = export("beancount", out=tmp_path, date_from=date_from, date_to=date_to)
    checker = Path(sys.executable).with_name("bean-check")
    checked = subprocess.run([checker, path], check=False, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr + path.read_text()
    text = path.read_text(encoding="utf-8")
    assert "balance Assets:A1112:GENERAL  100000 JPY" in text


@pytest.mark.usefixtures("lived")
def test_bean_check_would_find_a_wrong_balance(tmp_path: Path) -> None:
    [path] = export("beancount", out=tmp_path)
    wrong = path.read_text().replace("A1112:GENERAL  100000 JPY", "A1112:GENERAL  100001 JPY")
    # Both of its postings moved together would still balance; the closing balance does not.
    path.write_text(wrong.replace("A1112:GENERAL  100001", "A1112:GENERAL  100000", 1))
    checker = Path(sys.executable).with_name("bean-check")
    assert subprocess.run([checker, path], check=False, capture_output=True).returncode != 0


@pytest.mark.skipif(shutil.which("hledger") is None, reason="hledger is not installed")
@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize(("date_from", "date_to"), SPANS)
def test_hledger_check_is_content(
    tmp_path: Path, date_from: date | None, date_to: date | None
) -> None:
    [path] = export("hledger", out=tmp_path, date_from=date_from, date_to=date_to)
    for how in ([], ["--strict"]):
        checked = subprocess.run(
            ["hledger", "check", *how, "-f", path], check=False, capture_output=True, text=True,
            env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        assert checked.returncode == 0, checked.stderr + path.read_text()


@pytest.mark.parametrize("kind", ["beancount", "hledger", "csv"])
def test_an_empty_book_is_exported_too(house: Flask, tmp_path: Path, kind: str) -> None:
    assert all(path.exists() for path in export(kind, out=tmp_path))


@pytest.mark.usefixtures("lived")
def test_progress_is_told_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    export("beancount", out=tmp_path, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (11, 11)


@pytest.mark.usefixtures("lived")
def test_a_download_is_the_main_file() -> None:
    body = b"".join(stream("csv", date_from=date(2026, 4, 3)))
    assert body.count(b"\r\n") == 1
    assert body.count(b"\n") == 2


def test_what_cannot_be_exported(house: Flask, tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat):
        export("xlsx", out=tmp_path)
    with pytest.raises(DaysReversed):
        export("csv", out=tmp_path, date_from=date(2026, 2, 1), date_to=date(2026, 1, 1))


@pytest.mark.parametrize("kind", ["beancount", "hledger", "csv"])
def test_the_book_is_not_held_in_memory(house: Flask, tmp_path: Path, kind: str) -> None:
    fund, general = make_fund(), queries.general_fund()
    draft = posting_rules.donation_received(
        yen(1_000), operating_share=yen(150), fee=yen(36), fund=fund, general=general
    )
    for start in range(0, 6_000, 2_000):
        services.post_entries(
            [
                services.Posting(draft=draft, key=f"gift/{number}")
                for number in range(start, start + 2_000)
            ]
        )
    tracemalloc.start()
    paths = export(kind, out=tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert paths[0].stat().st_size > 1_500_000
    assert peak < 6_000_000
