"""The log over HTTP: what a verifier reads is enough to check it, without us."""

from base64 import b64decode
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from civicfund.core.db import transaction
from civicfund.ledger import merkle, queries, services
from civicfund.ledger.notes import CheckpointText, VerifierKey, checkpoint, open_note
from tests.browsing import words
from tests.factories.ledger import make_fund, make_gift
from tests.statements import counted

MANY = 270


@pytest.fixture
def sealed(house: Flask) -> list[int]:
    """A long sealed book, a reversal in it, and one entry that is not sealed; their ids."""
    with transaction():
        fund = make_fund(code="C-1", name_ja="公園をつくる", name_en="Build a park")
        first = make_gift(fund, amount=10_000, share=1_500, on=date(2026, 5, 1))
        services.seal_entries()
        undone = services.reverse_entry(first.id, key="undo", reason="誤り")
        rest = [make_gift(fund, amount=1_000 + number) for number in range(MANY)]
        services.seal_entries()
        open_entry = make_gift(fund, amount=777, on=date(2026, 5, 2))
    return [first.id, undone.id, *(gift.id for gift in rest), open_entry.id]


class Verifier:
    """Somebody who knows the address and the key, and nothing else."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        [self.vkey] = self.text("/ledger/log/keys").splitlines()
        name, _, material = self.vkey.split("+", 2)
        self.key = VerifierKey(name, b64decode(material)[1:])
        assert self.key.vkey == self.vkey

    def text(self, path: str) -> str:
        response = self.client.get(path)
        assert response.status_code == 200, path
        assert response.content_type == "text/plain; charset=utf-8"
        return response.get_data(as_text=True)

    def signed(self, note: str) -> CheckpointText:
        return checkpoint(open_note(note, [self.key])[0])

    def tile(self, path: str) -> list[bytes]:
        response = self.client.get(f"/ledger/tile/{path}")
        assert response.status_code == 200, path
        assert response.content_type == "application/octet-stream"
        assert "immutable" in response.headers["Cache-Control"]
        body = response.get_data()
        return [body[place : place + 32] for place in range(0, len(body), 32)]

    def leaves(self, path: str) -> list[bytes]:
        body = self.client.get(f"/ledger/tile/entries/{path}").get_data()
        found = []
        while body:
            length = int.from_bytes(body[:2], "big")
            found.append(body[2 : 2 + length])
            body = body[2 + length :]
        return found


@pytest.mark.usefixtures("sealed")
def test_tiles_and_bundles_lead_to_the_signed_root(client: FlaskClient) -> None:
    verifier = Verifier(client)
    said = verifier.signed(verifier.text("/ledger/checkpoint"))
    assert said.origin == "localhost/ledger"
    width = said.size - 256
    hashes = verifier.tile("0/000") + verifier.tile(f"0/001.p/{width}")
    assert merkle.root_of(hashes) == said.root
    assert verifier.tile("1/000.p/1") == [merkle.root_of(hashes[:256])]
    leaves = verifier.leaves("000") + verifier.leaves(f"001.p/{width}")
    assert [merkle.leaf_hash(leaf) for leaf in leaves] == hashes
    assert b"civicfund/key/1" in leaves[0]
    assert verifier.tile("0/000.p/7") == hashes[:7]


@pytest.mark.usefixtures("sealed")
def test_a_proof_is_checked_by_its_text_alone(client: FlaskClient) -> None:
    verifier = Verifier(client)
    for number in (1, 2, MANY + 2):
        proof = verifier.text(f"/ledger/entries/{number}.tlog-proof")
        head, note = proof.split("\n\n", 1)
        first, index, *path = head.split("\n")
        assert first == "c2sp.org/tlog-proof@v1"
        said = verifier.signed(note)
        leaf = client.get(f"/ledger/entries/{number}/leaf").get_data()
        assert f'"number":{number},'.encode() in leaf
        assert merkle.is_included(
            merkle.leaf_hash(leaf),
            index=int(index.removeprefix("index ")),
            size=said.size,
            path=[b64decode(line) for line in path],
            root=said.root,
        )
        plain = client.get(f"/ledger/entries/{number}/proof", headers={"Accept": "text/plain"})
        assert plain.get_data(as_text=True) == proof
        answer = client.get(f"/api/v1/ledger/entries/{number}/proof").get_json()
        assert (answer["leaf"].encode(), answer["path"]) == (leaf, path)
        assert (answer["checkpoint"], answer["keys"]) == (note, [verifier.vkey])


@pytest.mark.usefixtures("sealed")
def test_a_later_log_continues_an_earlier_one(client: FlaskClient) -> None:
    verifier = Verifier(client)
    newest = verifier.signed(verifier.text("/ledger/checkpoint"))
    earlier = verifier.signed(verifier.text("/ledger/checkpoint/5"))
    for query in ("from=5", f"from=5&to={newest.size}"):
        proof = verifier.text(f"/ledger/consistency?{query}")
        head, note = proof.split("\n\n", 1)
        old, *path = head.split("\n")
        assert old == "old 5"
        said = verifier.signed(note)
        assert said == newest
        assert merkle.is_consistent(
            first=5,
            second=said.size,
            path=[b64decode(line) for line in path],
            first_root=earlier.root,
            second_root=said.root,
        )


@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_pages_say_it_in_plain_words(client: FlaskClient, lang: str) -> None:
    page = client.get(f"/ledger/entries/1/proof?lang={lang}", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert ("証明は成り立っています" if lang == "ja" else "the proof holds") in words(page)
    integrity = words(client.get(f"/ledger/integrity?lang={lang}"))
    assert f"{MANY + 2:,}" in integrity
    assert "localhost/ledger+" in integrity


def test_entries_are_found_by_their_number(client: FlaskClient, sealed: list[int]) -> None:
    page = client.get("/ledger/entries/2?lang=en")
    assert "Entry 2" in words(page)
    assert 'href="/ledger/entries/2/proof"' in page.text
    assert "Entry 1" in words(page), "the reversed entry is named by its number"
    moved = client.get(f"/ledger/entries/id/{sealed[1]}")
    assert (moved.status_code, moved.location) == (302, "/ledger/entries/2")
    fresh = client.get(f"/ledger/entries/id/{sealed[-1]}?lang=en")
    assert "not sealed yet" in words(fresh)
    assert client.get(f"/ledger/entries/{MANY + 3}").status_code == 404


@pytest.mark.usefixtures("sealed")
def test_lists_name_entries_by_number_in_a_fixed_number_of_statements(client: FlaskClient) -> None:
    page = client.get("/ledger/entries?lang=en&from=2026-05-01&to=2026-05-02")
    assert "not sealed yet" in words(page)
    assert 'href="/ledger/entries/1"' in page.text
    with counted() as few:
        client.get("/ledger/entries?from=2026-05-01&to=2026-05-02")
    with counted() as many:
        client.get("/ledger/entries")
    assert many.count <= few.count + 2
    answer = client.get("/api/v1/ledger/entries?limit=3").get_json()["items"]
    assert [item["number"] for item in answer] == [1, 2, 3]
    assert [item["reverses_number"] for item in answer] == [None, 1, None]


@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ledger/entries/999/proof", 404),
        ("/ledger/entries/999.tlog-proof", 404),
        ("/ledger/entries/999/leaf", 404),
        ("/api/v1/ledger/entries/999/proof", 404),
        ("/ledger/checkpoint/4", 404),
        ("/ledger/checkpoint/99999", 404),
        ("/ledger/tile/0/001", 404),
        ("/ledger/tile/0/001.p/255", 404),
        ("/ledger/tile/0/x999/x999/x999/x999/x999/x999/x999/999", 404),
        ("/ledger/tile/0/" + "x999/" * 6 + "999", 404),
        ("/ledger/tile/0/" + "x999/" * 1_500 + "999", 404),
        ("/ledger/tile/9/000", 404),
        ("/ledger/tile/64/000", 404),
        ("/ledger/tile/0/0", 404),
        ("/ledger/tile/entries/001", 404),
        ("/ledger/tile/entries/" + "x999/" * 6 + "999", 404),
        ("/ledger/tile/entries/" + "x999/" * 1_500 + "999", 404),
        ("/ledger/tile/entries/nonsense", 404),
        ("/ledger/consistency", 422),
        ("/ledger/consistency?from=0", 422),
        ("/ledger/consistency?from=-1", 422),
        ("/ledger/consistency?from=٣", 422),
        ("/ledger/consistency?from=" + "9" * 400, 422),
        ("/ledger/consistency?from=" + "0" * 20 + "9" * 5000, 422),
        ("/ledger/consistency?from=5&to=4", 422),
        ("/ledger/consistency?from=1&to=7", 422),
        ("/ledger/consistency?from=1&to=99999", 404),
    ],
)
def test_what_is_not_there_is_said_clearly(client: FlaskClient, path: str, status: int) -> None:
    response = client.get(path, headers={"Accept": "application/problem+json"})
    assert response.status_code == status
    assert "immutable" not in response.headers.get("Cache-Control", "")
    if "999" in path and "tile" not in path and status == 404:
        assert response.get_json()["detail"]


def test_an_empty_log(client: FlaskClient, house: Flask) -> None:
    assert client.get("/ledger/checkpoint").status_code == 404
    assert client.get("/ledger/consistency?from=1").status_code == 404
    assert "Nothing is sealed yet" in words(client.get("/ledger/integrity?lang=en"))
    assert queries.newest_checkpoint() is None
