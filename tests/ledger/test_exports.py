"""The exports are taken by the programs that they are made for."""

import csv
import hashlib
import json
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
from civicfund.ledger.days import EARLIEST, LATEST
from civicfund.ledger.exports import (
    BookIsWhole,
    DayOutsideBooks,
    DaysReversed,
    UnknownFormat,
    export,
    stream,
)
from civicfund.ledger.exports.book import NothingSealed
from civicfund.ledger.exports.package import FolderInUse
from tests.factories.ledger import make_bank_balance, make_fund, make_gift, seal_all

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
    seal_all()
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
    assert [path.name for path in paths] == [
        "journal.csv", "balances.csv", "columns.txt", "datapackage.json",
    ]  # fmt: skip
    assert paths[0].read_bytes().startswith("\ufeff仕訳番号 (number),行 (line),".encode())

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
    assert all(column.heading in described for column in exports.JOURNAL)


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
    path, _manifest = export("beancount", out=tmp_path, date_from=date_from, date_to=date_to)
    checker = Path(sys.executable).with_name("bean-check")
    checked = subprocess.run([checker, path], check=False, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr + path.read_text()
    text = path.read_text(encoding="utf-8")
    assert "balance Assets:A1112:GENERAL  100000 JPY" in text


@pytest.mark.usefixtures("lived")
def test_bean_check_would_find_a_wrong_balance(tmp_path: Path) -> None:
    path, _manifest = export("beancount", out=tmp_path)
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
    path, _manifest = export("hledger", out=tmp_path, date_from=date_from, date_to=date_to)
    for how in ([], ["--strict"]):
        checked = subprocess.run(
            ["hledger", "check", *how, "-f", path], check=False, capture_output=True, text=True,
            env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        assert checked.returncode == 0, checked.stderr + path.read_text()


@pytest.mark.parametrize("kind", ["beancount", "hledger", "csv", "ledger"])
def test_an_empty_book_is_exported_too(house: Flask, tmp_path: Path, kind: str) -> None:
    assert all(path.exists() for path in export(kind, out=tmp_path))


@pytest.mark.usefixtures("lived")
def test_progress_is_told_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    for kind, lines in (("beancount", 11), ("ledger", 22)):
        out = tmp_path / kind
        export(kind, out=out, progress=lambda done, total: told.append((done, total)))
        assert told[-1] == (lines, lines)


@pytest.mark.usefixtures("lived")
def test_a_download_is_the_main_file() -> None:
    body = b"".join(stream("csv", date_from=date(2026, 4, 3)))
    assert body.count(b"\n") == 2


FORMATS = ("csv", "ledger", "beancount", "hledger", "book")


def frictionless(folder: Path) -> subprocess.CompletedProcess[str]:
    """What `frictionless validate datapackage.json` says."""
    program = Path(sys.executable).with_name("frictionless")
    return subprocess.run(
        [program, "validate", "datapackage.json"],
        check=False, capture_output=True, text=True, cwd=folder,
        env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "HOME": str(folder)},
    )  # fmt: skip


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize("kind", FORMATS)
def test_frictionless_is_content_with_the_package(tmp_path: Path, kind: str) -> None:
    paths = export(kind, out=tmp_path / "book")
    assert paths[-1].name == "datapackage.json"
    said = frictionless(tmp_path / "book")
    assert said.returncode == 0, said.stdout
    assert "INVALID" not in said.stdout
    listed = json.loads(paths[-1].read_text(encoding="utf-8"))["resources"]
    assert sorted(path.name for path in paths[:-1]) == sorted(one["path"] for one in listed)
    for one in listed:
        body = (tmp_path / "book" / one["path"]).read_bytes()
        assert one["hash"] == "sha256:" + hashlib.sha256(body).hexdigest()
        assert one["bytes"] == len(body)


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("journal.csv", "8000,JPY", "8001,JPY"),
        ("balances.csv", ",asset,", ",cash,"),
        ("journal.csv", "4111/C-7KQ2-M4XC-9", "4111/C-9999-9999-9"),
    ],
)
def test_frictionless_would_find_a_change(
    tmp_path: Path, file: str, before: str, after: str
) -> None:
    export("csv", out=tmp_path)
    path = tmp_path / file
    path.write_text(path.read_text("utf-8").replace(before, after, 1), "utf-8")
    assert frictionless(tmp_path).returncode != 0


