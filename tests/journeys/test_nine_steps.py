"""The main job as one story over HTTP: from a citizen's card to an organisation's receipt."""

from flask.testing import FlaskClient

from civicfund.campaigns.models import CampaignState
from civicfund.donors.models import DonationState
from tests.journeys.nine_steps import asking, giving, looking, paying
from tests.journeys.nine_steps.ground import begin, mail_to, on_day, postman, said, tick

S = DonationState
BENCHES, KITCHEN, LIBRARY = "公園に木かげのベンチを", "公園の子ども食堂", "公園の青空図書館"

# Gross gifts 98,000 yen and 10,000 yen returned; 15 per cent run the fund; fees as the sandbox
# takes them: 3.6 per cent, at a shop with tax, and with tax for JCB.
BOOK = {
    "1112": 107_307 - 64_940 - 4_000,  # paid out by the provider, less grant and return
    "2121": 18_214,  # the kitchen's award: promised, not yet paid
    "4101": 6_000,  # left to the fund
    "4111": 68_000 + 18_700,
    "4191": 12_000 + 3_300,
    "5101": 64_940 + 18_214,
    "5231": 3_060 + 486 + 1_147,  # benches, kitchen; the fund's own: returned and held gifts
}


def test_the_nine_steps(client: FlaskClient) -> None:  # noqa: PLR0915  # one story
    with on_day(-30):
        story = begin(client)

    # 1. A member of the organisation writes; two of the office read; the day opens it.
    with on_day(0):
        asking.sign_in_for_real(story)
        benches = asking.write_campaign(
            story, BENCHES, model="keep_all", budget={"材料": 60_000, "工事": 40_000}, says=90_000
        )
        kitchen = asking.write_campaign(
            story, KITCHEN, model="all_or_nothing", budget={"食材": 20_000}
        )
        library = asking.write_campaign(
            story, LIBRARY, model="all_or_nothing", budget={"本": 50_000}
        )
    with on_day(1):
        for slug in (benches, kitchen, library):
            asking.review(story, slug)
    with on_day(asking.OPENS, 0, 1):
        tick("campaigns.launch_due")
        for slug in (benches, kitchen, library):
            said(story.become(None).get(f"/campaigns/{slug}"), "公園", "Give")
            assert asking.the_campaign(slug).state is CampaignState.LIVE

    # 2. The city lends its name; takes it back once; and once it ends by itself.
    with on_day(2):
        first = asking.ask_the_city(story, benches, until=15)
        ending = asking.endorse(story, first)
        second = asking.ask_the_city(story, kitchen, until=30)
        taken_back = asking.endorse(story, second)
        assert asking.is_badged(story, benches, ending)
        assert asking.is_badged(story, kitchen, taken_back)
        said(story.client.get(f"/endorsements/{ending}"), "valid now", BENCHES)
    with on_day(3):
        asking.revoke(story, second, taken_back)
        assert not asking.is_badged(story, kitchen, taken_back)

    # 3 and 4. People give; the news come signed, more than once, and are booked once.
    with on_day(4), postman(story):
        hanako = giving.gift_by_card(
            story, benches, 30_000, email="hanako@people.example",
            publicity="name", donor_name="山田 花子", message="楽しみにしています",
        )  # fmt: skip
        jiro = giving.gift_by_card(story, benches, 10_000, email="jiro@people.example", card="jcb")
        saburo = giving.gift_at_the_shop(
            story, benches, 50_000, email="saburo@people.example",
            publicity="hidden_from_npo", donor_name="鈴木 三郎",
        )  # fmt: skip
        paid = [hanako, jiro, saburo]
        assert [(gift.state, len(gift.entries)) for gift in paid] == [(S.PAID, 1)] * 3
        shiro = giving.gift_by_card(story, kitchen, 8_000, email="shiro@people.example")
        goro = giving.gift_by_card(
            story, kitchen, 5_000, email="goro@people.example", card="declines_once"
        )
        rokuro = giving.gift_at_the_shop(
            story, kitchen, 9_000, email="rokuro@people.example", on_failure="refund"
        )
        nanako = giving.gift_by_card(story, library, 3_000, email="nanako@people.example")
        hachiro = giving.gift_at_the_shop(
            story, library, 4_000, email="hachiro@people.example", on_failure="refund"
        )
        kumi = giving.gift_at_the_shop(
            story, library, 6_000, email="kumi@people.example", on_failure="leave_to_fund"
        )
        pledged, held = [shiro, goro, nanako], [rokuro, hachiro, kumi]
        assert [(gift.state, len(gift.entries)) for gift in pledged] == [(S.PLEDGED, 0)] * 3
        assert [(gift.state, len(gift.entries)) for gift in held] == [(S.HELD, 1)] * 3
        giving.hear_it_all_again(story, [*paid, *pledged, *held])
        giving.lies_are_refused(story)
        for gift in paid:
            giving.is_thanked(story, gift)
        said(client.get(f"/campaigns/{benches}"), "山田 花子", "90,000")

    # 8, in between: money can be asked back as long as it was not granted.
    with on_day(5), postman(story):
        paying.ask_back(story, jiro, why="二重に申し込みました")
        paying.grant_the_wish(story, jiro)
        tick("payments.expire_overdue")
        assert jiro.state is S.REFUNDED
    with on_day(16):
        assert not asking.is_badged(story, benches, ending)
        said(client.get(f"/endorsements/{ending}"), "This endorsement has ended")
        tick("endorsements.expire_due")

    # 5. The deadline: one reached its target, one did not, one keeps what came.
    with on_day(20, 23, 59), postman(story):
        tick("grants.settle_due")
        assert asking.the_campaign(kitchen).state is CampaignState.LIVE
    with on_day(21, 0, 10), postman(story):
        tick("grants.settle_due")
        assert asking.the_campaign(benches).state is CampaignState.AWARDED
        assert asking.the_campaign(kitchen).state is CampaignState.SUCCEEDED
        assert asking.the_campaign(library).state is CampaignState.FAILED
        assert [gift.state for gift in (shiro, goro, rokuro)] == [S.PAID, S.PLEDGED, S.PAID]
        assert [gift.state for gift in (nanako, hachiro, kumi)] == [S.EXPIRED, S.REFUNDED, S.PAID]
        said(client.get(f"{goro.link}"), "Your card was declined")
    with on_day(22, 0, 20), postman(story):
        tick("donors.retry_declined")
        tick("grants.finish_due")
        assert goro.state is S.PAID
        assert asking.the_campaign(kitchen).state is CampaignState.AWARDED
        assert paying.the_award(kitchen).amount_yen == 18_214
        giving.hear_it_all_again(story, [shiro, goro, rokuro, nanako, hachiro, kumi])
    for gift, template in ((shiro, "thanks"), (nanako, "not_reached"), (kumi, "not_reached")):
        assert gift.reference in (mail_to(gift.email, f"donors/{template}").body_text or "")

    # 6. The provider pays out; two people send the money on, and never more than was awarded.
    with on_day(23), postman(story):
        tick("sandbox.pay_out")
        paying.return_by_bank(story, hachiro, day=23)
        paying.agree(story, benches)
        paying.name_the_account(story)
        paying.pay_out(story, benches, 64_940, day=23)

    # 7. The organisation reports with receipts; the office accepts.
    with on_day(60):
        paying.report(story, benches, [40_000, 24_940])
        paying.accept(story, benches)
        assert asking.the_campaign(benches).state is CampaignState.COMPLETED
        said(story.become(None).get(f"/campaigns/{benches}"), "64,940")

    # 8. The donor follows the yen; what was granted cannot come back any more.
    with on_day(61):
        looking.follow(story, hanako, paying.the_award(benches))
        looking.follow_by_api(story, hanako)
        looking.is_too_late_to_ask_back(story, hanako)

    # 9. The auditor reads, filters and takes away; and everything holds, to the yen.
    with on_day(62):
        looking.audit(story, benches, BOOK)
        looking.everything_holds(BOOK)
