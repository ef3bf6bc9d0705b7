"""What 財産目録 says of each line of assets and debts beside its amount: declared, to be read."""

from dataclasses import dataclass

from civicfund.books.statements.sheets import in_japanese

# Japanese, English.
Words = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Particular:
    """場所・物量等 and 使用目的等; without a purpose, it is the work of the fund that has it.

    `is_blank`: the book does not know the place; the words say what to write there.
    """

    place: Words
    is_blank: bool = False
    purpose: Words | None = None

    def place_words(self) -> str:
        """In the reader's language; a blank is marked."""
        place_ja, place_en = self.place
        if not self.is_blank:
            return place_ja if in_japanese() else place_en
        return f"［要記入：{place_ja}］" if in_japanese() else f"[to be written: {place_en}]"


BANK: Words = ("金融機関・支店・口座", "bank, branch, account")
WHAT: Words = ("内容・数量", "content, quantity")
WHO: Words = ("相手先", "with whom")
WHERE: Words = ("所在場所・数量", "place, quantity")
PROVIDER: Words = ("決済代行会社", "Payment provider")
WORKING: Words = ("運転資金", "Working capital")
UNDER_WAY: Words = ("受け入れた寄附金の入金待ち", "Gifts taken, not yet paid out to us")
GRANTEES: Words = ("助成先（補助元帳（助成別）のとおり）", "Grantees (see the ledger by grant)")
DONORS: Words = ("寄附者", "Donors")

PARTICULARS = {
    "1101": Particular(place=("手元保管", "In hand"), purpose=WORKING),
    "1112": Particular(place=BANK, is_blank=True, purpose=WORKING),
    "1115": Particular(
        place=BANK,
        is_blank=True,
        purpose=(
            "指定寄附資金（寄附者の定めた使途に充てる預金）",
            "Designated gifts, for their use",
        ),
    ),
    "1116": Particular(place=BANK, is_blank=True, purpose=WORKING),
    "1121": Particular(place=BANK, is_blank=True, purpose=WORKING),
    "1131": Particular(place=PROVIDER, purpose=UNDER_WAY),
    "1132": Particular(place=PROVIDER, purpose=UNDER_WAY),
    "1135": Particular(place=PROVIDER, purpose=("異議申立て中の寄附金", "Gifts in dispute")),
    "1141": Particular(place=WHO, is_blank=True),
    "1142": Particular(place=WHO, is_blank=True),
    "1143": Particular(place=GRANTEES),
    "1151": Particular(place=WHAT, is_blank=True),
    "1161": Particular(place=WHAT, is_blank=True),
    "1171": Particular(place=WHERE, is_blank=True),
    "1181": Particular(place=("会計区分間の貸借", "Between classes")),
    "1211": Particular(place=WHERE, is_blank=True),
    "1212": Particular(place=("什器備品の償却累計額", "Of the fixtures")),
    "1221": Particular(place=WHAT, is_blank=True),
    "1222": Particular(place=("ソフトウェアの償却累計額", "Of the software")),
    "1231": Particular(place=("銘柄・数量", "which, how many"), is_blank=True),
    "1241": Particular(place=BANK, is_blank=True),
    "1251": Particular(place=WHO, is_blank=True),
    "2111": Particular(place=WHO, is_blank=True),
    "2121": Particular(place=GRANTEES),
    "2122": Particular(place=GRANTEES),
    "2131": Particular(
        place=("振込人を確認中の入金", "Transfers whose sender is looked for"),
        purpose=("照合後に寄附金等となるもの", "Gifts, once they are matched"),
    ),
    "2132": Particular(place=WHO, is_blank=True),
    "2133": Particular(
        place=DONORS,
        purpose=("条件を満たすまで預かる寄附金", "Gifts held until their condition is met"),
    ),
    "2134": Particular(place=DONORS, purpose=("寄附者へ返還する額", "To be given back")),
    "2135": Particular(
        place=PROVIDER,
        purpose=("返金等による決済代行会社への債務", "Owed for refunds"),
    ),
    "2136": Particular(place=WHO, is_blank=True),
    "2141": Particular(place=WHO, is_blank=True),
    "2142": Particular(place=("税務署", "Tax office")),
    "2143": Particular(place=("税務署・都道府県・市町村", "Tax offices")),
    "2151": Particular(place=("職員", "Staff"), purpose=("賞与の支払に備えるもの", "For bonuses")),
    "2211": Particular(place=WHO, is_blank=True),
    "2212": Particular(
        place=("職員", "Staff"), purpose=("退職給付に備えるもの", "For retirement benefits")
    ),
}
