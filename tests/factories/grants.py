"""From a campaign that was given to, over its award, to instalments and a report with receipts."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from PIL import Image

from civicfund.campaigns import services as campaigns
from civicfund.campaigns.models import Campaign, FundingModel, ReviewDecision, Theme, Ward
from civicfund.core import clock
from civicfund.core.db import db, transaction
from civicfund.core.money import yen
from civicfund.grants import services, settlement
from civicfund.grants.models import (
    Award,
    AwardState,
    Disbursement,
    DisbursementState,
    EvidenceKind,
    PayeeAccount,
    PayeeKind,
    Report,
    ReportEvidence,
    ReportLine,
)
from civicfund.grants.queries import payees, reports
from civicfund.grants.words import AccountWords, LineWords, ReceiptWords
from civicfund.identity.models import Organisation, User
from civicfund.payments.models import BankLine
from tests.factories.donors import make_donation
from tests.factories.identity import make_member, make_organisation, make_user
from tests.factories.ledger import make_bank_balance
from tests.factories.payments import make_bank_line
from tests.jobs import run_jobs

NARRATIVE = (
    "夏休みの十日間、公園で子ども食堂を開きました。のべ二百人が来て、近所の人が毎日手伝ってくれました。"
    "来年は町内会と一緒に続けます。"
)
_numbers = count(1)


@dataclass(frozen=True)
class Cast:
    """The people of a story: two of the office, an approver, and a member of the organisation."""

    staff: User
    second_staff: User
    approver: User
    npo: Organisation
    member: User


def make_cast() -> Cast:
    """Five new people."""
    npo = make_organisation()
    return Cast(
        staff=make_user(roles=("staff",), name="Staff One"),
        second_staff=make_user(roles=("staff",), name="Staff Two"),
        approver=make_user(roles=("approver",), name="Approver"),
        npo=npo,
        member=make_member(npo, name="Member"),
    )


def make_live_campaign(
    cast: Cast,
    *,
    target: int = 10_000,
    model: FundingModel = FundingModel.ALL_OR_NOTHING,
    days: int = 10,
    budget: dict[str, int] | None = None,
    title: str = "公園の子ども食堂",
) -> Campaign:
    """Written, reviewed by two people, launched today."""
    lines = budget or {"食材": target // 2, "会場": target - target // 2}
    with transaction():
        campaign = campaigns.draft_campaign(
            organisation=cast.npo,
            by=cast.member,
            title=title,
            summary="夏休みに毎日、だれでも来られる食堂を開きます。",
            story="夏休みに毎日、だれでも来られる食堂を開きます。",
            ward=Ward.TAKATSU,
            theme=Theme.CHILDREN,
            target_yen=target,
            funding_model=model,
            starts_on=clock.today(),
            deadline_on=clock.today() + timedelta(days=days),
            budget_lines=[
                campaigns.BudgetDraft(label=label, amount_yen=amount)
                for label, amount in lines.items()
            ],
        )
        campaigns.submit_campaign(campaign, by=cast.member)
        approved = ReviewDecision.APPROVED
        campaigns.review_content(campaign, by=cast.staff, decision=approved)
        campaigns.review_finances(campaign, by=cast.second_staff, decision=approved)
        campaigns.launch(campaign)
    return campaign


def after(campaign: Campaign, **more: float) -> datetime:
    """An instant after the deadline."""
    return campaign.deadline_at + timedelta(**(more or {"minutes": 1}))


@contextmanager
def at_end_of(campaign: Campaign, **more: float) -> Iterator[None]:
    """Live shortly after the deadline, or `days=3` after it."""
    with clock.at(after(campaign, **more)):
        yield


def settle(campaign: Campaign) -> None:
    """Judge the campaign now, and run all that follows from it, as the clock would."""
    for step in (settlement.settle_campaign, settlement.finish_collection):
        with transaction():
            step(campaign)
        run_jobs()


def make_award(
    cast: Cast,
    *,
    gift: int = 100_000,
    target: int | None = None,
    state: AwardState = AwardState.AGREED,
    has_account: bool = True,
    bank: int = 10_000_000,
    budget: dict[str, int] | None = None,
) -> Award:
    """An award of what one gift of `gift` leaves, decided some minutes ago."""
    # The campaign has ended when the story begins: it goes on today.
    with clock.at(clock.now() - timedelta(days=3)):
        campaign = make_live_campaign(
            cast, target=target or gift, model=FundingModel.KEEP_ALL, budget=budget, days=1
        )
        with transaction():
            make_donation(campaign, amount=gift)
    campaign_id = campaign.id
    settle(campaign)
    award = db.session.query(Award).filter_by(campaign_id=campaign_id).one()
    if bank:
        with transaction():
            make_bank_balance(bank)
    if has_account and payees.account_in_use(cast.npo.id) is None:
        make_account(cast)
    if state is AwardState.AGREED and award.state is AwardState.OFFERED:
        with transaction():
            services.agree_to_award(award, by=cast.member)
    return award


def account_words(**more: Any) -> AccountWords:
    """An account as a person types it."""
    return AccountWords(
        **{
            "bank_code": "0009",
            "bank_name": "見本銀行",
            "branch_code": "123",
            "branch_name": "溝口支店",
            "kind": PayeeKind.ORDINARY,
            "number": "1234567",
            "holder_kana": "トクヒ）ミドリノカイ",
        }
        | more
    )


def make_account(cast: Cast, **more: Any) -> PayeeAccount:
    """An account of the cast's organisation, confirmed by three people."""
    with transaction():
        account = services.propose_account(cast.npo, by=cast.member, words=account_words(**more))
        services.check_account(account, by=cast.staff, how="通帳の写しと照合")
        services.confirm_account(account, by=cast.approver)
    return account


