"""The later pages of the register and of the city's desk."""

import io
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from civicfund.core import clock
from civicfund.endorsements import queries
from civicfund.endorsements.models import (
    EndorsementState,
)
from tests.factories.endorsements import (
    check_all,
    make_endorsement,
    make_issuer,
    make_officer,
    make_request,
)
from tests.factories.identity import make_user, sign_in, sign_out

YEAR = clock.today().year


def text_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return str(answer.get_data(as_text=True))


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


def test_the_officer_checks_before_issuing(client: FlaskClient) -> None:
    issuer = make_issuer()
    request = make_request(issuer=issuer)
    path = f"/desk/city/{request.reference}"
    sign_in(client, make_officer(issuer))
    assert request.subject_name in text_of(client.get("/desk/city"))
    text_of(client.get(path))
    text_of(client.get(f"{path}/issue"), 409)
    number = len(request.criteria)
    rows = {f"criteria-{place}-note": "" for place in range(number)}
    ticks = {f"criteria-{place}-checked": "y" for place in range(number)}
    text_of(client.post(f"{path}/criteria", data={"criteria-0-note": ""}), 422)
    too_long = rows | ticks | {"criteria-1-note": "x" * 301}
    assert "x" * 301 in text_of(client.post(f"{path}/criteria", data=too_long), 422)
    assert client.post(f"{path}/criteria", data=rows).status_code == 302
    text_of(client.get(f"{path}/issue"), 409)
    assert client.post(f"{path}/criteria", data=rows | ticks).status_code == 302
    assert request.criteria_met
    assert "費用を負担しません" in text_of(client.get(f"{path}/issue"))


def test_what_the_officer_decides_stands_in_the_register(client: FlaskClient) -> None:
    issuer = make_issuer(prefix="K")
    officer = make_officer(issuer)
    request = make_request(issuer=issuer)
    check_all(request, officer)
    sign_in(client, officer)
    path = f"/desk/city/{request.reference}"
    for wrong in (
        {"decision_no": ""},
        {"valid_until": ""},
        {"valid_until": "2001-01-01"},
        {"valid_until": "あした"},
        {"conditions-1-due_on": "2030-01-01"},
        {"letter": (io.BytesIO(b"MZ"), "letter.pdf")},
    ):
        text_of(client.post(f"{path}/issue", data=decided(**wrong)), 422)
    assert request.register_no is None
    letter = (io.BytesIO(b"%PDF-1.7\n" + b"x" * 50 + b"\n%%EOF"), "letter.pdf")
    assert client.post(f"{path}/issue", data=decided(letter=letter)).status_code == 302
    assert request.register_no == f"K-{YEAR}-0001"
    text_of(client.post(f"{path}/issue", data=decided()), 409)
    sign_out(client)
    public = f"/endorsements/{request.register_no}"
    page = text_of(client.get(public))
    assert "雨の日の実施" in page
    assert "案を先に出すこと" in page
    document = queries.documents_of(request, only_public=True)[0]
    assert client.get(f"{public}/documents/{document.id}").data.startswith(b"%PDF-")
    other = make_endorsement(issuer=issuer, officer=officer)
    text_of(client.get(f"/endorsements/{other.register_no}/documents/{document.id}"), 404)


def test_the_officer_notes_what_came_and_revokes(client: FlaskClient) -> None:
    issuer = make_issuer()
    officer = make_officer(issuer)
    due = (("案を先に出すこと", clock.today()),)
    endorsement = make_endorsement(issuer=issuer, officer=officer, conditions=due)
    path, public = f"/desk/city/{endorsement.reference}", f"/endorsements/{endorsement.register_no}"
    sign_in(client, officer)
    assert "案を先に出すこと" in text_of(client.get("/desk/city"))
    met = f"/desk/city/conditions/{endorsement.conditions[0].id}/met"
    assert client.post(met).status_code == 302
    assert "案を先に出すこと" not in text_of(client.get("/desk/city"))
    assert client.post(f"{path}/report").status_code == 302
    assert "元に戻すことはできません" in text_of(client.get(f"{path}/revoke"))
    text_of(client.post(f"{path}/revoke", data={"reason": " "}), 422)
    assert endorsement.is_valid
    assert client.post(f"{path}/revoke", data={"reason": "条件に反したため"}).status_code == 302
    assert endorsement.state is EndorsementState.REVOKED
    assert "条件に反したため" in text_of(client.get(public))
    text_of(client.get(f"{path}/revoke"), 409)
    assert endorsement.register_no in text_of(client.get("/desk/city/decided"))


