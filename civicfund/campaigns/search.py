"""Finding ひらがな for カタカナ and full-width for half-width: one plain form of every text."""

import unicodedata

import jaconv

from civicfund.campaigns.models import WARD_NAMES, Campaign
from civicfund.identity.models import Organisation

MOST_WORDS = 8


def normalised(text: str) -> str:
    """NFKC, small letters, ひらがな, single spaces: `ｱｻｵ　ＰＡＲＫ` -> `あさお park`."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(str(jaconv.kata2hira(plain)).split())


def search_words(typed: str) -> tuple[str, ...]:
    """The words that all have to be found."""
    return tuple(normalised(typed[:200]).split()[:MOST_WORDS])


def search_text(campaign: Campaign, organisation: Organisation) -> str:
    """What a campaign is found by."""
    parts = [
        campaign.title,
        campaign.summary,
        organisation.name_ja,
        organisation.name_en,
        WARD_NAMES[campaign.ward] if campaign.ward else "",
        campaign.reference,
        campaign.story,
    ]
    return normalised("\n".join(parts))
