"""The city's word about an organisation: certified, designated, listed or paid."""

from civicfund.endorsements.kinds.meaning import OFFICES, Meaning, Words
from civicfund.endorsements.kinds.words import (
    BODY_CRITERIA,
    BODY_LIMITS,
    FITS_POLICY,
    NO_APPEAL,
    NO_SUCCESS,
    TELL_CHANGES,
)
from civicfund.endorsements.models import EndorsementKind, IssuerKind

BODIES: dict[EndorsementKind, Meaning] = {
    EndorsementKind.CERTIFICATION: Meaning(
        words=Words(
            "法令などの基準を満たすことを、市が審査して認定しました。",
            "The city has examined and certified that the criteria of the law are met.",
        ),
        vouches_for=(
            Words(
                "認定した日に、決められた基準をすべて満たしていたこと",
                "On the day of certification all criteria were met.",
            ),
        ),
        does_not_vouch_for=BODY_LIMITS,
        criteria=(
            *BODY_CRITERIA,
            Words(
                "法令で定められた認定の基準をすべて満たしている。",
                "All criteria that the law names for certification are met.",
            ),
        ),
        issuers=OFFICES,
        name_prefix="認定",
        conditions=(TELL_CHANGES,),
    ),
    EndorsementKind.ORDINANCE_DESIGNATION: Meaning(
        words=Words(
            "条例により、この団体への寄付は個人住民税の控除の対象になります。",
            "By ordinance, gifts to this organisation count for the resident-tax credit.",
        ),
        vouches_for=(
            Words(
                "条例で指定され、告示されていること",
                "It is designated by the ordinance and published by the mayor.",
            ),
        ),
        does_not_vouch_for=(
            Words(
                "一人ひとりの控除の額（受けられる控除は人によって違います）",
                "How much credit you will get: it differs from person to person.",
            ),
            *BODY_LIMITS,
        ),
        criteria=(
            Words(
                "条例と告示に、団体の名称と所在地が正しく載っている。",
                "The ordinance and the notice name the organisation and its address correctly.",
            ),
        ),
        issuers=frozenset({IssuerKind.CITY}),
        name_prefix="条例指定",
        conditions=("名称、所在地、活動に変更があったときは届け出ること。",),
    ),
    EndorsementKind.DESIGNATED_NPO: Meaning(
        words=Words(
            "市の審査委員会の審査を経て、条例で指定されたNPO法人です。",
            "An NPO designated by ordinance after the city's review board examined it.",
        ),
        vouches_for=(
            Words(
                "審査委員会が基準を満たすと認めたこと",
                "The review board found that it meets the criteria.",
            ),
            Words("条例で指定されていること", "It is designated by the ordinance."),
        ),
        does_not_vouch_for=BODY_LIMITS,
        criteria=(
            *BODY_CRITERIA,
            Words(
                "審査委員会が指定の基準を満たすと答申している。",
                "The review board has reported that the criteria are met.",
            ),
        ),
        issuers=frozenset({IssuerKind.CITY}),
        name_prefix="指定特定非営利活動法人",
        conditions=(TELL_CHANGES,),
    ),
    EndorsementKind.REGISTRATION: Meaning(
        words=Words(
            "書類の確認を受けて、市の登録団体の名簿に載っています。",
            "Its papers were checked and it is on the city's list.",
        ),
        vouches_for=(
            Words("登録に必要な書類がそろっていること", "The papers for the list are complete."),
        ),
        does_not_vouch_for=(
            Words("活動の内容と質", "What it does and how well."),
            *BODY_LIMITS,
        ),
        criteria=BODY_CRITERIA,
        issuers=OFFICES,
        name_prefix="登録団体",
        conditions=(TELL_CHANGES,),
    ),
    EndorsementKind.SUBSIDY: Meaning(
        words=Words(
            "市がこの事業にお金を出しています（補助、助成または委託）。",
            "The city pays for this project (subsidy, grant or contract).",
        ),
        vouches_for=(
            Words(
                "市が書かれた事業にお金を出すと決めたこと",
                "The city has decided to pay for the project that is named.",
            ),
        ),
        does_not_vouch_for=(
            Words("市のお金が出ていない事業", "Projects that the city does not pay for."),
            NO_SUCCESS,
            NO_APPEAL,
        ),
        criteria=(
            *BODY_CRITERIA,
            FITS_POLICY,
            Words(
                "交付決定または契約の手続きが終わっている。",
                "The decision to pay or the contract is final.",
            ),
        ),
        issuers=OFFICES,
        name_prefix="補助・助成・委託",
        conditions=(TELL_CHANGES,),
        cost_possible=True,
    ),
}
