"""The fund's own key colour, refused when text in it could not be read."""

import re

from flask import Blueprint, Flask, Response, current_app, url_for

from civicfund.web.guards import public

bp = Blueprint("theme", __name__)
# WCAG 2.2, criterion 1.4.3, for text of normal size.
LEAST_CONTRAST = 4.5


def contrast_with_white(colour: str) -> float:
    """The contrast of `#rrggbb` with white, 1 to 21, by WCAG's relative luminance.

    Raises ValueError for anything that is not `#rrggbb`.
    """
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValueError(colour)
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)


def init_app(app: Flask) -> None:
    """Serve the colour of the settings. SystemExit with what to do when it cannot be used."""
    colour = app.config["FUND_KEY_COLOR"]
    if not colour:
        return
    try:
        contrast = contrast_with_white(colour)
    except ValueError as wrong:
        raise SystemExit(f"FUND_KEY_COLOR is {colour!r}; write it as #rrggbb.") from wrong
    if contrast < LEAST_CONTRAST:
        raise SystemExit(
            f"FUND_KEY_COLOR {colour} has a contrast of {contrast:.1f} with white; text needs "
            f"{LEAST_CONTRAST}. Choose a darker colour."
        )
    app.register_blueprint(bp)
    app.context_processor(lambda: {"theme_url": url_for("theme.sheet")})


@bp.get("/theme.css")
@public
def sheet() -> Response:
    """One custom property; every shade follows from it."""
    colour = current_app.config["FUND_KEY_COLOR"]
    response = Response(f":root {{ --key-color: {colour}; }}\n", content_type="text/css")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
