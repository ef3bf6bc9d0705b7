"""Steps 5 to 7: the deadline decides, money leaves by several hands, the report comes back."""

import io
import re

from civicfund.donors.queries import refunds_of
from civicfund.grants.models import Award, AwardState
from civicfund.grants.queries import disbursements, payees, reports
from civicfund.grants.queries.awards import award_of_campaign
from tests.browsing import send
from tests.factories.grants import NARRATIVE, pdf, picture
from tests.journeys.nine_steps.asking import the_campaign
from tests.journeys.nine_steps.giving import Gift
from tests.journeys.nine_steps.ground import Story, moved_on, said, the_day


def the_award(slug: str) -> Award:
    """What the organisation was granted."""
    found = award_of_campaign(the_campaign(slug).id)
    assert found is not None
    return found


def ask_back(story: Story, gift: Gift, *, why: str) -> None:
    """The donor asks for the money, by the page that the mail leads to."""
    page = f"{gift.link}/refund"
    assert moved_on(send(story.become(None), page, to="/refund", reason=why)) == gift.link
    said(story.client.get(gift.link), "Refund")


def grant_the_wish(story: Story, gift: Gift) -> None:
    """The office reads the wish and lets the money go back."""
    [wish] = refunds_of(gift.row)
    client, page = story.become(story.content_reviewer), f"/desk/gifts/refunds/{wish.id}"
    said(client.get("/desk/gifts"), gift.reference)
    too_much = send(client, page, to=page, amount="999,999", deed="grant", note="どうぞ")
    said(too_much, f"{gift.amount:,}", status=422)
    assert "どうぞ" in too_much.text, "what was typed stays"
    assert moved_on(send(client, page, to=page, deed="grant")) == "/desk/gifts"


def return_by_bank(story: Story, gift: Gift, *, day: int) -> None:
    """Cash goes back by transfer: one person enters the bank's line, another confirms."""
    [owed] = refunds_of(gift.row)
    page = f"/desk/gifts/returns/{owed.id}"
    enter_bank_line(story, -gift.amount, to="ヤマダ ハナコ", day=day)
    lines = re.findall(r'<option value="(\d+)"', story.client.get(page).text)
    assert lines
    client = story.client
    answer = send(client, page, to="", bank_line=lines[-1])
    said(answer, "Another person", status=422)
    client = story.become(story.content_reviewer)
    assert moved_on(send(client, page, to="", bank_line=lines[-1])) == "/desk/gifts/returns"


def enter_bank_line(story: Story, amount: int, *, to: str, day: int) -> None:
    """A line of the statement, typed by the person who keeps the books."""
    client, page = story.become(story.finance_reviewer), "/desk/bank/new"
    line = {
        "booked_on": the_day(day).isoformat(),
        "direction": "out" if amount < 0 else "in",
        "amount": f"{abs(amount):,}",
        "counterparty": to,
        "reference": f"S-{day}-{amount}",
    }
    assert moved_on(send(client, page, to="", **line)) == "/desk/bank"
    said(client.get("/desk/bank"), to)


def agree(story: Story, slug: str) -> None:
    """The organisation takes the money under its terms."""
    client, page = story.become(story.member), f"/desk/npo/awards/{the_award(slug).reference}"
    said(client.get("/desk/npo"), "公園")
    assert moved_on(send(client, page, to="/agree")) == page
    assert the_award(slug).state is AwardState.AGREED


def name_the_account(story: Story) -> None:
    """The organisation proposes, the office compares, an approver confirms: three hands."""
    client, page = story.become(story.member), f"/desk/npo/awards/bank-account/{story.npo.slug}"
    account = {
        "bank_name": "見本銀行", "bank_code": "０００９", "branch_name": "溝口支店",
        "branch_code": "123", "kind": "ordinary", "number": "1234567",
        "holder_kana": "トクヒ）ミドリノカイ",
    }  # fmt: skip
    answer = send(client, page, to="", **(account | {"number": "12345678901"}))
    said(answer, "7 digits", status=422)
    assert moved_on(send(client, answer, to="", **account)) == "/desk/npo/awards"
    proposed = payees.proposal_of(story.npo.id)
    assert proposed is not None
    page = f"/desk/grants/accounts/{proposed.id}"
    client = story.become(story.content_reviewer)
    assert client.post(f"{page}/confirm").status_code == 403
    moved_on(send(client, page, to="/check", reason="通帳の写しと照合"))
    client = story.become(story.approver)
    moved_on(send(client, page, to="/confirm"))


def pay_out(story: Story, slug: str, amount: int, *, day: int) -> None:
    """Prepared by one, signed by another, given to the bank, confirmed by the bank's line."""
    award = the_award(slug)
    client = story.become(story.content_reviewer)
    new = f"/desk/grants/{award.reference}/instalments/new"
    refused = send(client, new, to="", amount="９９９，９９９", purpose="第1回の支払い")
    said(refused, f"Only {amount:,} yen of this award", "999,999", status=422)
    assert 'value="９９９，９９９"' in refused.text, "what was typed stays"
    assert 'value="第1回の支払い"' in refused.text
    moved_on(send(client, refused, to="", amount=f"{amount:,}", purpose="第1回の支払い"))
    [made] = disbursements.disbursements_of([award.id])[award.id]
    page = f"/desk/grants/instalments/{made.id}"
    assert client.post(f"{page}/approve").status_code == 403
    client = story.become(story.approver)
    said(client.get("/desk/approvals"), f"{amount:,}")
    moved_on(send(client, page, to="/approve"))
    client = story.become(story.content_reviewer)
    moved_on(send(client, page, to="/export"))
    enter_bank_line(story, -amount, to="トクヒ）ミドリノカイ", day=day)
    client = story.become(story.content_reviewer)
    form = client.get(f"{page}/paid")
    said(form, f"{amount:,}")
    moved_on(send(client, form, to=""))
    said(client.get(page), "Paid on")


def report(story: Story, slug: str, spent: list[int]) -> None:
    """What was spent line by line: a PDF under one, a photograph under the others; then filed."""
    award = the_award(slug)
    client, page = story.become(story.member), f"/desk/npo/awards/{award.reference}/report"
    filed = reports.report_of(award.id)
    assert filed is not None
    lines = [(line.id, amount) for line, amount in zip(filed.lines, spent, strict=True)]
    typed = {f"line-{line_id}-spent": f"{amount:,}" for line_id, amount in lines}
    for number, (line_id, amount) in enumerate(lines):
        form = send(client, page, to="", narrative=NARRATIVE, deed=f"receipt-{line_id}", **typed)
        new = moved_on(form)
        words = {
            "kind": "receipt", "issued_on": the_day(24).isoformat(), "amount": f"{amount:,}",
            "issuer_name": "溝口商店", "purpose": f"木材と布 {number}",
        }  # fmt: skip
        lie = send(client, new, to="", file=(io.BytesIO(b"<html>"), "receipt.pdf"), **words)
        said(lie, "PDF", status=422)
        assert 'value="溝口商店"' in lie.text, "what was typed stays"
        upload = (pdf(), "receipt.pdf") if number == 0 else (picture(), "receipt.png")
        moved_on(send(client, new, to="", file=upload, **words))
    assert moved_on(send(client, page, to="", deed="file")) == page.removesuffix("/report")


def accept(story: Story, slug: str) -> None:
    """The office reads the report beside its receipts."""
    desk = f"/desk/grants/{the_award(slug).reference}"
    client = story.become(story.finance_reviewer)
    said(client.get("/desk/grants"), the_award(slug).reference)
    assert moved_on(send(client, f"{desk}/report", to="", decision="accept")) == desk
