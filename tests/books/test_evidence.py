"""The desk of evidence: what is missing; attaching, searching, downloading, withdrawing."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.http import parse_options_header

from civicfund.books.evidence.queries import lacking, lacking_by_month, lacks_of
from civicfund.books.evidence.views import papers
from civicfund.campaigns.models import FundingModel
from civicfund.core.db import db, transaction
from civicfund.core.money import yen
from civicfund.core.storage import StoredFile
from civicfund.identity.models import User
from civicfund.ledger import posting_rules as rules
from civicfund.ledger import queries as book
from civicfund.ledger import services
from civicfund.ledger.models import EvidenceKind
from civicfund.ledger.queries.evidence import pieces_of
from civicfund.ledger.queries.log import numbers_of
from tests.browsing import markup, words
from tests.core.test_contents import CSV, PDF
from tests.factories.donors import make_donation
from tests.factories.grants import make_cast, make_live_campaign
from tests.factories.identity import make_user, sign_in
from tests.factories.ledger import make_bank_balance, make_fund, make_gift, seal_all
from tests.statements import counted

K = EvidenceKind
MAY = (date(2026, 5, 1), date(2026, 5, 31))
HIDDEN = "山田 はなこ"


@pytest.fixture
def clerk(house: Flask) -> User:
    return make_user(roles=("staff",), name="事務 太郎")


@pytest.fixture
def entries(house: Flask) -> dict[str, int]:
    """May 2026: an award, an honorarium, a named fund of two papers, a held gift without need."""
    general = book.general_fund()
    with transaction():
        fund = make_fund(code="C-1")
        party = services.party(kind="donation", ref="1", public_name=None, full_name=HIDDEN)
        make_gift(fund, amount=100_000, key="given", on=date(2026, 4, 1))
        make_bank_balance(100_000, on=date(2026, 4, 1))
        drafts = {
            "award": rules.grant_awarded(yen(50_000), fund=fund),
            "fee": rules.bank_transfer_fee(yen(330), general=general),
        }
        return {
            name: services.post_entry(
                draft, key=name, effective_on=date(2026, 5, 10), party=party
            ).id
            for name, draft in drafts.items()
        }


@pytest.fixture
def office(client: FlaskClient, clerk: User, entries: dict[str, int]) -> FlaskClient:
    assert entries
    sign_in(client, clerk)
    return client


def attach(
    entry: int, kind: EvidenceKind, by: User, body: bytes = PDF, *, name: str = "書類.pdf"
) -> int:
    with transaction():
        [piece] = services.attach_evidence(
            [entry], upload=io.BytesIO(body), name=name, kind=kind, by=by
        )
        return piece.id


def missing() -> set[int]:
    return {lack.entry.id for lack in lacking(starts_on=MAY[0], ends_on=MAY[1]).items}


class TestMissing:
    def test_a_paper_of_the_right_kind_fills_the_need(
        self, entries: dict[str, int], clerk: User
    ) -> None:
        assert missing() == {entries["award"], entries["fee"]}
        attach(entries["award"], K.RECEIPT, clerk)
        assert entries["award"] in missing(), "a receipt is no letter of decision"
        piece = attach(entries["award"], K.DECISION_LETTER, clerk, CSV.encode())
        assert missing() == {entries["fee"]}
        with transaction():
            services.withdraw_evidence(
                pieces_of([entries["award"]])[entries["award"]][1].evidence, reason="x", by=clerk
            )
        assert entries["award"] in missing(), f"{piece} does not count any more"

    def test_what_was_undone_needs_nothing(self, entries: dict[str, int]) -> None:
        with transaction():
            services.reverse_entry(entries["fee"], key="undo", reason="誤り")
        assert missing() == {entries["award"]}

    def test_is_counted_by_month(self, entries: dict[str, int]) -> None:
        counts = lacking_by_month(starts_on=date(2026, 4, 1), ends_on=date(2027, 3, 31))
        assert counts[date(2026, 5, 1)] == len(entries)

    def test_pages_follow_each_other(self, entries: dict[str, int]) -> None:
        first = lacking(starts_on=MAY[0], ends_on=MAY[1], limit=1)
        assert first.after is not None
        second = lacking(starts_on=MAY[0], ends_on=MAY[1], limit=1, after=first.after)
        found = [lack.entry.id for page in (first, second) for lack in page.items]
        assert (found, second.after) == (sorted(entries.values()), None)

    @pytest.mark.usefixtures("house")
    def test_a_gift_has_the_providers_kept_message(self) -> None:
        with transaction():
            campaign = make_live_campaign(make_cast(), model=FundingModel.KEEP_ALL)
            donation = make_donation(campaign)
            typed = make_gift(make_fund(), amount=1_000)
        [entry] = book.entries_of_source("donations", donation.id)
        assert lacks_of(entry) == []
        alone = book.entry_by_id(typed.id)
        assert alone is not None
        assert len(lacks_of(alone)) == 1, "nothing was told about a gift that was typed in"


class TestAttaching:
    def send(self, client: FlaskClient, path: str, **typed: object) -> tuple[int, str]:
        form = {"file": (io.BytesIO(PDF), "交付決定通知.pdf"), "kind": "decision_letter"} | typed
        answer = client.post(path, data=form, content_type="multipart/form-data")
        return answer.status_code, words(answer) if answer.status_code != 302 else ""

    def test_at_its_entry(self, office: FlaskClient, entries: dict[str, int]) -> None:
        path = f"/desk/evidence/entries/{entries['award']}"
        assert "交付決定通知・確定通知" in words(office.get(path))
        assert self.send(office, path)[0] == 302
        page = words(office.get(path))
        assert "交付決定通知.pdf" in page
        assert "事務 太郎" in page
        status, said = self.send(office, path)
        assert status == 422
        assert str(entries["award"]) in said

    @pytest.mark.parametrize(
        "typed",
        [
            {"kind": "withdrawal"},
            {"kind": ""},
            {"file": (io.BytesIO(b"<svg/>"), "x.pdf")},
            {"file": (io.BytesIO(b""), "")},
        ],
        ids=["kind-of-ours", "no-kind", "svg", "no-file"],
    )
    def test_refuses_and_changes_nothing(
        self, office: FlaskClient, entries: dict[str, int], typed: dict[str, object]
    ) -> None:
        path = f"/desk/evidence/entries/{entries['award']}"
        assert self.send(office, path, **typed)[0] == 422
        assert pieces_of([entries["award"]])[entries["award"]] == []

    def test_one_statement_to_ticked_entries(
        self, office: FlaskClient, entries: dict[str, int]
    ) -> None:
        path = "/desk/evidence/months/2026-05"
        page = office.get(path).get_data(as_text=True)
        assert all(f'value="{entry}"' in page for entry in entries.values())
        status, said = self.send(office, path, kind="bank_statement", entries=[])
        assert status == 422
        assert "仕訳を1件以上" in said
        ticked = [str(entries["fee"])]
        assert self.send(office, path, kind="bank_statement", entries=ticked)[0] == 302
        assert missing() == {entries["award"]}

    @pytest.mark.parametrize("role", ["auditor", "approver"])
    def test_is_not_for_those_who_only_read(
        self, client: FlaskClient, entries: dict[str, int], role: str
    ) -> None:
        sign_in(client, make_user(roles=(role,)))
        path = f"/desk/evidence/entries/{entries['award']}"
        page = client.get(path)
        assert page.status_code == 200
        assert 'type="file"' not in page.get_data(as_text=True)
        assert self.send(client, path)[0] == 403
        assert self.send(client, "/desk/evidence/months/2026-05", entries=["1"])[0] == 403

    def test_needs_the_page_s_token(self, office: FlaskClient, entries: dict[str, int]) -> None:
        path = f"/desk/evidence/entries/{entries['award']}"
        answer = office.post(path, data={"kind": "receipt"}, csrf=False)
        assert answer.status_code in {400, 422}


class TestDownload:
    def test_hands_out_the_bytes_as_they_came(
        self, client: FlaskClient, entries: dict[str, int], clerk: User
    ) -> None:
        piece = attach(entries["award"], K.DECISION_LETTER, clerk)
        sign_in(client, make_user(roles=("auditor",)))
        answer = client.get(f"/desk/evidence/papers/{piece}")
        assert answer.data == PDF
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "no-store" in answer.headers["Cache-Control"]

    @pytest.mark.parametrize(
        ("name", "told"),
        [
            ("請求書 5月.pdf", "請求書 5月.pdf"),
            ('a\r\nSet-Cookie: b=c";.pdf', 'aSet-Cookie: b=c";.pdf'),
            ("C:\\papers\\..\\bill.pdf", "bill.pdf"),
            ("bill\u202efdp.exe", "billfdp.exe"),
            ("bill\x00.pdf", "bill.pdf"),
            ("あ" * 300, "あ" * 200),
        ],
    )
    def test_keeps_the_name_in_a_header_that_every_server_can_send(
        self, client: FlaskClient, entries: dict[str, int], clerk: User, name: str, told: str
    ) -> None:
        """No line break, no sign outside Latin-1: the server would drop the answer."""
        sign_in(client, clerk)
        body = PDF + name.encode() + b"\n%%EOF\n"
        piece = attach(entries["award"], K.DECISION_LETTER, clerk, body, name=name)
        answer = client.get(f"/desk/evidence/papers/{piece}")
        sent = answer.headers["Content-Disposition"]
        assert sent.encode("latin-1").isascii()
        kind, options = parse_options_header(sent)
        assert (kind, options["filename"]) == ("attachment", told)

    def test_raises_an_alarm_when_the_file_is_not_what_it_was(
        self, house: Flask, client: FlaskClient, entries: dict[str, int], clerk: User
    ) -> None:
        body = PDF + b"% mine\n%%EOF\n"
        piece = attach(entries["award"], K.DECISION_LETTER, clerk, body)
        stored = db.session.query(StoredFile).order_by(StoredFile.id.desc()).first()
        assert stored is not None
        (Path(house.config["INSTANCE"]) / "files" / stored.key).write_bytes(body + b" ")
        sign_in(client, make_user(roles=("auditor",)))
        answer = client.get(f"/desk/evidence/papers/{piece}?lang=en")
        assert answer.status_code == 500
        assert "ALARM" in words(answer)

    @pytest.mark.parametrize("role", ["officer", "partner", "reviewer", "admin"])
    def test_is_not_for_others(
        self, client: FlaskClient, entries: dict[str, int], clerk: User, role: str
    ) -> None:
        piece = attach(entries["award"], K.DECISION_LETTER, clerk)
        sign_in(client, make_user(roles=(role,)))
        for path in (f"papers/{piece}", "papers", "", "months/2026-05"):
            assert client.get(f"/desk/evidence/{path}".rstrip("/")).status_code == 403


class TestWithdrawing:
    def test_keeps_everything_and_shows_the_reason(
        self, office: FlaskClient, entries: dict[str, int], clerk: User
    ) -> None:
        piece = attach(entries["award"], K.DECISION_LETTER, clerk)
        path = f"/desk/evidence/papers/{piece}/withdraw"
        assert office.get(path).status_code == 200
        assert office.post(path, data={"reason": "  "}).status_code == 422
        assert office.post(path, data={"reason": "別の助成の通知"}).status_code == 302
        page = words(office.get(f"/desk/evidence/entries/{entries['award']}"))
        assert "別の助成の通知" in page
        assert office.post(path, data={"reason": "もう一度"}).status_code == 422

    def test_is_not_for_those_who_only_read(
        self, client: FlaskClient, entries: dict[str, int], clerk: User
    ) -> None:
        piece = attach(entries["award"], K.DECISION_LETTER, clerk)
        sign_in(client, make_user(roles=("auditor",)))
        assert client.get(f"/desk/evidence/papers/{piece}/withdraw").status_code == 403


class TestSearch:
    """電子取引: 取引年月日, 取引金額, 取引先 of the entry that a paper belongs to."""

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("", 1),
            ("from=2026-05-10&to=2026-05-10&min=50000&max=50000&party=やまだ", 0),
            ("from=2026-05-10&to=2026-05-10&min=50000&max=50000&party=山田　ハナコ", 1),
            ("to=2026-05-09", 0),
            ("min=50001", 0),
            ("kind=decision_letter", 1),
            ("kind=receipt", 0),
        ],
    )
    def test_by_day_amount_party_and_kind(
        self, office: FlaskClient, entries: dict[str, int], clerk: User, query: str, count: int
    ) -> None:
        attach(entries["award"], K.DECISION_LETTER, clerk)
        body = office.get(f"/desk/evidence/papers?download=csv&{query}").get_data(as_text=True)
        assert len(list(csv.reader(io.StringIO(body)))) == 1 + count
        assert office.get(f"/desk/evidence/papers?{query}").status_code == 200

    def test_that_cannot_be_read(self, office: FlaskClient) -> None:
        assert office.get("/desk/evidence/papers?from=x").status_code == 422


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("path", ["", "/papers", "/months/2026-05", "/months/2020-01"])
def test_pages_open_in_both_languages(office: FlaskClient, path: str, lang: str) -> None:
    assert office.get(f"/desk/evidence{path}", query_string={"lang": lang}).status_code == 200


@pytest.mark.parametrize("path", ["/months/2026-13", "/months/x", "/papers/1", "/entries/999999"])
def test_what_does_not_exist(office: FlaskClient, path: str) -> None:
    assert office.get(f"/desk/evidence{path}").status_code == 404


def test_the_list_is_taken_away(office: FlaskClient, entries: dict[str, int]) -> None:
    for path in ("?year=2026&download=csv", "/months/2026-05?download=csv"):
        body = office.get(f"/desk/evidence{path}").get_data(as_text=True)
        assert all(said in body for said in ("封緘前", "助成の決定", "振込手数料"))
        assert HIDDEN in body


def test_the_auditor_sees_the_papers_at_the_entry(
    client: FlaskClient, entries: dict[str, int], clerk: User
) -> None:
    piece = attach(entries["award"], K.DECISION_LETTER, clerk)
    sign_in(client, make_user(roles=("auditor",)))
    page = client.get(f"/desk/audit/entries/id/{entries['award']}").get_data(as_text=True)
    assert f"/desk/evidence/papers/{piece}" in page
    assert "withdraw" not in page
    assert "銀行明細" in words(client.get(f"/desk/audit/entries/id/{entries['fee']}"))


@pytest.mark.parametrize("path", ["/months/2026-05", "/papers"])
def test_lists_cost_the_same_however_long(
    office: FlaskClient, entries: dict[str, int], clerk: User, path: str
) -> None:
    def cost() -> int:
        with counted() as statements:
            office.get(f"/desk/evidence{path}")
        return statements.count

    attach(entries["award"], K.DECISION_LETTER, clerk)
    before = cost()
    with transaction():
        more = [make_bank_balance(900 + number, on=date(2026, 5, 3)).id for number in range(4)]
    attach(more[0], K.RECEIPT, clerk)
    attach(more[1], K.RECEIPT, clerk)
    assert cost() == before


def test_the_papers_are_read_while_they_are_sent(
    office: FlaskClient, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some at a time, none twice, none left out; no more are read than were asked for."""
    monkeypatch.setattr(papers, "BATCH", 2)
    with transaction():
        entries = [make_bank_balance(900 + n, on=date(2026, 5, 3)).id for n in range(5)]
    attached = [attach(entry, K.RECEIPT, clerk) for entry in entries]
    with counted() as statements:
        answer = office.get("/desk/evidence/papers?download=csv&lang=en", buffered=False)
        pieces = iter(answer.response)
        for _heading_and_two_papers in range(3):
            next(pieces)
        assert sum("evidence_withdrawals" in text for text in statements.texts) == 1
        rest = b"".join(piece for piece in pieces)
    assert sum("evidence_withdrawals" in text for text in statements.texts) == 3
    numbers = [int(row[0]) for row in csv.reader(io.StringIO(rest.decode()))]
    assert numbers == sorted(attached, reverse=True)[2:]


@pytest.mark.parametrize(("lang", "month"), [("ja", "2026年5月"), ("en", "May 2026")])
def test_entries_and_months_bear_their_names(
    office: FlaskClient, entries: dict[str, int], lang: str, month: str
) -> None:
    seal_all()
    number = numbers_of([entries["award"]])[entries["award"]]
    assert month in words(office.get(f"/desk/evidence?year=2026&lang={lang}"))
    page = office.get(f"/desk/evidence/months/2026-05?lang={lang}")
    assert month in words(page)
    address = f"/desk/evidence/entries/{entries['award']}"
    assert f'<a href="{address}">{number}</a>' in markup(page)
    with transaction():
        [piece] = services.attach_evidence(
            [entries["award"]], upload=io.BytesIO(PDF), name="x.pdf", kind=K.CONTRACT,
            by=make_user(roles=("staff",)),
        )  # fmt: skip
    assert f'<a href="{address}">{number}</a>' in markup(office.get("/desk/evidence/papers"))
    withdraw = words(office.get(f"/desk/evidence/papers/{piece.id}/withdraw?lang=en"))
    assert f"Entry {number}" in withdraw
