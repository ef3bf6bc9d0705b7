"""A fund may wear its own colour, if people can read it."""

import pytest
from flask import Flask

from civicfund.web import theme


@pytest.mark.parametrize(
    ("colour", "contrast"), [("#000000", 21.0), ("#ffffff", 1.0), ("#767676", 4.54)]
)
def test_contrast_as_wcag_counts_it(colour: str, contrast: float) -> None:
    assert theme.contrast_with_white(colour) == pytest.approx(contrast, abs=0.01)


@pytest.mark.parametrize("colour", ["#ffee00", "#777777", "red", "#12345", "#12345g"])
def test_a_colour_that_cannot_be_used_stops_the_start(colour: str) -> None:
    app = Flask("plain")
    app.config["FUND_KEY_COLOR"] = colour
    with pytest.raises(SystemExit, match="FUND_KEY_COLOR"):
        theme.init_app(app)


def test_a_readable_colour_is_served() -> None:
    app = Flask("plain")
    app.config["FUND_KEY_COLOR"] = "#005f3c"
    theme.init_app(app)
    sheet = app.test_client().get("/theme.css")
    assert "--key-color: #005f3c" in sheet.text
    assert sheet.mimetype == "text/css"
