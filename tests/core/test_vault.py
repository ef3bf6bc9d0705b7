"""Secrets at rest: what opens them, what does not, and how a change of the setting goes."""

import pytest
from flask import Flask

from civicfund.core import vault


def test_only_the_secret_and_the_purpose_open_it(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = vault.close("log-key", b"private")
    assert b"private" not in closed
    assert vault.open_closed("log-key", closed) == b"private"
    with pytest.raises(vault.CannotOpen):
        vault.open_closed("another", closed)
    monkeypatch.setitem(house.config, "SECRET_KEY", "another")
    with pytest.raises(vault.CannotOpen):
        vault.open_closed("log-key", closed)
    with pytest.raises(vault.CannotOpen):
        vault.renew("log-key", closed)


@pytest.mark.parametrize("fallbacks", ["SECRET_KEY_FALLBACKS", "KEY_SECRET_FALLBACKS"])
def test_an_earlier_secret_opens_and_renews(
    house: Flask, monkeypatch: pytest.MonkeyPatch, fallbacks: str
) -> None:
    closed = vault.close("log-key", b"private")
    earlier = house.config["SECRET_KEY"]
    monkeypatch.setitem(house.config, "SECRET_KEY", "later")
    monkeypatch.setitem(house.config, fallbacks, [earlier])
    assert vault.open_closed("log-key", closed) == b"private"
    assert not vault.is_current("log-key", closed)
    renewed = vault.renew("log-key", closed)
    monkeypatch.setitem(house.config, fallbacks, [])
    assert vault.is_current("log-key", renewed)
    assert vault.open_closed("log-key", renewed) == b"private"


def test_a_secret_of_its_own_comes_before_the_shared_one(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = vault.close("log-key", b"private")
    monkeypatch.setitem(house.config, "KEY_SECRET", "its own")
    assert vault.open_closed("log-key", closed) == b"private"
    assert not vault.is_current("log-key", closed)
