"""The people behind the counter, at their pages: they write, review, endorse."""

import re
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from civicfund.campaigns.models import ReviewKind
from civicfund.core import clock
from civicfund.core.db import db
from civicfund.identity.models import User
from civicfund.notifications.models import Message
from tests.factories.campaigns import picture_file
from tests.factories.endorsements import make_issuer, make_officer
from tests.factories.identity import make_member, make_organisation, make_user
from tests.journeys.browser.place import Place, press


@dataclass
class Cast:
    """Who does what; each signs in once, since a code is good once."""

    member: User
    content_reviewer: User
    finance_reviewer: User
    officer: User
    issuer_id: int


def gather() -> Cast:
    """New people for one story."""
    content_reviewer, issuer = make_user(roles=("staff",)), make_issuer()
    cast = Cast(
        member=make_member(make_organisation(verified_by=content_reviewer)),
        content_reviewer=content_reviewer,
        finance_reviewer=make_user(roles=("staff",)),
        officer=make_officer(issuer),
        issuer_id=issuer.id,
    )
    for person in (cast.member, cast.content_reviewer, cast.finance_reviewer, cast.officer):
        db.session.refresh(person)
    db.session.expunge_all()
    return cast


def picture_in(folder: Path) -> Path:
    """A picture to choose in the file dialog."""
    file = folder / "flowers.png"
    file.write_bytes(picture_file().getvalue())
    return file


def write(page: Page, title: str, *, picture: Path) -> str:
    """Fill in the form of a campaign and hand it in; returns its slug."""
    page.goto("/desk/npo/campaigns/new")
    page.fill("[name=title]", title)
    page.fill("[name=summary]", "だれもが休める川べりにします。")
    page.fill("[name=story]", "## なぜ\n\n草だらけの**川べり**に花を植えます。")
    page.select_option("[name=ward]", "tama")
    page.select_option("[name=theme]", "environment")
    page.set_input_files("[name=image]", picture)
    page.fill("[name=image_alt]", "川べり")
    page.fill("[name=target_yen]", "８０，０００")
    page.check("[name=funding_model][value=keep_all]")
    page.fill("[name=starts_on]", clock.today().isoformat())
    page.fill("[name=deadline_on]", (clock.today() + timedelta(days=30)).isoformat())
    for number, (label, amount) in enumerate((("土と花", "50,000"), ("道具", "30,000"))):
        page.fill(f"[name=budget_lines-{number}-label]", label)
        page.fill(f"[name=budget_lines-{number}-amount_yen]", amount)
    page.locator("button[name=deed][value=submit]").click()
    page.wait_for_url(re.compile(r"/desk/npo/campaigns/(?!new)[^/]+$"))
    return page.url.rpartition("/")[2]


def review(page: Page, slug: str, kind: ReviewKind, *, points: int) -> None:
    """Tick every point and approve one part."""
    page.goto(f"/desk/campaigns/{slug}")
    boxes = page.locator(f"[name={kind.value}-checked]")
    expect(boxes).to_have_count(points)
    for number in range(points):
        boxes.nth(number).check()
    page.check(f"[name={kind.value}-decision][value=approved]")
    press(page, f"form[action$='/reviews/{kind.value}']")
    expect(page.locator(".reviews li").last).to_be_visible()


def ask_the_city(page: Page, campaign_id: int, *, office: int, until: date) -> str:
    """Ask an office for its name; returns the reference of the file."""
    page.goto(f"/desk/endorsements/new?subject_kind=campaigns&subject_id={campaign_id}")
    page.select_option("[name=issuer_id]", str(office))
    page.select_option("[name=kind]", "nominal_support")
    page.fill("[name=scope_text]", "ちらしに市の名前をのせたい")
    page.fill("[name=asked_until]", until.isoformat())
    press(page, "form[action^='/desk/endorsements/new']")
    page.wait_for_url(re.compile(r"/desk/endorsements/E-"))
    return page.url.rpartition("/")[2]


def endorse(page: Page, reference: str) -> str:
    """Check every criterion and issue; returns the number in the register."""
    page.goto(f"/desk/city/{reference}")
    boxes = page.locator("form[action$='/criteria'] [type=checkbox]")
    for number in range(boxes.count()):
        boxes.nth(number).check()
    press(page, "form[action$='/criteria']")
    page.locator(f"a[href='/desk/city/{reference}/issue']").click()
    page.fill("[name=decision_no]", "8川市活第7号")
    page.fill("[name=legal_basis]", "後援等名義使用事務取扱要綱 第3条")
    press(page, "form[action$='/issue']")
    page.wait_for_url(f"**/desk/city/{reference}")
    link = page.locator("a[href^='/endorsements/']").first.get_attribute("href")
    return str(link).rpartition("/")[2]


def link_in_mail_to(place: Place, email: str) -> str:
    """The signed link, once the worker has sent the thank-you mail."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with place.inside():
            mail = (
                db.session.query(Message)
                .filter_by(recipient=email, template="donors/thanks")
                .one_or_none()
            )
            found = re.search(r"(/gifts/\S+)", (mail.body_text or "") if mail else "")
        if found:
            return found.group(1)
        time.sleep(0.3)
    raise AssertionError(f"no thank-you mail with a link to {email}")
