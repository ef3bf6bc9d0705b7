"""A report is written, filed whole, checked, and settles the award to the yen."""

import io
from datetime import timedelta

import pytest

from civicfund.campaigns.models import CampaignState
from civicfund.core import clock, storage
from civicfund.core.db import db, transaction
from civicfund.core.errors import Forbidden, NotAllowedNow
from civicfund.grants import services
from civicfund.grants.errors import (
    InstalmentOpen,
    MemberMayNotJudge,
    NotAgreed,
    NotAMember,
    OutsidePeriod,
    ReasonMissing,
    ReportClosed,
    ReportHasFaults,
    SameFileTwice,
    StaleReport,
    VaguePurpose,
    WrongAddressee,
)
from civicfund.grants.models import AwardState, DisbursementState, EvidenceKind, ReportState
from civicfund.grants.queries import reports
from civicfund.grants.words import LineWords
from civicfund.identity import services as identity
from civicfund.ledger import queries as book
from civicfund.notifications.models import Message
from tests.factories.grants import (
    NARRATIVE,
    Cast,
    accept_report,
    file_report,
    make_award,
    make_disbursement,
    make_receipt,
    pdf,
    picture,
    receipt_words,
    write_report,
)

PAID = DisbursementState.PAID


def save(report: object, cast: Cast, **more: object) -> object:
    with transaction():
        return services.save_report(
            report, **{"by": cast.member, "narrative": "", "lines": {}} | more
        )


def test_a_draft_may_be_incomplete_but_is_filed_whole(cast: Cast) -> None:
    award = make_award(cast)
    report = reports.report_of(award.id)
    save(report, cast, lines={report.lines[0].id: LineWords(5)})
    with pytest.raises(ReportHasFaults), transaction():
        services.file_report(report, by=cast.member)
    assert report.state is ReportState.DUE
    file_report(award, cast)
    assert report.state is ReportState.SUBMITTED
    with pytest.raises(ReportClosed), transaction():
        services.save_report(report, by=cast.member, narrative="", lines={})
    with pytest.raises(ReportClosed):
        make_receipt(report.lines[0], cast)


def test_a_stale_page_overwrites_nothing(cast: Cast) -> None:
    report = reports.report_of(make_award(cast).id)
    seen = report.version
    save(report, cast, narrative="一人目", version=seen)
    with pytest.raises(StaleReport):
        save(report, cast, narrative="二人目", version=seen)
    assert report.narrative == "一人目"


def test_only_members_write_and_only_after_agreeing(cast: Cast) -> None:
    award = make_award(cast, state=AwardState.OFFERED)
    report = reports.report_of(award.id)
    with pytest.raises(NotAMember):
        save(report, cast, by=cast.staff)
    with pytest.raises(NotAgreed):
        save(report, cast)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"issued_on": "before"}, OutsidePeriod),
        ({"issued_on": "ahead"}, OutsidePeriod),
        ({"addressee": "上様"}, WrongAddressee),
        ({"purpose": "品代"}, VaguePurpose),
    ],
)
def test_a_receipt_that_does_not_count(
    cast: Cast, wrong: dict[str, object], refusal: type[Exception]
) -> None:
    award = make_award(cast)
    line = reports.report_of(award.id).lines[0]
    days = {
        "before": award.starts_on.replace(year=award.starts_on.year - 1),
        "ahead": clock.today().replace(year=clock.today().year + 1),
    }
    if "issued_on" in wrong:
        wrong = {"issued_on": days[wrong["issued_on"]]}
    with pytest.raises(refusal):
        make_receipt(line, cast, **wrong)
    assert line.evidence == []


def test_receipts_are_checked_by_content_and_numbered(cast: Cast) -> None:
    line = reports.report_of(make_award(cast).id).lines[0]

    def add(upload: io.BytesIO, name: str) -> object:
        with transaction():
            return services.add_evidence(
                line, by=cast.member, upload=upload, name=name, words=receipt_words()
            )

    first, second = add(pdf(), "a.pdf"), add(picture(), "photo.jpg")
    assert (first.number, second.number) == (1, 2)
    assert first.stored_file.media_type == "application/pdf"
    assert second.stored_file.media_type == "image/webp"
    with pytest.raises(storage.NotEvidence):
        add(io.BytesIO(b"MZ\x90\x00 this is a program"), "receipt.pdf")
    with pytest.raises(storage.FileTooLarge):
        add(io.BytesIO(b"%PDF-1.4" + b"0" * storage.LARGEST_FILE), "large.pdf")
    with pytest.raises(SameFileTwice):
        add(picture(), "again.png")
    assert [row.number for row in line.evidence] == [1, 2]


def test_a_slip_names_who_paid(cast: Cast) -> None:
    line = reports.report_of(make_award(cast).id).lines[0]
    slip = make_receipt(line, cast, kind=EvidenceKind.BANK_SLIP, addressee="上様")
    assert slip.number == 1


