"""The public text pages: who the fund is and what it takes, and how accessible it is."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from civicfund.core.settings import setting
from civicfund.web.guards import public

bp = Blueprint("pages", __name__)


@bp.get("/about")
@public
def about() -> ResponseReturnValue:
    """What the fund takes of a gift, what it keeps about people, which laws it works under."""
    fee_tenths = setting("CARD_FEE_PER_MILLE")
    return render_template(
        "web/about.html",
        operating_share=setting("OPERATING_SHARE_PERCENT"),
        card_fee=f"{fee_tenths // 10}.{fee_tenths % 10}",
        refund_days=setting("REFUND_DAYS"),
        retry_days=setting("CHARGE_RETRY_DAYS"),
    )


@bp.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """The policy, what was tested and how, and whom to tell of a barrier."""
    return render_template("web/accessibility.html")
