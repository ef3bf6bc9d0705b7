"""The pages in a real browser: steps 1 to 4 and 8 in both languages, axe, keyboard, no scripts."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect, sync_playwright

from civicfund.campaigns.checklists import CHECKLISTS
from civicfund.campaigns.models import ReviewKind
from civicfund.campaigns.queries import campaign_by_slug
from civicfund.core import clock, queue
from civicfund.core.embedded import EmbeddedServer
from tests.journeys.browser import pages, people
from tests.journeys.browser.place import (
    CHROMIUM,
    Place,
    Visitor,
    press,
    serving,
    visiting,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed"),
]
LANGUAGES = ("ja", "en")


@pytest.fixture(scope="module")
def place(app: Flask, server: EmbeddedServer) -> Iterator[Place]:
    with serving(app, server) as served:
        yield served


@pytest.fixture(scope="module")
def chromium(place: Place) -> Iterator[Visitor]:
    with sync_playwright() as playwright, visiting(playwright, place) as visitor:
        yield visitor


@pytest.fixture
def visitor(chromium: Visitor) -> Iterator[Visitor]:
    """A browser whose consoles stay silent: no script error, nothing that the policy forbids."""
    chromium.complaints.clear()
    yield chromium
    assert chromium.complaints == []


@pytest.fixture(scope="module")
def sights(place: Place) -> pages.Sights:
    """Something to see on every public page."""
    with place.inside():
        return pages.furnish()


def give(page: Page, slug: str, *, amount: str, email: str, method: str = "card") -> None:
    """The three steps of the form, by mouse and keyboard as most people do."""
    page.goto(f"/campaigns/{slug}")
    page.locator(f"a[href^='/campaigns/{slug}/give']").first.click()
    page.check("[name=choice][value=other]")
    page.fill("[name=amount]", amount)
    page.check(f"[name=method][value={method}]")
    press(page, "form[action$='/give/you']", "button.button--large")
    page.fill("[name=email]", email)
    page.check("[name=publicity][value=hidden]")
    press(page, "form[action$='/give/check']", "button.button--large")
    expect(page.locator("main")).to_contain_text(email)
    page.check("[name=accept_terms]")
    press(page, "form[action$='/give/pay']", "button.button--large")
    page.wait_for_url("**/sandbox/checkouts/**")


@pytest.mark.parametrize("language", LANGUAGES)
def test_steps_1_to_4(  # noqa: PLR0915  # one story
    visitor: Visitor, place: Place, language: str, tmp_path: Path
) -> None:
    with place.inside():
        cast = people.gather()

    # 1. Written, reviewed by two, opened by its day.
    title = {"ja": "川べりに花だんを", "en": "Flower beds by the river"}[language]
    with visitor.window(language, person=cast.member) as page:
        slug = people.write(page, title, picture=people.picture_in(tmp_path))
        expect(page.locator("h1")).to_contain_text(title)
    for person, kind in (
        (cast.content_reviewer, ReviewKind.CONTENT),
        (cast.finance_reviewer, ReviewKind.FINANCES),
    ):
        with visitor.window(language, person=person) as page:
            people.review(page, slug, kind, points=len(CHECKLISTS[kind]))
    with place.inside():
        queue.run("campaigns.launch_due")

    # 2. The city's word: asked for, checked, given; its badge leads to its page.
    with visitor.window(language, person=cast.member) as page, place.inside():
        campaign = campaign_by_slug(slug)
        assert campaign is not None
        until = clock.today() + timedelta(days=20)
        reference = people.ask_the_city(page, campaign.id, office=cast.issuer_id, until=until)
    with visitor.window(language, person=cast.officer) as page:
        number = people.endorse(page, reference)
    with visitor.window(language) as page:
        page.goto(f"/campaigns/{slug}")
        page.locator(f"a[href='/endorsements/{number}']").first.click()
        expect(page.locator("main")).to_contain_text(number)
        expect(page.locator("html")).to_have_attribute("lang", language)

        # 3. A gift without an account, paid at the gateway's own page.
        email = f"donor-{language}@people.example"
        give(page, slug, amount="３，０００", email=email)
        page.check("[name=card][value=visa]")
        press(page, "form[action$='/card']")
        page.wait_for_url("**/gifts/*/thanks*")

        # 4. The worker hears of it; the page looks again by itself.
        paid = {"ja": "寄付を受け取りました", "en": "Your gift is paid"}[language]
        expect(page.locator("#standing .notification--success")).to_contain_text(paid)
        gift = re.search(r"D-[0-9A-Z-]{9,}", page.inner_text("main"))
        assert gift is not None
        link = people.link_in_mail_to(place, email)
        page.goto(link)
        expect(page.locator("main")).to_contain_text(gift.group())
        expect(page.locator("a[href^='/ledger/entries/']:not([href$='/proof'])")).to_have_count(1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_step_8_the_way_of_a_gift(visitor: Visitor, sights: pages.Sights, language: str) -> None:
    with visitor.window(language) as page:
        page.goto(sights.gift)
        entries = page.locator("a[href^='/ledger/entries/']:not([href$='/proof'])")
        assert entries.count() >= 3, "gift, award, instalment"
        for number in range(entries.count()):
            answer = page.request.get(entries.nth(number).get_attribute("href") or "")
            assert answer.status == 200
        receipts = page.locator("a[href*='/receipts/']")
        assert receipts.count() == 2
        kinds = {
            page.request.get(receipts.nth(number).get_attribute("href") or "").headers[
                "content-type"
            ]
            for number in range(receipts.count())
        }
        assert kinds == {"application/pdf"}
        why = {"ja": "助成が決まっている", "en": "granted"}[language]
        expect(page.locator("section[aria-labelledby=deeds]")).to_contain_text(why)
        page.goto(f"{sights.gift}/refund")
        expect(page.locator("main")).to_contain_text(why)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_public_page_is_for_everybody(
    visitor: Visitor, sights: pages.Sights, language: str
) -> None:
    """Axe finds nothing, and nothing has to be scrolled sideways on a small telephone."""
    faults: list[str] = []
    with visitor.window(language) as page:
        for address in sights.public_pages:
            page.set_viewport_size({"width": 1280, "height": 900})
            page.goto(address)
            faults += visitor.axe(page)
            faults += pages.sideways(page)
    assert faults == []


@pytest.mark.parametrize("method", ["card", "konbini"])
def test_the_way_of_giving_is_for_everybody(  # noqa: PLR0915  # one way, looked at step by step
    visitor: Visitor, sights: pages.Sights, method: str
) -> None:
    """Each step, also with its errors, the gateway's pages, and the page of thanks."""
    faults: list[str] = []

    def look(page: Page) -> None:
        faults.extend(visitor.axe(page) + pages.sideways(page))

    with visitor.window("ja") as page:
        page.goto(f"/campaigns/{sights.open_slug}/give")
        look(page)
        you = "form[action$='/give/you']"
        press(page, you, "button.button--large")
        look(page)
        page.check("[name=choice][value='3000']")
        page.check(f"[name=method][value={method}]")
        if method == "konbini":
            page.check("[name=on_failure][value=refund]")
        press(page, you, "button.button--large")
        look(page)
        check = "form[action$='/give/check']"
        press(page, check, "button.button--large")
        look(page)
        page.fill("[name=email]", "axe@people.example")
        page.check("[name=publicity][value=hidden]")
        if method == "konbini":
            pages.fill_in_account(page)
        press(page, check, "button.button--large")
        look(page)
        pay = "form[action$='/give/pay']"
        press(page, pay, "button.button--large")
        look(page)
        page.check("[name=accept_terms]")
        press(page, pay, "button.button--large")
        page.wait_for_url("**/sandbox/checkouts/**")
        look(page)
        if method == "konbini":
            press(page, "form[action$='/voucher']")
            look(page)
            press(page, "form[action$='/pay']")
            look(page)
            page.locator("a.button[href*='/gifts/']").click()
        else:
            page.check("[name=card][value=authentication]")
            press(page, "form[action$='/card']")
            look(page)
            page.locator("button[value=confirm]").click()
        page.wait_for_url("**/gifts/*/thanks*")
        expect(page.locator("#standing .notification--success")).to_be_visible()
        look(page)
    assert faults == []


