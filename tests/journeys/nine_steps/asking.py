"""Steps 1 and 2: a campaign is written, reviewed and opened; the city lends it its name."""

import re
from typing import Any

from passlib.totp import TOTP

from civicfund.campaigns.checklists import CHECKLISTS
from civicfund.campaigns.models import Campaign, CampaignState, ReviewKind
from civicfund.campaigns.queries import campaign_by_slug
from tests.browsing import send
from tests.factories.campaigns import picture_file
from tests.factories.identity import PASSWORD, TOTP_SECRET
from tests.journeys.nine_steps.ground import Story, moved_on, said, the_day

OPENS, ENDS = 2, 20


def sign_in_for_real(story: Story) -> None:
    """Password, then the code of the telephone; the first page of a member is the desk."""
    client = story.become(None)
    answer = client.get("/desk/npo/campaigns/new")
    assert "/login" in moved_on(answer)
    page = send(client, "/login", to="/login", email=story.member.email, password="wrong, sorry")
    said(page, "The e-mail address or the password is wrong")
    answer = send(client, page, to="/login", email=story.member.email, password=PASSWORD)
    assert moved_on(answer) == "/tf-validate"
    code = TOTP(key=TOTP_SECRET, format="base32").generate().token
    assert moved_on(send(client, "/tf-validate", to="/tf-validate", code=code)) == "/desk"
    said(client.get("/desk/npo"), "My campaigns")


def write_campaign(
    story: Story, title: str, *, model: str, budget: dict[str, int], says: int | None = None
) -> str:
    """Fill in the form and hand it in; returns the slug. `says` is a target that is mistyped."""
    target = sum(budget.values())
    rows: dict[str, Any] = {}
    for number, (label, amount) in enumerate(budget.items()):
        rows |= {
            f"budget_lines-{number}-label": label,
            f"budget_lines-{number}-amount_yen": f"{amount:,}",
        }
    fields = {
        "title": title,
        "summary": "遊び場に日かげがありません。木のベンチと日よけを作ります。",
        "story": "## なぜ必要か\n\n夏の公園は**とても暑い**です。",
        "ward": "nakahara",
        "theme": "children",
        "funding_model": model,
        "target_yen": str(says or target),
        "starts_on": the_day(OPENS).isoformat(),
        "deadline_on": the_day(ENDS).isoformat(),
        "image": (picture_file(), "park.png"),
        "image_alt": "日なたのベンチ",
        "deed": "submit",
    } | rows
    client, page = story.client, "/desk/npo/campaigns/new"
    answer = send(client, page, to=page, **fields)
    if says is not None:
        said(answer, f"add up to {target:,} yen, but the target is {says:,} yen", status=422)
        assert title in answer.text, "what was typed stays"
        again = {"target_yen": str(target), "deed": "submit"}
        answer = send(client, answer, to="/edit", **again)
    slug = moved_on(answer).rpartition("/")[2]
    said(client.get(f"/desk/npo/campaigns/{slug}"), "Handed in", "In review")
    return slug


def review(story: Story, slug: str) -> None:
    """One person of the office reads the words, another the money; one alone cannot do both."""
    page = f"/desk/campaigns/{slug}"
    for person, kind in (
        (story.content_reviewer, ReviewKind.CONTENT),
        (story.finance_reviewer, ReviewKind.FINANCES),
    ):
        client = story.become(person)
        said(client.get("/desk/campaigns"), "公園")
        part = kind.value
        answer = send(
            client, page, to=f"/reviews/{part}",
            **{f"{part}-decision": "approved", f"{part}-checked": list(CHECKLISTS[kind])},
        )  # fmt: skip
        assert moved_on(answer) == page
    said(client.get(page), "Approved")
    assert the_campaign(slug).state is CampaignState.APPROVED
    assert story.become(None).get(f"/campaigns/{slug}").status_code == 404, "not its day yet"


def the_campaign(slug: str) -> Campaign:
    """The campaign as the database has it now."""
    found = campaign_by_slug(slug)
    assert found is not None
    return found


def ask_the_city(story: Story, slug: str, *, until: int) -> str:
    """The organisation asks for the city's name until a day of the story; returns the file."""
    client = story.become(story.member)
    said(client.get(f"/desk/npo/campaigns/{slug}"))
    answer = send(
        client,
        f"/desk/endorsements/new?subject_kind=campaigns&subject_id={the_campaign(slug).id}",
        to="/desk/endorsements/new",
        kind="nominal_support",
        issuer_id=str(story.issuer.id),
        scope_text="ちらしとページに市の名前をのせたい",
        asked_from=the_day(OPENS).isoformat(),
        asked_until=the_day(until).isoformat(),
    )
    return moved_on(answer).rpartition("/")[2]


def endorse(story: Story, reference: str) -> str:
    """The officer finds the request, checks every criterion and issues; returns the number."""
    client = story.become(story.officer)
    said(client.get("/desk/city"), "公園")
    page = f"/desk/city/{reference}"
    too_early = client.get(f"{page}/issue")
    assert too_early.status_code != 200, "nobody vouches for what was not checked"
    criteria = set(re.findall(r'name="(criteria-\d+-checked)"', client.get(page).text))
    assert criteria
    answer = send(client, page, to="/criteria", **dict.fromkeys(criteria, "y"))
    assert moved_on(answer) == page
    answer = send(
        client, f"{page}/issue", to="/issue",
        decision_no="8川市活第1号", legal_basis="後援等名義使用事務取扱要綱 第3条",
    )  # fmt: skip
    assert moved_on(answer) == page
    found = re.search(r"/endorsements/(K-\d{4}-\d{4})", client.get(page).text)
    assert found, "it has its number in the register"
    return found.group(1)


def is_badged(story: Story, slug: str, number: str) -> bool:
    """Does the campaign's page show this endorsement and lead to it, before and while giving?"""
    client = story.become(None)
    link = f'href="/endorsements/{number}"'
    shown = link in client.get(f"/campaigns/{slug}").text
    if client.get(f"/campaigns/{slug}/give").status_code == 200:
        assert shown == (link in client.get(f"/campaigns/{slug}/give").text)
    return shown


def revoke(story: Story, reference: str, number: str) -> None:
    """The office takes its word back, and everybody can read why."""
    client, why = story.become(story.officer), "申請の内容と違うちらしが配られたため"
    page = f"/desk/city/{reference}/revoke"
    said(send(client, page, to="/revoke", reason=" "), "Write the reason", status=422)
    moved_on(send(client, page, to="/revoke", reason=why))
    said(story.become(None).get(f"/endorsements/{number}"), "revoked", why)
