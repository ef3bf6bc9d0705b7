"""A donor's bank account, as people write it and as a bank reads it."""

import re
import unicodedata
from collections.abc import Mapping

import jaconv

from civicfund.core.errors import N_, Invalid
from civicfund.donors.errors import RefundAccountNeeded
from civicfund.donors.words import plain

KINDS = ("ordinary", "current")
# What a bank takes as a holder's name: katakana, digits, capitals, and a few signs.
_HOLDER = re.compile(r"[ァ-ヴー0-9A-Z（）()．.・\-/ ]{1,60}")


class NotABankAccountNumber(Invalid):
    """An account number is up to seven digits."""

    message = N_("Enter the account number as up to 7 digits.")
    field = "account_number"


class NotAHolderName(Invalid):
    """Banks know account holders by their katakana."""

    message = N_("Enter the name of the account holder in katakana, as it stands in the bank book.")
    field = "account_holder"


def read_account(typed: Mapping[str, str]) -> dict[str, str]:
    """The account in the form it is kept: full-width digits and hiragana are welcome.

    Raises `RefundAccountNeeded`, `NotABankAccountNumber` or `NotAHolderName`.
    """
    words = {name: plain(unicodedata.normalize("NFKC", value)) for name, value in typed.items()}
    bank, branch = words.get("bank_name", ""), words.get("branch_name", "")
    if not bank or not branch or words.get("account_kind") not in KINDS:
        raise RefundAccountNeeded
    number = re.sub(r"[\s-]", "", words.get("account_number", ""))
    if not (number.isascii() and number.isdigit() and len(number) <= 7):
        raise NotABankAccountNumber
    holder = " ".join(jaconv.hira2kata(words.get("account_holder", "")).upper().split())
    if not _HOLDER.fullmatch(holder):
        raise NotAHolderName
    return {
        "bank_name": bank[:60],
        "branch_name": branch[:60],
        "account_kind": words["account_kind"],
        "account_number": number.zfill(7),
        "account_holder": holder,
    }
