"""The public text pages."""

import pytest
from flask.testing import FlaskClient

from tests.browsing import words


@pytest.mark.parametrize(
    ("path", "lang", "said"),
    [
        ("/about", "ja", "寄付の15%。"),
        ("/about", "ja", "およそ3.6%。"),
        ("/about", "ja", "法律や税金の助言ではありません"),
        ("/about", "en", "15 % of the gift"),
        ("/about", "en", "not legal or tax advice"),
        ("/accessibility", "ja", "200%に拡大しても"),
        ("/accessibility", "en", "enlarged to 200 % and"),
        ("/accessibility", "en", "office@fund.example"),
    ],
)
def test_what_the_pages_say(client: FlaskClient, path: str, lang: str, said: str) -> None:
    response = client.get(path, query_string={"lang": lang})
    assert response.status_code == 200
    assert said in words(response)


def test_they_are_in_the_footer(client: FlaskClient) -> None:
    home = client.get("/").get_data(as_text=True)
    assert 'href="/about"' in home
    assert 'href="/accessibility"' in home


def test_a_missing_page_helps_in_both_languages(client: FlaskClient) -> None:
    assert "ページが見つかりません" in words(client.get("/nothing?lang=ja"))
    assert "Page not found" in words(client.get("/nothing?lang=en"))


def test_the_language_links_stay_on_this_site(client: FlaskClient) -> None:
    wanted = {"PATH_INFO": "//elsewhere.example/a?b"}
    page = client.get("/?lang=en", environ_overrides=wanted).get_data(as_text=True)
    assert 'href="/elsewhere.example/a%3Fb?lang=ja"' in page
    assert 'href="//elsewhere' not in page