@pytest.mark.parametrize(
    ("deed", "state"),
    [
        ("changes", EndorsementState.CHANGES_REQUESTED),
        ("decline", EndorsementState.DECLINED),
    ],
)
def test_a_no_has_a_page_and_a_reason(
    client: FlaskClient, deed: str, state: EndorsementState
) -> None:
    issuer = make_issuer()
    request = make_request(issuer=issuer)
    sign_in(client, make_officer(issuer))
    path = f"/desk/city/{request.reference}/{deed}"
    text_of(client.get(path))
    text_of(client.post(path, data={"reason": ""}), 422)
    assert request.state is EndorsementState.REQUESTED
    assert client.post(path, data={"reason": "書類が足りないため"}).status_code == 302
    assert request.state is state
    if deed == "decline":
        text_of(client.get(path), 409)


def test_the_desk_is_for_officers_and_each_file_for_its_office(client: FlaskClient) -> None:
    issuer = make_issuer()
    request = make_request(issuer=issuer)
    check_all(request, make_officer(issuer))
    issued = make_endorsement(issuer=issuer)
    paths = [
        f"/desk/city/{request.reference}{end}" for end in ("", "/issue", "/changes", "/decline")
    ]
    paths += [f"/desk/city/{issued.reference}/revoke"]
    posts = [f"/desk/city/{request.reference}/criteria", f"/desk/city/{issued.reference}/report"]
    posts += [f"/desk/city/conditions/{issued.conditions[0].id}/met"]
    for path in ["/desk/city", "/desk/city/decided", *paths]:
        assert client.get(path).status_code == 302
        assert "/login" in client.get(path).location
    people = [
        make_user(roles=("staff",)),
        make_user(roles=("admin",)),
        queries.user_by_id(request.requested_by_id),
    ]
    for person in people:
        sign_in(client, person)
        for path in ["/desk/city", *paths]:
            text_of(client.get(path), 403)
    stranger = make_officer(make_issuer())
    sign_in(client, stranger)
    assert request.subject_name not in text_of(client.get("/desk/city"))
    for path in paths:
        text_of(client.get(path), 403)
    for path in [*paths[1:], *posts]:
        text_of(client.post(path, data={"reason": "x"}), 403)
    assert request.state is EndorsementState.REQUESTED
    assert issued.is_valid
    sign_in(client, make_user(roles=("officer",)))
    assert "所属していません" in text_of(client.get("/desk/city"))


def test_a_form_without_its_token_is_refused(client: FlaskClient) -> None:
    issuer = make_issuer()
    endorsement = make_endorsement(issuer=issuer)
    sign_in(client, make_officer(issuer))
    path = f"/desk/city/{endorsement.reference}/revoke"
    text_of(client.post(path, data={"reason": "x"}, csrf=False), 400)
    assert endorsement.is_valid


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_desk_page_is_whole_in_both_languages(client: FlaskClient, lang: str) -> None:
    issuer = make_issuer()
    officer = make_officer(issuer)
    files = [
        make_endorsement(state=state, issuer=issuer, officer=officer) for state in EndorsementState
    ]
    ready = make_request(issuer=issuer)
    check_all(ready, officer)
    sign_in(client, officer)
    pages = ["/desk/city", "/desk/city/decided"]
    pages += [f"/desk/city/{file.reference}" for file in [*files, ready]]
    pages += [f"/desk/city/{ready.reference}/{deed}" for deed in ("issue", "changes", "decline")]
    pages += [f"/endorsements/{file.register_no}" for file in files if file.register_no]
    for path in pages:
        text_of(client.get(f"{path}?lang={lang}"))
    sign_in(client, make_user(roles=("auditor",)))
    for file in files:
        text_of(client.get(f"/desk/endorsements/{file.reference}?lang={lang}"))
