"""The word of those who are not the city: a network, a private body."""

from civicfund.endorsements.kinds.meaning import Meaning, Words
from civicfund.endorsements.kinds.words import (
    ABLE,
    BODY_CRITERIA,
    BODY_LIMITS,
    DRAFTS_FIRST,
    NO_APPEAL,
    NO_CRIME,
    NO_SUCCESS,
    NOT_EXCLUDED,
    NOT_OTHERS,
    OPEN_TO_MANY,
    REPORT,
    TELL_CHANGES,
)
from civicfund.endorsements.models import EndorsementKind, IssuerKind

OTHERS: dict[EndorsementKind, Meaning] = {
    EndorsementKind.NETWORK_SUPPORT: Meaning(
        words=Words(
            "団体どうしのネットワークが目的に賛同し、名前を使うことを認めました。"
            "市の後援ではありません。",
            "A network of organisations agrees with the aim and allows the use of its name. "
            "This is not the city's support.",
        ),
        vouches_for=(
            Words(
                "ネットワークの目的に合う取り組みであること",
                "It fits the aims of the network.",
            ),
        ),
        does_not_vouch_for=(
            Words("市が賛同していること", "That the city agrees."),
            Words(
                "お金の使いみちと会計（ネットワークは費用を負担しません）",
                "How the money is spent and accounted for. The network bears no cost.",
            ),
            NO_SUCCESS,
            NO_APPEAL,
            NOT_OTHERS,
        ),
        criteria=(
            Words("ネットワークの活動の目的に合っている。", "It fits the aims of the network."),
            OPEN_TO_MANY,
            ABLE,
            NOT_EXCLUDED,
            NO_CRIME,
        ),
        issuers=frozenset({IssuerKind.NETWORK}),
        name_prefix="後援",
        conditions=(DRAFTS_FIRST, TELL_CHANGES, REPORT),
        months_before=1,
        report_days=14,
    ),
    EndorsementKind.PRIVATE_MARK: Meaning(
        words=Words(
            "民間の認証機関が、公表している基準で審査しました。市の認定ではありません。",
            "A private body has examined it by its published criteria. The city has not.",
        ),
        vouches_for=(
            Words(
                "審査した日に、認証機関の基準をすべて満たしていたこと",
                "On the day of the examination it met all criteria of the mark.",
            ),
        ),
        does_not_vouch_for=(
            Words("市が認めていること", "That the city has approved it."),
            *BODY_LIMITS,
        ),
        criteria=(
            *BODY_CRITERIA,
            Words(
                "認証機関が公表している基準をすべて満たしている。",
                "All criteria that the body publishes are met.",
            ),
        ),
        issuers=frozenset({IssuerKind.THIRD_PARTY}),
        name_prefix="認証",
        conditions=(TELL_CHANGES,),
    ),
}
