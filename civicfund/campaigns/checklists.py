"""What a reviewer ticks: the points of the content review and of the finance review."""

from civicfund.campaigns.models import ReviewKind
from civicfund.core.errors import N_

CHECKLISTS: dict[ReviewKind, dict[str, str]] = {
    ReviewKind.CONTENT: {
        "need": N_("The need is described, and who will benefit"),
        "purpose": N_("The purpose serves the public and lies within the fund's aims"),
        "law": N_("No politics, no religion, no profit for single persons, nothing unlawful"),
        "words": N_("Words and picture are true, may be used, and harm nobody"),
        "rewards": N_("Donors are promised thanks only, nothing that is bought or sold"),
    },
    ReviewKind.FINANCES: {
        "identity": N_("The organisation is who it says, and the office has checked its papers"),
        "budget": N_("Each budget line is needed for the purpose and its price is plausible"),
        "feasible": N_("The plan can be carried out with this money and in this time"),
        "model": N_("The funding model fits: what happens below the target is thought through"),
        "duties": N_("The organisation knows that it must report with receipts"),
    },
}
