"""寄附等の使途記載書類: appeals without their donors, other gifts one by one."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from civicfund.books.documents import Document
from civicfund.books.places import Place
from civicfund.books.statements import single_gifts
from civicfund.books.statements.uses import uses_of_gifts
from civicfund.campaigns.models import Campaign, CampaignState, FundingModel
from civicfund.core import clock
from civicfund.core.db import db
from civicfund.core.money import yen
from civicfund.donors.models import Publicity
from civicfund.ledger import posting_rules as rules
from civicfund.ledger import queries, services
from civicfund.ledger.models import Fund, FundKind
from tests.books.statements.reading import asked, read, rows_of
from tests.browsing import words
from tests.factories.campaigns import make_campaign
from tests.factories.donors import make_donation
from tests.factories.ledger import make_fund, seal_all
from tests.statements import counted

DONOR = "河合 きよ"


@pytest.fixture
def appeal(house: Flask) -> Campaign:
    campaign = make_campaign(funding_model=FundingModel.KEEP_ALL)
    make_donation(campaign, amount=10_000, publicity=Publicity.NAME, donor_name=DONOR)
    return campaign


def _fund(campaign: Campaign) -> Fund:
    fund = queries.fund_by_id(campaign.fund_id)
    assert fund is not None
    return fund


def _year() -> int:
    return clock.fiscal_year(clock.today())


def test_the_list_names_each_appeal_with_its_sums(house: Flask, appeal: Campaign) -> None:
    make_campaign(state=CampaignState.APPROVED)
    general = queries.general_fund()
    city = services.party(kind="x", ref="1", public_name="みなと市", full_name="みなと市")
    firm = services.party(kind="x", ref="2", public_name="川崎商会", full_name="川崎商会")
    fund = _fund(appeal)
    for number, (draft, party) in enumerate(
        (
            (rules.municipal_match_decided(yen(5_000), fund=fund, general=general), city),
            (rules.company_match_received(yen(7_000), fund=fund, general=general), firm),
            (rules.municipal_match_decided(yen(1), fund=fund, general=general), None),
        )
    ):
        services.post_entry(draft, key=f"other/{number}", party=party)
    named = make_fund(code="N-1", kind=FundKind.NAMED, name_ja="さくら基金")
    draft = rules.named_fund_received(
        yen(500_000), operating_share=yen(50_000), fund=named, general=general
    )
    services.post_entry(draft, key="named")
    goods = rules.gift_in_kind(yen(3_000), becomes="1171", fund=fund)
    services.post_entry(goods, key="goods")

    seal_all()
    db.session.expire_all()
    rows = [dict(row.cells) for row in read(house, uses_of_gifts, _year())]
    entry = queries.entry_by_key("goods")
    assert entry is not None
    assert rows[-2]["entry"] == str(entry.number)

    appeals: list[dict[str, Any]] = [row for row in rows if "so_far" in row]
    [one] = appeals
    assert (one["name"], one["money"], one["so_far"]) == (appeal.title, 10_000, 10_000)
    assert one["goods"] == 3_000
    assert one["use"] == appeal.summary
    others = [(row["donor"], row["amount"]) for row in rows if "donor" in row]
    assert others == [
        ("国・地方公共団体：みなと市", 5_000),
        ("法人", 7_000),
        ("国・地方公共団体：名称の記録がありません", 1),
        ("未記入：寄附者の区分が記録されていません", 500_000),
        ("未記入：寄附者の区分が記録されていません", 3_000),
        ("合計", 515_001),
    ]
    assert "川崎商会" not in str(rows)


def test_the_page_of_a_fund_says_what_the_law_asks(house: Flask, appeal: Campaign) -> None:
    rows = read(house, uses_of_gifts, _year(), fund=_fund(appeal))
    said = [(row.cells["item"], row.cells["content"], row.cells.get("amount")) for row in rows]
    assert said[0] == ("公募の有無", "公募によるもの", None)
    assert ("金銭の総額", "当年度", 10_000) in said
    assert ("金銭の総額", "うち運営費分（累計）", 1_500) in said
    assert ("使途", appeal.summary, None) in said
    assert ("使途の内訳（募集時の計画）", "材料", 66_667) in said
    assert ("受入れの方法", "クレジットカード", None) in said
    assert said[-1][1] == "物品等はありません"


@pytest.mark.parametrize("query", ["", "fund={code}"])
def test_no_donor_is_named(client: FlaskClient, appeal: Campaign, query: str) -> None:
    """Not even one who wishes it: the document is about the use."""
    code = _fund(appeal).code
    text = words(client.get(f"/books/uses-of-gifts?{query.format(code=code)}"))
    assert appeal.title in text
    assert DONOR not in text


def test_a_fund_that_nobody_gave_to_says_so(client: FlaskClient) -> None:
    make_fund(code="T-9", kind=FundKind.THEME)
    assert client.get("/books/uses-of-gifts?fund=T-9").status_code == 200
    assert client.get("/books/uses-of-gifts?fund=T-8").status_code == 422


def _give_to(fund: Fund, *gifts: int) -> None:
    """Gifts that no appeal asked for, several on one day; two of them are taken back."""
    general = queries.general_fund()
    first = date(_year(), 4, 1)
    for number, amount in enumerate(gifts):
        draft = rules.named_fund_received(
            yen(amount), operating_share=yen(0), fund=fund, general=general
        )
        on = min(first + timedelta(days=number // 2), clock.today())
        entry = services.post_entry(draft, key=f"{fund.code}/{number}", effective_on=on)
        if number in {1, 4}:
            services.reverse_entry(entry.id, reason="誤り", key=f"back/{fund.code}/{number}")


@pytest.fixture
def many(house: Flask) -> Fund:
    """Two funds without an appeal; an entry gives to both at once."""
    one, other = (
        make_fund(code=f"N-{number}", kind=FundKind.NAMED, name_ja=f"冠{number}")
        for number in (1, 2)
    )
    _give_to(one, *range(1_000, 1_008))
    _give_to(other, *range(2_000, 2_003))
    both = [
        rules.named_fund_received(
            yen(5_000), operating_share=yen(1), fund=fund, general=queries.general_fund()
        )
        for fund in (one, other)
    ]
    lines = tuple(line for draft in both for line in draft.lines)
    services.post_entry(replace(both[0], lines=lines), key="both")
    return one


@pytest.mark.parametrize("is_of_fund", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_its_pages_say_what_the_whole_says(
    house: Flask, many: Fund, appeal: Campaign, size: int, is_of_fund: bool
) -> None:
    fund = many if is_of_fund else None
    with house.test_request_context("/?lang=ja"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(single_gifts, "PER_PAGE", size)
        whole = _document(fund=fund)
        pages = [_document(fund=fund, is_whole=False)]
        while later := Place.of(pages[-1].later):
            pages.append(_document(fund=fund, is_whole=False, after=later))
        back = [pages[-1]]
        while before := Place.of(back[0].earlier):
            back.insert(0, _document(fund=fund, is_whole=False, before=before))
        shown = [[row.cells for row in rows_of(page)] for page in pages]
        all_rows = [row.cells for row in rows_of(whole)]
        assert [row for page in shown for row in page] == all_rows
        assert [row.cells for page in back for row in rows_of(page)] == all_rows
        assert len(pages) == max(-(-_entries_of(fund) // size), 1)
        total = sum(int(str(row["amount"])) for row in all_rows if "entry" in row)
        assert all_rows[-1] == {"donor": "合計", "amount": total}
        for page in pages[:-1]:
            [section] = [one for one in page.sections if one.title == "公募によらない指定寄附"]
            assert f"{total:,}円" in section.notes[0], "the total of the whole, on every page"
        # Whoever goes on behind the last gift or back before the first stays in the document.
        end = Place(date.max, 10**17, 0)
        assert rows_of(_document(fund=fund, is_whole=False, after=end))
        first = Place(date.min, 0, 0)
        assert _document(fund=fund, is_whole=False, before=first).earlier == ""


def _document(*, is_whole: bool = True, **more: Any) -> Document:
    document = uses_of_gifts(replace(asked(_year(), is_whole=is_whole), **more))
    return replace(
        document,
        sections=[replace(one, rows=list(one.rows)) for one in document.sections],
    )


def _entries_of(fund: Fund | None) -> int:
    return 11 if fund else 11 + 3 + 1


def test_a_page_costs_the_same_however_many_gave(
    client: FlaskClient, many: Fund, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_gifts, "PER_PAGE", 2)
    with counted() as small:
        assert client.get("/books/uses-of-gifts").status_code == 200
    _give_to(make_fund(code="N-3", kind=FundKind.NAMED, name_ja="冠3"), *range(1, 30))
    with counted() as large:
        page = words(client.get("/books/uses-of-gifts"))
    assert large.count == small.count
    assert "次の行" in page
    text = client.get("/books/uses-of-gifts?format=csv").get_data(as_text=True)
    assert text.count("冠3") >= 29, "the file has them all"


def test_an_earlier_year_has_none_of_it(house: Flask, appeal: Campaign) -> None:
    rows = [dict(row.cells) for row in read(house, uses_of_gifts, _year() - 1)]
    [one] = [row for row in rows if "so_far" in row]
    assert (one["money"], one["so_far"]) == (0, 0)
    assert date(_year(), 4, 1) <= clock.today()
