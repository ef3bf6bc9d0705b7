"""Texts that several kinds share, in the language of the city's own rules."""

from civicfund.endorsements.kinds.meaning import Words

NO_MONEY = Words(
    "お金の使いみちと会計（市は費用を負担しません）",
    "How the money is spent and accounted for. The city bears no cost.",
)
NO_LIABILITY = Words(
    "事故や損害が起きたときの補償（市は責任を負いません）",
    "Accidents and damage. The city takes no liability.",
)
NO_SUCCESS = Words(
    "計画どおりに実施され、成功すること", "That it will be carried out as planned and succeed."
)
NO_APPEAL = Words(
    "寄付のおすすめ（寄付をするかどうかは、ご自分で決めてください）",
    "A recommendation to give. Whether you give is your own decision.",
)
NOT_OTHERS = Words(
    "この団体のほかの活動、商品、サービス",
    "Anything else that this organisation does, sells or offers.",
)

FITS_POLICY = Words("市の施策の推進に役立つ内容である。", "It serves the city's policies.")
OPEN_TO_MANY = Words(
    "広く市民を対象としている。", "It is open to many citizens, not to a closed circle."
)
IN_THE_CITY = Words(
    "市内または隣接する地域で行われる。", "It takes place in the city or next to it."
)
ABLE = Words(
    "主催者に、実施する能力と実績がある。", "The organiser is able to do it and has a record."
)
SAFE = Words("衛生と安全への備えが十分である。", "Hygiene and safety are well prepared for.")
GAIN = Words(
    "参加費などは適正な額で、利益が出る場合は公益のために使われる。",
    "Fees are reasonable; if money is earned, it goes to the public good.",
)
NOT_EXCLUDED = Words(
    "政治活動、宗教活動、営利、個人の宣伝、会員の勧誘を目的としていない。",
    "Its purpose is not politics, religion, profit, self-promotion or recruiting members.",
)
NO_CRIME = Words("暴力団などの反社会的勢力と関係がない。", "It has no ties to organised crime.")
PAPERS = Words(
    "規約、役員名簿、事業計画、収支予算の書類がそろっている。",
    "Bylaws, list of officers, plan and budget are complete.",
)

EVENT_CRITERIA = (
    FITS_POLICY, OPEN_TO_MANY, IN_THE_CITY, ABLE, SAFE, GAIN, NOT_EXCLUDED, NO_CRIME,
)  # fmt: skip
BODY_CRITERIA = (PAPERS, ABLE, NOT_EXCLUDED, NO_CRIME)

DRAFTS_FIRST = "名義を表示する印刷物やウェブページは、公表する前に案を提出すること。"
TELL_CHANGES = "内容を変更するときや中止するときは、すみやかに届け出ること。"
REPORT = "終了後14日以内に実施報告書を提出すること。"

PAPERS_LOOKED_AT = Words(
    "主催団体から出された書類を確認したこと",
    "The papers that the organiser handed in were looked at.",
)
NOMINAL_TRUTHS = (
    Words("この取り組みの目的が、市の施策に沿っていること", "Its aim fits the city's policies."),
    Words("広く市民に開かれた取り組みであること", "It is open to many citizens."),
    PAPERS_LOOKED_AT,
)
NOMINAL_LIMITS = (NO_MONEY, NO_LIABILITY, NO_SUCCESS, NO_APPEAL, NOT_OTHERS)
BODY_LIMITS = (
    Words(
        "これから行われる一つひとつの事業の内容と結果",
        "Each single project that the organisation will do, and its result.",
    ),
    NO_APPEAL,
)
