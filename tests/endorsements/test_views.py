"""The pages: what anyone sees, what the offices do, who is turned away; in both languages."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from civicfund.core import clock, events
from civicfund.core.db import db
from civicfund.endorsements import queries
from civicfund.endorsements.kinds import meaning
from civicfund.endorsements.models import (
    Endorsement,
    EndorsementKind,
    EndorsementState,
    MisuseReport,
)
from civicfund.endorsements.subjects import Subject
from civicfund.identity.models import User
from tests.endorsements.test_queries import statements
from tests.factories.endorsements import (
    make_endorsement,
    make_issuer,
    make_officer,
    make_request,
    make_subject,
)
from tests.factories.identity import make_organisation, make_user, sign_in

YEAR = clock.today().year


def text_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return str(answer.get_data(as_text=True))


def token_in(page: str) -> dict[str, str]:
    found = re.search(r'name="form_key"[^>]* value="([^"]+)"', page)
    return {"form_key": found.group(1)} if found else {}


# -- the public register ----------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_register_lists_what_was_given_and_nothing_else(client: FlaskClient, lang: str) -> None:
    issuer = make_issuer(prefix="K")
    officer = make_officer(issuer)
    for state in EndorsementState:
        subject = make_subject(name=f"<b>{state.value}")
        make_endorsement(state=state, subject=subject, issuer=issuer, officer=officer)
    page = text_of(client.get(f"/endorsements?lang={lang}"))
    for state in ("issued", "expired", "revoked"):
        assert f"&lt;b&gt;{state}" in page
    for state in ("requested", "changes_requested", "declined"):
        assert f"&lt;b&gt;{state}" not in page
    assert ("取消し" if lang == "ja" else "Revoked") in page
    filtered = text_of(client.get("/endorsements?state=revoked&q=&kind=&issuer="))
    assert "&lt;b&gt;revoked" in filtered
    assert "&lt;b&gt;issued" not in filtered
    nothing = text_of(client.get("/endorsements?q=ありません&kind=nonsense&issuer=x&page=99"))
    assert "K-" not in nothing.split("<main")[1]


def test_a_longer_register_asks_no_more(client: FlaskClient) -> None:
    issuer = make_issuer()
    officer = make_officer(issuer)
    counts = []
    for number in (1, 5):
        for _ in range(number):
            make_endorsement(issuer=issuer, officer=officer)
        with statements() as asked:
            text_of(client.get("/endorsements"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("kind", list(EndorsementKind))
def test_each_kind_says_what_is_and_what_is_not_vouched_for(
    client: FlaskClient, kind: EndorsementKind, lang: str
) -> None:
    kinds = {
        EndorsementKind.NETWORK_SUPPORT: "network",
        EndorsementKind.PRIVATE_MARK: "third_party",
    }
    issuer = make_issuer(kind=kinds.get(kind, "city"))
    endorsement = make_endorsement(kind=kind, issuer=issuer)
    page = text_of(client.get(f"/endorsements/{endorsement.register_no}?lang={lang}"))
    rules = meaning(kind)
    for words in (*rules.vouches_for, *rules.does_not_vouch_for, rules.words):
        shown = getattr(words, lang)
        assert shown.replace("'", "&#39;") in page
    assert "044-200-0000" in page
    assert endorsement.decision_no in page


def test_the_page_ends_with_its_term_and_without_a_job(client: FlaskClient) -> None:
    endorsement = make_endorsement()
    path = f"/endorsements/{endorsement.register_no}"
    last = clock.end_of(endorsement.valid_until)
    with clock.at(last):
        assert "いま有効です" in text_of(client.get(path))
    with clock.at(last + timedelta(microseconds=1)):
        page = text_of(client.get(path))
        assert "いま有効です" not in page
        assert "期間は終わりました" in page
        assert "期間終了" in page
        api = client.get(f"/api/v1{path}").get_json()
    assert api["state_now"] == "expired"
    assert [line["kind"] for line in api["history"]] == ["issued", "expired"]


def test_the_address_forgives_small_letters_and_knows_no_others(client: FlaskClient) -> None:
    endorsement = make_endorsement()
    path = f"/endorsements/{endorsement.register_no}"
    assert "いま有効です" in text_of(client.get(path.lower()))
    for wrong in ("/endorsements/K-1999-0001", f"/endorsements/{endorsement.reference}"):
        text_of(client.get(wrong), 404)
    request = make_request()
    text_of(client.get(f"/endorsements/{request.reference}"), 404)


def test_a_revoked_one_shows_its_reason_and_no_names(client: FlaskClient) -> None:
    officer_name = "担当 太郎"
    issuer = make_issuer()
    officer = make_officer(issuer, name=officer_name)
    endorsement = make_endorsement(state=EndorsementState.REVOKED, issuer=issuer, officer=officer)
    page = text_of(client.get(f"/endorsements/{endorsement.register_no}"))
    assert "申請の内容と違ったため" in page
    assert "seal--void" in page
    assert officer_name not in page
    assert officer_name not in text_of(
        client.get(f"/api/v1/endorsements/{endorsement.register_no}")
    )


def test_a_badge_is_drawn_only_while_it_is_valid(house: Flask) -> None:
    valid, revoked = make_endorsement(), make_endorsement(state=EndorsementState.REVOKED)
    template = house.jinja_env.from_string(
        '{% from "endorsements/_badge.html" import badges %}{{ badges(found, brief=True) }}'
    )
    with house.test_request_context():
        drawn = template.render(found=[valid, revoked])
        assert drawn.count('class="seal ') == 1
        assert f"/endorsements/{valid.register_no}" in drawn
        with clock.at(clock.end_of(valid.valid_until) + timedelta(seconds=1)):
            assert template.render(found=[valid]).strip() == ""


# -- misuse -------------------------------------------------------------------------------------


def test_anyone_reports_misuse_and_the_office_settles_it(client: FlaskClient) -> None:
    issuer = make_issuer()
    officer = make_officer(issuer)
    endorsement = make_endorsement(issuer=issuer, officer=officer)
    path = f"/endorsements/{endorsement.register_no}/misuse"
    form = token_in(text_of(client.get(path)))
    refused = client.post(path, data=form | {"words": "", "email": "nonsense"})
    assert "nonsense" in text_of(refused, 422)
    sent = form | {"words": "駅前のちらし", "email": ""}
    for _ in range(2):
        assert client.post(path, data=sent).status_code == 302
    report = db.session.scalars(select(MisuseReport)).one()
    settle = f"/desk/city/misuse/{report.id}"
    sign_in(client, make_officer(make_issuer()))
    text_of(client.get(settle), 403)
    sign_in(client, officer)
    assert "駅前のちらし" in text_of(client.get(settle))
    assert "駅前のちらし" in text_of(client.get("/desk/city"))
    text_of(client.post(settle, data={"reason": " "}), 422)
    assert client.post(settle, data={"reason": "はがしてもらった"}).status_code == 302
    assert "駅前のちらし" not in text_of(client.get("/desk/city"))


# -- asking -------------------------------------------------------------------------------------


@pytest.fixture
def park(house: Flask) -> Any:
    """A campaign that somebody above answers for."""
    organisation = make_organisation()
    subject = make_subject(organisation=organisation, name="みんなの公園")

    def lookup(kind: str, number: int) -> list[Subject]:
        return [subject] if (kind, number) == (subject.kind, subject.id) else []

    events.subscribe("endorsement_subject", lookup)
    yield subject, make_user(organisation=organisation)
    events._listeners["endorsement_subject"].remove(lookup)


def asked(**changes: Any) -> dict[str, Any]:
    today = clock.today()
    words = {
        "kind": "nominal_support",
        "scope_text": "ちらしに名前をのせたい",
        "asked_from": today.isoformat(),
        "asked_until": f"{today.year + 1}年１月３１日",
        "event_on": "",
        "late_reason": "",
    }
    return words | changes


def test_an_organisation_asks_in_its_own_words(
    client: FlaskClient, park: tuple[Subject, User]
) -> None:
    subject, member = park
    issuer = make_issuer()
    path = f"/desk/endorsements/new?subject_kind=campaigns&subject_id={subject.id}"
    assert client.get(path).status_code == 302
    sign_in(client, make_user(organisation=make_organisation(name_ja="他の会")))
    text_of(client.get(path), 403)
    sign_in(client, member)
    text_of(client.get("/desk/endorsements/new?subject_kind=campaigns&subject_id=1"), 404)
    text_of(client.get("/desk/endorsements/new"), 404)
    form = token_in(text_of(client.get(path))) | {"issuer_id": str(issuer.id)}
    for wrong in (
        {"scope_text": ""},
        {"kind": "nonsense"},
        {"kind": "private_mark"},
        {"issuer_id": "999999"},
        {"asked_until": ""},
        {"asked_until": "2001-01-01"},
        {"event_on": (clock.today() + timedelta(days=5)).isoformat()},
        {"document": (io.BytesIO(b"MZ"), "paper.pdf")},
    ):
        page = text_of(client.post(path, data=form | asked() | wrong), 422)
        assert wrong.get("scope_text", "ちらしに名前をのせたい") in page
    assert db.session.scalars(select(Endorsement)).all() == []
    paper = b"%PDF-1.7\n" + b"x" * 50 + b"\n%%EOF"
    for _ in range(2):
        sent = form | asked(document=(io.BytesIO(paper), "gaiyou.pdf"))
        answer = client.post(path, data=sent)
        assert answer.status_code == 302
    request = db.session.scalars(select(Endorsement)).one()
    assert answer.location.endswith(f"/desk/endorsements/{request.reference}")
    page = text_of(client.get(answer.location))
    assert "gaiyou.pdf" in page
    assert request.reference in text_of(client.get("/desk/endorsements"))
    document = queries.documents_of(request, only_public=False)[0]
    assert client.get(f"/desk/endorsements/documents/{document.id}").data == paper
    sign_in(client, make_user(organisation=make_organisation(name_ja="他の会")))
    text_of(client.get(answer.location), 403)
    text_of(client.get(f"/desk/endorsements/documents/{document.id}"), 403)
    assert request.reference not in text_of(client.get("/desk/endorsements"))


def test_changes_and_renewals_go_through_their_own_pages(client: FlaskClient) -> None:
    issuer = make_issuer()
    officer = make_officer(issuer)
    request = make_endorsement(
        state=EndorsementState.CHANGES_REQUESTED, issuer=issuer, officer=officer
    )
    member = queries.user_by_id(request.requested_by_id)
    sign_in(client, member)
    path = f"/desk/endorsements/{request.reference}"
    assert "対象が一部の会員に限られているため" in text_of(client.get(path))
    page = text_of(client.get(f"{path}/change"))
    assert "公園づくりのちらしに名前をのせたい" in page
    form = token_in(page)
    text_of(client.post(f"{path}/change", data=form | asked(scope_text="")), 422)
    assert client.post(f"{path}/change", data=form | asked()).status_code == 302
    assert request.state is EndorsementState.REQUESTED
    text_of(client.post(f"{path}/change", data=form | asked()), 422)

    issued = make_endorsement(issuer=issuer, officer=officer, by=make_user(roles=("staff",)))
    sign_in(client, make_user(roles=("staff",)))
    path = f"/desk/endorsements/{issued.reference}"
    form = token_in(text_of(client.get(f"{path}/renew")))
    assert client.post(f"{path}/renew", data=form | asked()).status_code == 302
    assert queries.renewal_of(issued) is not None
    text_of(client.post(f"{path}/renew", data=token_in("") | asked(form_key="other")), 422)


# -- the city's desk ------------------------------------------------------------------------------


def decided(**changes: Any) -> dict[str, Any]:
    today = clock.today()
    words = {
        "name_as_displayed": "後援：川崎市",
        "decision_no": "8川市活第1号",
        "decision_on": today.isoformat(),
        "legal_basis": "要綱 第3条",
        "valid_from": today.isoformat(),
        "valid_until": (today + timedelta(days=9)).isoformat(),
        "further_limits": "雨の日の実施\n",
        "conditions-0-text": "案を先に出すこと",
        "conditions-0-due_on": (today + timedelta(days=3)).isoformat(),
        "conditions-1-text": "",
        "conditions-1-due_on": "",
    }
    return words | changes
