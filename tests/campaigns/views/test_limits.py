"""The report button cannot be used to flood the office."""

from flask.testing import FlaskClient

from tests.browsing import send
from tests.factories.campaigns import make_campaign


def test_five_concerns_an_hour_and_no_more(counting_browser: FlaskClient) -> None:
    campaign = make_campaign()
    path = f"/campaigns/{campaign.slug}/concern"
    answers = [send(counting_browser, path, words="何か変です。").status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
    assert counting_browser.get(path).status_code == 200