@pytest.mark.usefixtures("lived")
def test_the_package_says_what_each_column_means(tmp_path: Path) -> None:
    for kind in ("csv", "ledger", "book"):
        manifest = export(kind, out=tmp_path / kind)[-1]
        for resource in json.loads(manifest.read_text("utf-8"))["resources"]:
            for field in resource.get("schema", {}).get("fields", ()):
                assert " / " in field["description"], field


@pytest.mark.usefixtures("lived")
def test_entries_are_called_by_their_number_everywhere(tmp_path: Path) -> None:
    """Ids of the database are of no use to anybody outside of it."""
    later = make_gift(queries.fund_by_code("C-7KQ2-M4XC-9"), amount=777)
    for kind in FORMATS:
        export(kind, out=tmp_path / kind)
    rows = rows_of(tmp_path / "csv" / "journal.csv")
    assert sorted({int(row["number"]) for row in rows}) == [1, 2, 3, 4, 5]
    [reversal] = {row["reverses"] for row in rows if row["kind"] == "reversal"}
    assert reversal == "3"
    assert "  entry: 5\n" in (tmp_path / "beancount" / "book.beancount").read_text()
    assert "  reverses: 3\n" in (tmp_path / "beancount" / "book.beancount").read_text()
    assert " * (5) " in (tmp_path / "hledger" / "book.journal").read_text()
    for path in tmp_path.rglob("*"):
        # What is not sealed yet has no number, and is not exported.
        assert path.is_dir() or later.key not in path.read_text("utf-8")
    assert "仕訳番号 5 まで" in (tmp_path / "csv" / "columns.txt").read_text("utf-8")


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize(("date_from", "date_to"), SPANS)
def test_the_ledger_runs_from_opening_to_closing(
    tmp_path: Path, date_from: date | None, date_to: date | None
) -> None:
    export("ledger", out=tmp_path, date_from=date_from, date_to=date_to)
    balances = {row["account"]: row for row in rows_of(tmp_path / "balances.csv")}
    running: dict[str, int] = {}
    for row in rows_of(tmp_path / "ledger.csv"):
        account = row["account"]
        if row["kind"] == "opening":
            assert account not in running
            running[account] = int(balances[account]["opening"])
        else:
            assert row["number"]
            running[account] += int(row["debit"] or 0) - int(row["credit"] or 0)
        assert int(row["balance"]) == running[account]
    assert running == {code: int(row["closing"]) for code, row in balances.items()}


def test_what_cannot_be_exported(house: Flask, tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat):
        export("xlsx", out=tmp_path)
    with pytest.raises(NothingSealed):
        export("book", out=tmp_path)
    with pytest.raises(BookIsWhole):
        export("book", out=tmp_path, date_from=date(2026, 1, 1))
    seal_all()
    (tmp_path / "private_entries.csv").touch()
    for kind in FORMATS:
        with pytest.raises(FolderInUse):
            export(kind, out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["private_entries.csv"]
    with pytest.raises(DaysReversed):
        export("csv", out=tmp_path, date_from=date(2026, 2, 1), date_to=date(2026, 1, 1))


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize("kind", exports.FORMATS)
def test_days_are_those_of_a_book(house: Flask, tmp_path: Path, kind: str) -> None:
    """The calendar has no day before its first, and none after its last."""
    for asked in ({"date_from": date.min}, {"date_to": date.max}):
        with pytest.raises(DayOutsideBooks):
            export(kind, out=tmp_path / "outside", **asked)
    told = house.test_cli_runner().invoke(
        args=["civicfund", "export", "--format", kind, "--from", "0001-01-01",
              "--out", str(tmp_path / "outside")],
    )  # fmt: skip
    assert (told.exit_code, "Choose days from 1900-01-01" in told.output) == (1, True)
    assert not (tmp_path / "outside").exists()
    assert export(kind, out=tmp_path / "widest", date_from=EARLIEST, date_to=LATEST)


@pytest.mark.parametrize("kind", ["beancount", "hledger", "csv", "ledger"])
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
    seal_all()
    tracemalloc.start()
    paths = export(kind, out=tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert paths[0].stat().st_size > 1_500_000
    assert peak < 6_000_000
