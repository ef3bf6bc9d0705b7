"""The five checks of a receipt and the checks of a whole report; rows only, no database."""

from datetime import date

import pytest

from civicfund.grants import report_rules
from civicfund.grants.models import EvidenceKind, Report, ReportEvidence, ReportLine

LONG = "夏休みの十日間、公園で子ども食堂を開きました。のべ二百人が来て、近所の人が手伝いました。"


def receipt(amount: int, *, number: int = 1, **more: object) -> ReportEvidence:
    return ReportEvidence(
        **{
            "id": number,
            "number": number,
            "kind": EvidenceKind.RECEIPT,
            "stored_file_id": number,
            "addressee": "みどりの会",
            "amount_yen": amount,
        }
        | more
    )


def line(*receipts: ReportEvidence, spent: int, budget: int = 5_000, note: str = "") -> ReportLine:
    return ReportLine(
        id=7, label="食材", budget_yen=budget, spent_yen=spent, note=note, evidence=list(receipts)
    )


def report(*lines: ReportLine, narrative: str = LONG) -> Report:
    return Report(narrative=narrative, lines=list(lines))


def messages(made: Report) -> list[str]:
    return [fault.message for fault in report_rules.faults(made)]


def test_a_whole_report_has_no_fault() -> None:
    assert messages(report(line(receipt(3_000), receipt(2_000, number=2), spent=5_000))) == []


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (report(line(receipt(5_000), spent=5_000), narrative="やりました"), "Tell what was done"),
        (report(line(spent=5_000)), "Add at least one receipt"),
        (report(line(receipt(4_999), spent=5_000)), "The receipts add up to"),
        (report(line(receipt(6_000), spent=6_000)), "More was spent than planned"),
        (report(line(spent=0)), "Nothing was spent on this line"),
        (report(line(receipt(5), spent=0, note="なし")), "There are receipts, but"),
    ],
)
def test_each_gap_is_named(made: Report, words: str) -> None:
    [message] = messages(made)
    assert message.startswith(words)


def test_a_note_explains_what_differs_from_the_plan() -> None:
    assert messages(report(line(receipt(6_000), spent=6_000, note="値上がり"))) == []
    assert messages(report(line(spent=0, note="寄附された"))) == []


@pytest.mark.parametrize("addressee", ["上様", " 上 様 ", "", "お客様", "　"])
def test_a_receipt_for_nobody_does_not_count(addressee: str) -> None:
    assert report_rules.names_nobody(addressee)
    assert not report_rules.names_nobody("みどりの会")


@pytest.mark.parametrize("purpose", ["品代", "お品代", "商品代", " ", "Items"])
def test_a_vague_purpose_does_not_count(purpose: str) -> None:
    assert report_rules.is_vague(purpose)
    assert not report_rules.is_vague("ペンキ12缶")


def test_a_receipt_lies_within_the_period_and_not_ahead() -> None:
    first, last, today = date(2026, 4, 1), date(2027, 3, 31), date(2026, 12, 1)
    days = [date(2026, 3, 31), first, today, date(2026, 12, 2), date(2027, 4, 1)]
    within = [report_rules.is_within(day, first, last, today=today) for day in days]
    assert within == [False, True, True, False, False]


def test_odd_receipts_are_pointed_out() -> None:
    mine = receipt(1, number=1, addressee="NPO法人みどりの会 御中")
    other = receipt(1, number=2, addressee="山田花子")
    twin = receipt(1, number=3, stored_file_id=1)
    slip = receipt(1, number=4, kind=EvidenceKind.BANK_SLIP, addressee="山田花子")
    made = report(line(mine, other, spent=2), line(twin, slip, spent=2))
    found = report_rules.hints(
        made, names=("特定非営利活動法人みどりの会", "Green"), used_elsewhere={4}
    )
    assert [(hint.evidence_id, hint.message.split(" ")[0]) for hint in found] == [
        (1, "The"),
        (2, "Made"),
        (3, "The"),
        (4, "The"),
    ]
