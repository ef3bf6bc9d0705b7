"""The register for machines: the same words, the same clock, problems that say what is wrong."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from civicfund.core import clock
from civicfund.endorsements.models import EndorsementKind, EndorsementState
from tests.endorsements.test_queries import statements
from tests.factories.endorsements import make_endorsement, make_issuer, make_officer


def test_the_list_is_paged_and_filtered(client: FlaskClient) -> None:
    issuer = make_issuer(prefix="K")
    officer = make_officer(issuer)
    for _ in range(21):
        make_endorsement(issuer=issuer, officer=officer)
    other = make_endorsement(state=EndorsementState.REVOKED, kind=EndorsementKind.AGREEMENT)
    make_endorsement(state=EndorsementState.DECLINED)
    first = client.get("/api/v1/endorsements").get_json()
    assert (first["total"], first["pages"], first["page"], first["per_page"]) == (22, 2, 1, 20)
    second = client.get("/api/v1/endorsements?page=2").get_json()
    numbers = [item["register_no"] for item in first["items"] + second["items"]]
    assert len(set(numbers)) == 22
    for query in ("state=revoked", "kind=agreement", f"issuer={other.issuer.register_prefix}"):
        found = client.get(f"/api/v1/endorsements?{query}").get_json()["items"]
        assert [item["register_no"] for item in found] == [other.register_no]
        assert found[0]["state_now"] == "revoked"
    assert client.get("/api/v1/endorsements?issuer=ZZZ").get_json()["items"] == []
    assert client.get("/api/v1/endorsements?page=3").get_json()["items"] == []
    assert client.get("/api/v1/endorsements?q=%00").status_code == 400


def test_the_list_asks_no_more_for_many(client: FlaskClient) -> None:
    issuer = make_issuer()
    officer = make_officer(issuer)
    counts = []
    for number in (1, 5):
        for _ in range(number):
            make_endorsement(issuer=issuer, officer=officer)
        with statements() as asked:
            client.get("/api/v1/endorsements")
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(("lang", "label"), [("ja", "後援"), ("en", "Nominal support")])
def test_one_entry_says_everything_that_is_public(
    client: FlaskClient, lang: str, label: str
) -> None:
    endorsement = make_endorsement(conditions=(("案を出す", clock.today()),))
    path = f"/api/v1/endorsements/{endorsement.register_no}"
    body = client.get(path, headers={"Accept-Language": lang}).get_json()
    assert body["kind"] == "nominal_support"
    assert body["kind_label"] == label
    assert body["state_now"] == "valid"
    assert body["valid_until"] == endorsement.valid_until.isoformat()
    assert body["subject"]["url"].startswith("http://localhost/campaigns/")
    assert body["issuer"]["phone"] == "044-200-0000"
    assert len(body["does_not_vouch_for"]) == 5
    assert body["conditions"] == [
        {"text": "案を出す", "due_on": clock.today().isoformat(), "met_at": None}
    ]
    assert [line["kind"] for line in body["history"]] == ["issued"]
    assert body["ended_at"] is None
    assert "note" not in body["criteria"][0]
    with clock.at(clock.start_of(endorsement.valid_until + timedelta(days=1))):
        assert client.get(path).get_json()["state_now"] == "expired"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/endorsements/K-1999-0001", 404),
        ("/api/v1/endorsements?page=0", 422),
        ("/api/v1/endorsements?page=x", 422),
        ("/api/v1/endorsements?state=nonsense", 422),
        ("/api/v1/endorsements?kind=nonsense", 422),
        ("/api/v1/endorsements?issuer=k1", 422),
    ],
)
def test_a_problem_says_what_is_wrong(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(path, headers={"Accept-Language": "ja"})
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    body = answer.get_json()
    assert body["status"] == status
    if status == 422:
        assert body["errors"]["query"]