def make_disbursement(
    award: Award,
    cast: Cast,
    *,
    amount: int | None = None,
    state: DisbursementState = DisbursementState.PREPARED,
    form_key: str | None = None,
) -> Disbursement:
    """An instalment, by default over the whole award, brought to `state`."""
    with transaction():
        made = services.prepare_disbursement(
            award,
            amount=yen(amount or award.amount_yen),
            purpose="第1回",
            by=cast.staff,
            form_key=form_key or f"instalment-{next(_numbers)}",
        )
        if state is not DisbursementState.PREPARED:
            services.approve_disbursement(made, by=cast.approver)
        if state is DisbursementState.EXPORTED:
            services.mark_exported(made, by=cast.staff)
        if state is DisbursementState.PAID:
            services.mark_paid(made, line=line_for(made), by=cast.staff)
    return made


def line_for(disbursement: Disbursement, *, on: date | None = None) -> BankLine:
    """The bank's line of this payment."""
    return make_bank_line(amount=-disbursement.amount_yen, on=on)


def picture(color: str = "white") -> io.BytesIO:
    """A photograph of a receipt, small and honest."""
    out = io.BytesIO()
    Image.new("RGB", (60, 80), color).save(out, "PNG")
    out.seek(0)
    return out


def pdf() -> io.BytesIO:
    """The smallest file that is a PDF by its content."""
    return io.BytesIO(b"%PDF-1.4\n" + str(next(_numbers)).encode() + b"\n%%EOF\n")


def receipt_words(**more: Any) -> ReceiptWords:
    """What is written on a good receipt."""
    return ReceiptWords(
        **{
            "kind": EvidenceKind.RECEIPT,
            "issued_on": clock.today(),
            "issuer_name": "溝口商店",
            "addressee": "みどりの会",
            "purpose": "野菜と米",
            "amount_yen": 1_000,
        }
        | more
    )


def make_receipt(line: ReportLine, cast: Cast, **more: Any) -> ReportEvidence:
    """A receipt under a line of a report."""
    with transaction():
        return services.add_evidence(
            line, by=cast.member, upload=pdf(), name="receipt.pdf", words=receipt_words(**more)
        )


def write_report(award: Award, cast: Cast, *, spent: int | None = None) -> Report:
    """A whole report: `spent` yen (by default all of the award) over its lines, with receipts."""
    report = reports.report_of(award.id)
    assert report is not None
    parts = yen(award.final_yen if spent is None else spent).split([1] * len(report.lines))
    with transaction():
        services.save_report(
            report,
            by=cast.member,
            narrative=NARRATIVE,
            lines={
                line.id: LineWords(part.minor, "計画より変わりました")
                for line, part in zip(report.lines, parts, strict=True)
            },
        )
    for line in report.lines:
        if line.spent_yen:
            make_receipt(line, cast, amount_yen=line.spent_yen)
    return report


def file_report(award: Award, cast: Cast, *, spent: int | None = None) -> Report:
    """A report that waits for the office."""
    report = write_report(award, cast, spent=spent)
    with transaction():
        services.file_report(report, by=cast.member)
    return report


def accept_report(award: Award, cast: Cast, *, spent: int | None = None) -> Report:
    """A report that the office has accepted."""
    report = file_report(award, cast, spent=spent)
    with transaction():
        services.accept_report(report, by=cast.second_staff)
    return report
