"""What there is to see on the public pages, and how they are looked at."""

from dataclasses import dataclass

from playwright.sync_api import Page

from civicfund.campaigns.models import CampaignState, FundingModel
from civicfund.campaigns.queries import campaign_by_id
from civicfund.campaigns.subjects import endorsement_subject
from civicfund.core import tokens
from civicfund.core.db import db
from civicfund.donors.models import Donation
from civicfund.endorsements.models import EndorsementState
from civicfund.grants.models import DisbursementState
from tests.factories.campaigns import make_campaign
from tests.factories.donors import ACCOUNT
from tests.factories.endorsements import make_endorsement
from tests.factories.grants import accept_report, make_award, make_cast, make_disbursement

NARROW = 320


@dataclass(frozen=True)
class Sights:
    """Addresses in a house where much has happened."""

    open_slug: str
    keeping_slug: str
    gift: str
    public_pages: tuple[str, ...]


def furnish() -> Sights:
    """Two open campaigns, one of them endorsed; one that was awarded, paid and reported."""
    cast = make_cast()
    award = make_award(cast, gift=30_000, target=50_000, budget={"木材": 30_000, "道具": 20_000})
    make_disbursement(award, cast, state=DisbursementState.PAID)
    accept_report(award, cast)
    done = campaign_by_id(award.campaign_id)
    assert done is not None
    given = db.session.query(Donation).filter_by(campaign_id=done.id).one()
    gift = f"/gifts/{tokens.sign('gift', given.reference)}"
    conditional = make_campaign(state=CampaignState.LIVE)
    keeping = make_campaign(state=CampaignState.LIVE, funding_model=FundingModel.KEEP_ALL)
    [subject] = endorsement_subject("campaigns", conditional.id)
    valid = make_endorsement(subject=subject)
    [subject] = endorsement_subject("campaigns", keeping.id)
    revoked = make_endorsement(subject=subject, state=EndorsementState.REVOKED)
    entry = f"/ledger/entries/id/{award.entry_id}"
    return Sights(
        open_slug=conditional.slug,
        keeping_slug=keeping.slug,
        gift=gift,
        public_pages=(
            "/", "/campaigns", "/campaigns?q=xyzzy", f"/campaigns/{done.slug}",
            f"/campaigns/{conditional.slug}", f"/campaigns/{conditional.slug}/concern",
            f"/organisations/{cast.npo.slug}",
            "/ledger", "/ledger/entries", entry, "/ledger/funds", "/ledger/funds/GENERAL",
            f"/ledger/funds/{award.fund.code}", "/ledger/accounts/1112",
            "/ledger/accounts/1112/GENERAL", "/ledger/flow", "/ledger/trial-balance",
            "/ledger/integrity", "/books", "/books/general-ledger?account=1112",
            "/books/trial-balance", "/books/balance-sheet", "/books/uses-of-gifts",
            "/endorsements", f"/endorsements/{valid.register_no}",
            f"/endorsements/{revoked.register_no}", f"/endorsements/{valid.register_no}/misuse",
            gift, f"{gift}/thanks", f"{gift}/refund",
            "/about", "/accessibility", "/login", "/us-signin", "/register", "/reset", "/confirm",
            "/no-such-page",
        ),
    )  # fmt: skip


def sideways(page: Page) -> list[str]:
    """Has the page to be scrolled sideways on the narrowest telephone?"""
    size = page.viewport_size
    page.set_viewport_size({"width": NARROW, "height": 640})
    wide = page.evaluate("document.documentElement.scrollWidth")
    if size is not None:
        page.set_viewport_size(size)
    return [f"{page.url}: {wide} px wide on a screen of {NARROW}"] if wide > NARROW else []


def fill_in_account(page: Page) -> None:
    """A bank account for money that may come back."""
    for name, words in ACCOUNT.items():
        if name == "account_kind":
            page.check(f"[name={name}][value={words}]")
        else:
            page.fill(f"[name={name}]", words)


class Keys:
    """A person without a mouse."""

    MOST = 80

    def __init__(self, page: Page) -> None:
        self.page = page

    def tab_to(self, selector: str) -> None:
        """Press Tab until the focus is there, and see that it can be seen."""
        for _ in range(self.MOST):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("wanted => document.activeElement?.matches(wanted)", selector):
                assert self.page.evaluate(_SEES_FOCUS), f"the focus on {selector} is invisible"
                return
        raise AssertionError(f"{self.MOST} tabs do not lead to {selector} on {self.page.url}")

    def press(self, key: str) -> None:
        """One key."""
        self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        """Words into the box that has the focus."""
        self.page.keyboard.insert_text(words)


_SEES_FOCUS = """() => {
  const seen = (node, pseudo) => {
    const style = getComputedStyle(node, pseudo);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
      || style.boxShadow !== 'none';
  };
  const here = document.activeElement;
  const label = here.labels && here.labels[0];
  return seen(here) || (label && (seen(label) || seen(label, '::before')));
}"""
