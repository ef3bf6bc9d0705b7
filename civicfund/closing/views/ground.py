"""The blueprint, and how findings are put into words."""

from datetime import date, datetime
from typing import Any

from flask import Blueprint
from flask_babel import get_locale, gettext

from civicfund.closing.found import Fault, Place
from civicfund.ledger.models import FiscalPeriod
from civicfund.ledger.rows import number_of
from civicfund.web.filters import day

bp = Blueprint("closing", __name__, url_prefix="/desk/closing")


def month_name(period: FiscalPeriod) -> str:
    """2026年10月, October 2026."""
    first = period.starts_on
    if str(get_locale()).startswith("en"):
        return f"{first:%B %Y}"
    return f"{first.year}年{first.month}月"


@bp.context_processor
def _words_of_months() -> dict[str, Any]:
    return {"month_name": month_name}


def said(fault: Fault) -> str:
    """A finding in the language of the page; days are written as days."""
    places = {
        name: day(value) if isinstance(value, (date, datetime)) else value
        for name, value in fault.places.items()
    }
    if fault.entry is not None:
        places["number"] = number_of(fault.entry)
    text = str(gettext(fault.text))
    # What the packages' own checks say has no places: the rows stand beside it.
    return text % places if "%(" in text else text


def rows_of(fault: Fault) -> str:
    """The rows that a check named."""
    return str(fault.places.get("rows", ""))


def url_of(place: Place) -> tuple[str, dict[str, Any]]:
    """A place as `url_for` takes it."""
    return place.page, dict(place.values)
