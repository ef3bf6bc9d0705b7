"""Who runs this house: name, address and how to reach the office, as templates show it."""

from dataclasses import dataclass

from flask import Flask
from flask_babel import get_locale


@dataclass(frozen=True)
class FundProfile:
    """The fund as the public sees it."""

    name_ja: str
    name_en: str
    address: str
    phone: str
    email: str

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        locale = get_locale()
        return self.name_ja if locale is None or locale.language == "ja" else self.name_en


def init_app(app: Flask) -> None:
    """Give `fund` and `site_url` to every template."""
    settings = app.config
    profile = FundProfile(
        settings["FUND_NAME_JA"],
        settings["FUND_NAME_EN"],
        settings["FUND_ADDRESS"],
        settings["FUND_PHONE"],
        settings["FUND_EMAIL"],
    )
    app.context_processor(
        lambda: {
            "fund": profile,
            "site_url": settings["SITE_URL"],
            "is_demo": settings["DEMO"],
        }
    )
