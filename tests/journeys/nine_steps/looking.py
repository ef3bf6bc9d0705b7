"""Steps 8 and 9: the donor follows the yen, the auditor reads the book."""

import csv
import io
import json
import re

from civicfund.cli.books import CHECKS
from civicfund.grants.models import Award
from tests.browsing import send
from tests.journeys.nine_steps.asking import the_campaign
from tests.journeys.nine_steps.giving import Gift
from tests.journeys.nine_steps.ground import Story, in_book, link_in, mail_to, said


def follow(story: Story, gift: Gift, award: Award) -> None:
    """From the mail to the entry, the award, the payment and the receipts themselves."""
    client = story.become(None)
    link = link_in(mail_to(gift.email, "donors/thanks"))
    page = client.get(link)
    said(page, gift.reference, "Award to the project", "Instalment 1 paid", "Report accepted")
    said(page, "Used for: 材料", "Used for: 工事", f"{award.amount_yen:,}")
    entries = list(dict.fromkeys(re.findall(r'href="(/ledger/entries/(?:id/)?\d+)"', page.text)))
    assert len(entries) == 3, "the gift, the award, the instalment"
    for number, entry in enumerate(entries):
        shown = said(client.get(entry))
        assert ("山田 花子" in shown) == (number == 0), "she shows her name, at her gift alone"
        assert gift.email not in shown
    receipts = re.findall(rf'href="({gift.link}/receipts/\d+)"', page.text)
    assert len(receipts) == 2
    kinds = [client.get(receipt).mimetype for receipt in receipts]
    assert kinds == ["application/pdf", "image/webp"]
    assert client.get(receipts[0]).data.startswith(b"%PDF-")
    assert client.get(receipts[0].replace(gift.link, "/gifts/no-such-token")).status_code == 404


def follow_by_api(story: Story, gift: Gift) -> None:
    """The same way for machines."""
    token = gift.link.removeprefix("/gifts/")
    answer = story.become(None).get(f"/api/v1/donations/{token}")
    assert answer.status_code == 200
    told = json.dumps(answer.json, ensure_ascii=False)
    for part in (gift.reference, "award", "instalment", "report_line", "/ledger/entries/"):
        assert part in told, (part, told)


def is_too_late_to_ask_back(story: Story, gift: Gift) -> None:
    """What was granted out cannot come back: said on both pages, and nothing changes."""
    client, entries = story.become(None), len(gift.entries)
    for answer in (client.get(gift.link), client.get(f"{gift.link}/refund")):
        said(answer, "granted")
    refused = client.post(f"{gift.link}/refund", data={"reason": "やはり"})
    said(refused, "granted", status=422)
    assert "やはり" in refused.text
    assert len(gift.entries) == entries


def audit(story: Story, slug: str, expected: dict[str, int]) -> None:
    """The auditor filters the book, reads every statement, runs the checks, takes the file."""
    client, room = story.become(story.auditor), "/desk/audit"
    said(client.get(room), "Auditor's room", "Everything can be read here")
    fund = f"C-{the_campaign(slug).reference.removeprefix('C-')}"
    only = said(client.get(f"{room}/entries?min=50000&max=50000&fund={fund}"), "鈴木 三郎")
    assert "山田 花子" not in only, "another sum"
    public = said(client.get(f"/ledger/entries?min=50000&max=50000&fund={fund}"), "50,000")
    assert "鈴木 三郎" not in public, "he shows his name to nobody but the fund"
    said(client.get(f"{room}/entries?from=x"), "day", status=422)
    said(client.get("/ledger/funds"), "公園に木かげのベンチを", "64,940")
    said(client.get("/ledger/accounts/1112"), f"{expected['1112']:,}")
    said(client.get(f"{room}/trial-balance"), *(f"{yen:,}" for yen in expected.values()))
    said(client.get(f"{room}/checks"), "Everything holds")
    taken = send(client, f"{room}/exports", to="/exports", format="csv")
    assert taken.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(taken.get_data(as_text=True).removeprefix("\ufeff"))))
    assert rows
    assert client.get("/desk/grants").status_code == 200
    assert story.become(story.member).get(room).status_code == 403


def everything_holds(expected: dict[str, int]) -> None:
    """The book to the yen, and every invariant of every package."""
    assert in_book() == expected
    broken = [finding for part in CHECKS for finding in part.run() if not finding.holds]
    assert broken == []
