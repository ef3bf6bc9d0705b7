"""Files of opening balances as offices write them, and what each wrong line is told."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicfund.closing.opening_file import KnownFund, Opening, read
from civicfund.ledger.models import FundClass, FundKind

APRIL, JULY = date(2026, 4, 1), date(2026, 7, 1)
KNOWN = {
    "GENERAL": KnownFund(FundKind.GENERAL, FundClass.GENERAL, "一般基金"),
    "T-1": KnownFund(FundKind.THEME, FundClass.DESIGNATED, "緑の基金"),
}
HEAD = "科目コード,基金コード,基金名,基金の種類,借方,貸方,受領年度\n"
GOOD = HEAD + (
    '1112,,,,"3,450,000",,\n'
    "1115,,,,450000,,\n"
    "2111,,,,,120000,\n"
    "3200,,,,,3330000,\n"
    "3100,N-YAMADA,山田記念こども基金,冠基金,,300000,2023\n"
    "3100,N-YAMADA,,,,150000,2025\n"
)


def opened(text: str, *, encoding: str = "utf-8", on: date = APRIL) -> Opening:
    return read(text.encode(encoding), opens_on=on, known=KNOWN)


def told(opening: Opening) -> list[tuple[int | None, str]]:
    return [(problem.number, problem.text) for problem in opening.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_good_file_is_read_however_it_was_saved(encoding: str, ends: str) -> None:
    opening = opened(GOOD.replace("\n", ends), encoding=encoding)
    assert told(opening) == []
    assert (opening.debits, opening.credits, len(opening.lines)) == (3_900_000, 3_900_000, 6)
    assert [line.fund for line in opening.new_funds(KNOWN)] == ["N-YAMADA"]
    assert opening.lines[4].received_year == 2023


@pytest.mark.parametrize(
    "typed",
    [
        "1000",
        '"1,000"',
        "１０００",
        "１，０００",
        "¥1000",
        "￥1000",
        '"\\1,000"',
        "1000円",
        " 1000 ",
    ],
)
def test_amounts_are_welcome_as_people_type_them(typed: str) -> None:
    opening = opened(f"account,debit,credit\n1112,{typed},\n3200,,1000\n")
    assert told(opening) == []
    assert opening.debits == 1_000


def test_columns_have_english_names_too_in_any_order() -> None:
    text = "credit,debit,fund_kind,fund_name,fund,account\n,5,,,,1112\n5,,named,Tanaka,n-2,3100\n"
    opening = opened(text)
    assert told(opening) == []
    assert opening.lines[1].fund == "N-2"


@pytest.mark.parametrize(
    ("lines", "number", "said"),
    [
        (
            "3100,T-1,,,,9,2021\n3100,T-1,,,9,,",
            3,
            "take this debit off the year",
        ),
        ("9999,,,,5,,", 2, "There is no account"),
        ("1112,,,,5,5,", 2, "Fill in either debit or credit"),
        ("1112,,,,,,", 2, "Fill in either debit or credit"),
        ("1112,,,,-5,,", 2, "is no amount"),
        ("1112,,,,5.5,,", 2, "is no amount"),
        ("1112,,,,99999999999,,", 2, "is no amount"),
        ("1112,N-9,,,5,,", 2, "There is no fund"),
        ("3100,N-9,名,会社,,5,", 2, "The kind of fund must be"),
        ("3100,山田,名,冠基金,,5,", 2, "is no fund code"),
        ("1112,T-1,,,5,,", 2, "does not belong into the fund"),
        ("3100,,,,,5,", 2, "does not belong into the fund"),
        ("4101,,,,,5,", 2, "A year begins without revenue"),
        ("3190,T-1,,,,5,", 2, "A year begins without revenue"),
        ("1112,,,,,5,", 2, "cannot be below zero (credit)"),
        ("2121,T-1,,,5,,", 2, "cannot be below zero (debit)"),
        ("3100,T-1,,,5,,", None, "would be below zero"),
        ("3200,,,,,5,2020", 2, "belongs only to designated net assets"),
        ("3100,T-1,,,,5,2027", 2, "lies after the opening day"),
        ("3100,T-1,,,,5,R5", 2, "is no fiscal year"),
        ("1112,,,,5,,\n1112,,,,6,,", 3, "stand on line %(first)s already"),
        ("1112,,,,5,,", None, "yen differ"),
        ("1112,,,,1,,,234", 2, "more cells than"),
        ("3100,T-1,青の基金,,,5,", 2, "is called"),
        (f"3100,N-9,{'長' * 201},冠基金,,5,", 2, "may have 200 characters"),
        ("3100,N-9,甲,冠基金,,5,\n3101,N-9,乙,冠基金,,5,", 3, "another name or kind"),
        ("3100,N-9,甲,冠基金,,5,\n3101,N-9,甲,テーマ基金,,5,", 3, "another name or kind"),
    ],
)
def test_a_wrong_line_is_told_by_its_number(lines: str, number: int | None, said: str) -> None:
    found = told(opened(HEAD + lines + "\n"))
    assert any(place == number and said in text for place, text in found), found


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no lines"),
        (HEAD.encode(), "no lines"),
        ("科目コード,借方\n1112,5\n".encode(), "missing: %(columns)s"),
        (b"\xff\xfe\x00", "neither UTF-8 nor Shift_JIS"),
        (b'account,debit,credit\n"1112,5,\n', "not closed"),
        (b"x" * (1024 * 1024 + 1), "larger than 1 MB"),
        # Cut off at the limit, within a character.
        ((b"x" + "あ".encode() * 400_000)[: 1024 * 1024 + 1], "larger than 1 MB"),
        (b"account,debit,credit\n" + b"1112,5,\n" * 5001, "more than 5,000"),
    ],
    ids=[
        "empty",
        "a head",
        "a column missing",
        "no text",
        "no CSV",
        "too large",
        "cut off",
        "too long",
    ],
)
def test_a_file_that_is_none_says_what_to_do(body: bytes, said: str) -> None:
    opening = read(body, opens_on=APRIL, known=KNOWN)
    assert len(opening.problems) == 1
    assert said in opening.problems[0].text
    assert opening.problems[0].number is None


def test_in_mid_year_results_come_along() -> None:
    text = HEAD + "1112,,,,5,,\n4101,,,,,5,\n"
    assert told(opened(text, on=JULY)) == []
    assert len(told(opened(text, on=APRIL))) == 1


def test_every_wrong_line_is_told_at_once_with_its_number_in_the_file() -> None:
    text = HEAD + "\n9999,,,,5,,\n\n1112,,,,x,,\n8888,,,,,5,\n"
    assert [number for number, _ in told(opened(text))] == [3, 5, 6]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_cell_with_line_breaks_moves_no_number(ends: str) -> None:
    text = HEAD + '3100,N-X,"山田\n記念\n基金",会社,,5,2023\n\n9999,,,,1,,\n'
    numbers = [number for number, said in told(opened(text.replace("\n", ends))) if number]
    assert numbers == [2, 6]


def test_the_digest_is_of_the_balances_not_of_the_spelling() -> None:
    other = GOOD.replace('"3,450,000"', "３４５００００").splitlines()
    shuffled = "\n".join([other[0], *reversed(other[1:])]) + "\n"
    assert opened(GOOD).digest(APRIL) == opened(shuffled, encoding="cp932").digest(APRIL)
    assert opened(GOOD).digest(APRIL) != opened(GOOD).digest(JULY)
    assert opened(GOOD).digest(APRIL) != opened(GOOD.replace("2023", "2022")).digest(APRIL)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_nothing_that_is_typed_brings_it_down(body: bytes) -> None:
    for prefix in (b"", HEAD.encode()):
        opening = read(prefix + body, opens_on=APRIL, known=KNOWN)
        assert opening.problems or opening.debits == opening.credits > 0
