"""Which language a page speaks: Japanese first, English second."""

from pathlib import Path
from urllib.parse import quote, urlencode

from flask import Flask, Response, has_request_context, request
from flask_babel import Babel, get_locale

LOCALES = {"ja": "日本語", "en": "English"}
COOKIE = "lang"

babel = Babel()


def init_app(app: Flask, *, translations: Path) -> None:
    """Join the catalogues of all packages and choose the language per request."""
    folders = [str(folder) for folder in sorted(translations.iterdir()) if folder.is_dir()]
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(folders)
    babel.init_app(app, locale_selector=chosen_locale)
    app.after_request(_remember)
    app.context_processor(
        lambda: {
            "get_locale": get_locale,
            "locales": LOCALES,
            "alternate_language_url": alternate_language_url,
        }
    )


def chosen_locale() -> str:
    """`?lang=` for this and the following pages, else the cookie, else the browser's wish."""
    if not has_request_context():
        return "ja"
    asked = request.args.get("lang") or request.cookies.get(COOKIE)
    if asked in LOCALES:
        return str(asked)
    return request.accept_languages.best_match(list(LOCALES)) or "ja"


def alternate_language_url(locale: str) -> str:
    """This page in another language, on this site whatever the path begins with."""
    kept = [(k, v) for k, v in request.args.items(multi=True) if k != "lang"]
    return f"/{quote(request.path.lstrip('/'))}?{urlencode([*kept, ('lang', locale)])}"


def _remember(response: Response) -> Response:
    if request.args.get("lang") in LOCALES:
        response.set_cookie(
            COOKIE, request.args["lang"], max_age=365 * 86400, samesite="Lax",
            secure=request.is_secure, httponly=True,
        )  # fmt: skip
    response.headers.setdefault("Content-Language", chosen_locale())
    response.vary.update(["Accept-Language", "Cookie"])
    return response