def test_giving_with_the_keyboard_alone(visitor: Visitor, sights: pages.Sights) -> None:
    with visitor.window("ja") as page:
        page.goto(f"/campaigns/{sights.keeping_slug}/give")
        keys = pages.Keys(page)
        keys.tab_to("[name=choice]")
        keys.press("Space")
        keys.tab_to("[name=method]")
        keys.press("Space")
        keys.tab_to("form[action$='/give/you'] button.button--large")
        keys.press("Enter")
        page.wait_for_url("**/give/you*")
        keys.tab_to("[name=email]")
        keys.type("keys@people.example")
        keys.tab_to("[name=publicity]")
        keys.press("Space")
        keys.tab_to("[name=donor_name]")
        keys.type("山田 花子")
        keys.tab_to("form[action$='/give/check'] button.button--large")
        keys.press("Enter")
        page.wait_for_url("**/give/check")
        keys.tab_to("[name=accept_terms]")
        keys.press("Space")
        keys.tab_to("form[action$='/give/pay'] button.button--large")
        keys.press("Enter")
        page.wait_for_url("**/sandbox/checkouts/**")
        keys.tab_to("[name=card]")
        keys.press("Space")
        keys.tab_to("form[action$='/card'] button.button")
        keys.press("Enter")
        page.wait_for_url("**/gifts/*/thanks*")
        expect(page.locator("#standing .notification--success")).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_giving_without_scripts(visitor: Visitor, sights: pages.Sights, language: str) -> None:
    with visitor.window(language, scripts=False, width=375) as page:
        give(page, sights.keeping_slug, amount="1,234", email="plain@people.example")
        page.check("[name=card][value=mastercard]")
        press(page, "form[action$='/card']")
        page.wait_for_url("**/gifts/*/thanks*")
        for _ in range(30):
            if page.locator("#standing .notification--success").count():
                break
            # Without a script one looks again oneself.
            page.wait_for_timeout(500)
            page.locator("#standing a[href$='/thanks']").click()
        expect(page.locator("main")).to_contain_text("1,234")
        expect(page.locator("#standing .notification--success")).to_be_visible()
