"""The demo's campaigns that are over: agreed, paid out by two people, reported with receipts."""

import io
from datetime import datetime, timedelta

from PIL import Image, ImageDraw

from civicfund.campaigns import queries as campaign_queries
from civicfund.cli.seed.asking import Plot
from civicfund.cli.seed.people import cast
from civicfund.cli.stage import Stage
from civicfund.core import clock
from civicfund.core.money import yen
from civicfund.grants import services as grants
from civicfund.grants.models import Award, EvidenceKind, PayeeKind, ReportLine
from civicfund.grants.queries import awards, payees, reports
from civicfund.grants.words import AccountWords, LineWords, ReceiptWords
from civicfund.identity.queries import organisations_by_ids
from civicfund.ledger import queries as ledger
from civicfund.payments import services as payments

FIRST_INSTALMENT_PERCENT = 80
NARRATIVE = (
    "計画どおりに実施しました。参加してくださった方は延べ120人です。"
    "終わったあとのアンケートでは、10人のうち9人が「また来たい」と答えました。"
    "備品は会の倉庫で保管し、来年度も使います。ご寄附ありがとうございました。"
)


def pay_and_report(stage: Stage, campaign_id: int, plot: Plot, *, now: datetime) -> None:
    """Take one award as far as its campaign's fate says."""
    when = min(plot.ends_at + timedelta(days=2), now)
    stage.play(when, lambda: _agree(campaign_id))
    if not stage.play(now, lambda: _pay(campaign_id, plot)):
        return
    if plot.fate == "reported":
        stage.play(now, lambda: _report(campaign_id))
        stage.play(now, lambda: _accept(campaign_id))


def _award(campaign_id: int) -> Award:
    award = awards.award_of_campaign(campaign_id)
    assert award is not None, "an awarded campaign has its award"
    return award


def _agree(campaign_id: int) -> None:
    people, award = cast(), _award(campaign_id)
    grants.agree_to_award(award, by=people.member)
    npo = organisations_by_ids([award.organisation_id])[award.organisation_id]
    if payees.account_in_use(npo.id) is not None:
        return
    words = AccountWords(
        "0009", "見本銀行", "123", "港支店", PayeeKind.ORDINARY, "1234567", "ダンタイ"
    )
    account = grants.propose_account(npo, by=people.member, words=words)
    grants.check_account(account, by=people.content_reviewer, how="通帳の写しと照合")
    grants.confirm_account(account, by=people.approver)


def _pay(campaign_id: int, plot: Plot) -> bool:
    """Pay what the bank holds; false when the provider's payout has not come yet."""
    people, award = cast(), _award(campaign_id)
    percent = 100 if plot.fate == "reported" else FIRST_INSTALMENT_PERCENT
    amount = yen(award.amount_yen).percent(percent)
    if ledger.balance_of("1112") < amount:
        return False
    disbursement = grants.prepare_disbursement(
        award, amount=amount, purpose="助成金", by=people.finance_reviewer,
        form_key=f"seed/pay/{plot.number}",
    )  # fmt: skip
    grants.approve_disbursement(disbursement, by=people.approver)
    line = payments.record_bank_line(
        account_code="1112",
        booked_on=clock.today(),
        amount=-amount,
        counterparty=award.organisation.name_ja,
        reference=f"seed/bank/{plot.number}",
        by=people.finance_reviewer,
    )
    grants.mark_paid(disbursement, line=line, by=people.finance_reviewer)
    return True


def _report(campaign_id: int) -> None:
    people, award = cast(), _award(campaign_id)
    report = reports.report_of(award.id)
    assert report is not None, "made with the award"
    campaign = campaign_queries.campaign_by_id(campaign_id)
    assert campaign is not None, "it was awarded"
    weights = [line.budget_yen for line in report.lines]
    spent = yen(award.amount_yen).split(weights)
    grants.save_report(
        report,
        by=people.member,
        narrative=NARRATIVE,
        lines={
            line.id: LineWords(part.minor, "予算を見直しました。")
            for line, part in zip(report.lines, spent, strict=True)
        },
    )
    for line in report.lines:
        if line.spent_yen:
            _attach(line, addressee=award.organisation.name_ja)
    grants.file_report(report, by=people.member)


def _attach(line: ReportLine, *, addressee: str) -> None:
    grants.add_evidence(
        line,
        by=cast().member,
        upload=io.BytesIO(_receipt(line)),
        name=f"receipt-{line.id}.png",
        words=ReceiptWords(
            kind=EvidenceKind.RECEIPT,
            issued_on=line.report.award.starts_on,
            issuer_name="見本商店",
            addressee=addressee,
            purpose=line.label,
            amount_yen=line.spent_yen,
        ),
    )


def _accept(campaign_id: int) -> None:
    report = reports.report_of(_award(campaign_id).id)
    assert report is not None, "filed a moment ago"
    grants.accept_report(report, by=cast().content_reviewer)


def _receipt(line: ReportLine) -> bytes:
    """A picture of an invented receipt; no two are alike."""
    picture = Image.new("RGB", (600, 420), "#fdfcf7")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((12, 12, 587, 407), outline="#333333", width=2)
    words = ("RECEIPT (sample)", f"No. {line.id:06d}", f"JPY {line.spent_yen:,}", "Mihon Shoten")
    for row, text in enumerate(words):
        pen.text((48, 56 + row * 84), text, fill="#222222", font_size=36)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