def test_changes_are_asked_for_and_made(cast: Cast) -> None:
    award = make_award(cast)
    report = file_report(award, cast)
    with pytest.raises(ReasonMissing), transaction():
        services.ask_for_changes(report, by=cast.staff, notes=" ")
    with transaction():
        services.ask_for_changes(report, by=cast.staff, notes="領収書2の宛名を直してください")
    assert report.state is ReportState.CHANGES_REQUESTED
    with transaction():
        services.save_report(report, by=cast.member, narrative=NARRATIVE + "追記", lines={})
        services.file_report(report, by=cast.member)
    assert report.state is ReportState.SUBMITTED


def test_who_accepts(cast: Cast) -> None:
    award = make_award(cast)
    make_disbursement(award, cast, state=PAID)
    report = file_report(award, cast)
    with pytest.raises(Forbidden), transaction():
        services.accept_report(report, by=cast.approver)
    with transaction():
        identity.add_member(user=cast.staff, organisation=cast.npo)
    with pytest.raises(MemberMayNotJudge), transaction():
        services.accept_report(report, by=cast.staff)
    with transaction():
        services.accept_report(report, by=cast.second_staff)
    with pytest.raises(NotAllowedNow), transaction():
        services.accept_report(report, by=cast.second_staff)


def test_all_spent_completes_everything(cast: Cast) -> None:
    award = make_award(cast)
    make_disbursement(award, cast, state=PAID)
    accept_report(award, cast)
    assert (award.state, award.campaign.state) == (AwardState.COMPLETED, CampaignState.COMPLETED)
    assert (award.reduced_yen, award.to_return_yen) == (0, 0)


def test_what_was_never_paid_is_not_paid_and_the_rest_comes_back(cast: Cast) -> None:
    award = make_award(cast)
    make_disbursement(award, cast, amount=60_000, state=PAID)
    accept_report(award, cast, spent=50_000)
    assert award.reduced_yen == award.amount_yen - 60_000
    assert award.to_return_yen == 10_000
    assert award.state is AwardState.COMPLETED
    assert book.balance_of("2121", award.fund_id).minor == 0
    assert book.available_in(award.fund_id).minor == award.reduced_yen
    assert book.balance_of("5101", award.fund_id).minor == 60_000


def test_the_last_instalment_follows_the_report(cast: Cast) -> None:
    award = make_award(cast)
    make_disbursement(award, cast, amount=60_000, state=PAID)
    accept_report(award, cast)
    assert award.campaign.state is CampaignState.COMPLETED
    assert award.state is AwardState.ACTIVE
    make_disbursement(award, cast, amount=award.amount_yen - 60_000, state=PAID)
    assert award.state is AwardState.COMPLETED


def test_a_payment_on_its_way_is_finished_first(cast: Cast) -> None:
    award = make_award(cast)
    made = make_disbursement(award, cast)
    report = file_report(award, cast, spent=50_000)
    with pytest.raises(InstalmentOpen), transaction():
        services.accept_report(report, by=cast.second_staff)
    with transaction():
        services.withdraw_disbursement(made, by=cast.staff, reason="精算")
    with transaction():
        services.accept_report(report, by=cast.second_staff)
    assert award.final_yen == 50_000
    make_disbursement(award, cast, amount=50_000, state=PAID)
    assert award.state is AwardState.COMPLETED


def test_spending_more_than_the_award_is_the_organisations_own_money(cast: Cast) -> None:
    award = make_award(cast)
    make_disbursement(award, cast, state=PAID)
    accept_report(award, cast, spent=award.amount_yen + 5_000)
    assert (award.reduced_yen, award.to_return_yen) == (0, 0)


def test_reminders_go_out_once_before_and_once_after(cast: Cast) -> None:
    award = make_award(cast)
    report = reports.report_of(award.id)

    def remind(days: int) -> list[str]:
        day = clock.start_of(report.due_on) - timedelta(days=days)
        with clock.at(day), transaction():
            services.remind_of_reports()
        rows = db.session.query(Message).filter(Message.template.startswith("grants/report_"))
        return [row.template.removeprefix("grants/report_") for row in rows.order_by(Message.id)]

    assert remind(15) == []
    assert remind(14) == ["due_soon"]
    assert remind(13) == ["due_soon"]
    assert remind(0) == ["due_soon"]
    assert remind(-1) == ["due_soon", "overdue"]
    assert remind(-30) == ["due_soon", "overdue"]


def test_removing_a_receipt_while_writing(cast: Cast) -> None:
    award = make_award(cast)
    report = write_report(award, cast)
    line = report.lines[0]
    with transaction():
        services.remove_evidence(line.evidence[0], by=cast.member)
    assert line.evidence == []
    with pytest.raises(ReportHasFaults), transaction():
        services.file_report(report, by=cast.member)
