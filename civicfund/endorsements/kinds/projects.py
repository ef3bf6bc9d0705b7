"""The city's word about a project: it joins, agrees, recommends or promises."""

from civicfund.endorsements.kinds.meaning import OFFICES, Meaning, Words
from civicfund.endorsements.kinds.words import (
    BODY_CRITERIA,
    DRAFTS_FIRST,
    EVENT_CRITERIA,
    FITS_POLICY,
    NO_APPEAL,
    NO_LIABILITY,
    NO_SUCCESS,
    NOMINAL_LIMITS,
    NOMINAL_TRUTHS,
    NOT_OTHERS,
    PAPERS_LOOKED_AT,
    REPORT,
    TELL_CHANGES,
)
from civicfund.endorsements.models import EndorsementKind

PROJECTS: dict[EndorsementKind, Meaning] = {
    EndorsementKind.CO_HOSTING: Meaning(
        words=Words(
            "市が主催者の一員として、役割と責任を分担して一緒に行います。",
            "The city is one of the organisers and shares roles and responsibility.",
        ),
        vouches_for=(
            Words(
                "市が主催者の一員であること",
                "The city is one of the organisers.",
            ),
            Words(
                "役割、費用、責任の分担を書面で決めていること",
                "Who does what, who pays what and who answers for what is agreed in writing.",
            ),
            PAPERS_LOOKED_AT,
        ),
        does_not_vouch_for=(
            Words(
                "分担の取り決めにない費用と責任",
                "Cost and liability beyond what the agreement says.",
            ),
            NO_APPEAL,
            NOT_OTHERS,
        ),
        criteria=(
            *EVENT_CRITERIA,
            Words(
                "役割、費用、責任の分担を定めた協定書がある。",
                "A written agreement says who does, pays and answers for what.",
            ),
        ),
        issuers=OFFICES,
        name_prefix="共催",
        conditions=(DRAFTS_FIRST, TELL_CHANGES, REPORT),
        months_before=3,
        report_days=14,
        cost_possible=True,
    ),
    EndorsementKind.NOMINAL_SUPPORT: Meaning(
        words=Words(
            "市が目的に賛同し、市の名前を使うことを認めました。お金や人は出しません。",
            "The city agrees with the aim and allows the use of its name. It gives no money "
            "and no staff.",
        ),
        vouches_for=NOMINAL_TRUTHS,
        does_not_vouch_for=NOMINAL_LIMITS,
        criteria=EVENT_CRITERIA,
        issuers=OFFICES,
        name_prefix="後援",
        conditions=(DRAFTS_FIRST, TELL_CHANGES, REPORT),
        months_before=1,
        report_days=14,
    ),
    EndorsementKind.SUPPORTING_CONSENT: Meaning(
        words=Words(
            "市が目的に賛同しました。開催の手伝いはしません。",
            "The city agrees with the aim. It does not help to hold the event.",
        ),
        vouches_for=NOMINAL_TRUTHS,
        does_not_vouch_for=NOMINAL_LIMITS,
        criteria=EVENT_CRITERIA,
        issuers=OFFICES,
        name_prefix="協賛",
        conditions=(DRAFTS_FIRST, TELL_CHANGES, REPORT),
        months_before=1,
        report_days=14,
    ),
    EndorsementKind.RECOMMENDATION: Meaning(
        words=Words(
            "市が、書かれた目的のためにこの団体または取り組みを推薦します。",
            "The city recommends this organisation or project for the purpose that is named.",
        ),
        vouches_for=(
            Words(
                "書かれた目的にふさわしいと市が判断したこと",
                "The city finds it fit for the purpose that is named.",
            ),
            PAPERS_LOOKED_AT,
        ),
        does_not_vouch_for=(
            Words("書かれた目的以外での推薦", "A recommendation for any other purpose."),
            NO_LIABILITY,
            NO_SUCCESS,
            NO_APPEAL,
        ),
        criteria=(*BODY_CRITERIA, FITS_POLICY),
        issuers=OFFICES,
        name_prefix="推薦",
    ),
    EndorsementKind.AGREEMENT: Meaning(
        words=Words(
            "市と団体が、お互いの役割を書面で約束しています。",
            "The city and the organisation have promised each other in writing what each does.",
        ),
        vouches_for=(
            Words("市と団体が協定を結んでいること", "The city and the organisation have agreed."),
            Words(
                "協定に書かれた市の役割を市が果たすこと",
                "The city does its part as the agreement says.",
            ),
        ),
        does_not_vouch_for=(
            Words("協定に書かれていないこと", "Anything that the agreement does not name."),
            NO_SUCCESS,
            NO_APPEAL,
            NOT_OTHERS,
        ),
        criteria=(
            *BODY_CRITERIA,
            FITS_POLICY,
            Words(
                "役割、期間、更新、終了の条項がそろっている。",
                "The agreement names roles, term, renewal and how it ends.",
            ),
        ),
        issuers=OFFICES,
        name_prefix="協定",
        conditions=(TELL_CHANGES,),
        cost_possible=True,
    ),
}
