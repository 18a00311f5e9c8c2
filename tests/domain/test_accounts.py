"""What an account may be called and hold, and which names are taken for each other."""

import re
from pathlib import Path

import pytest
import tzdata
from hypothesis import given
from hypothesis import strategies as st

from server.domain.accounts import (
    COUNTRIES,
    AccountRules,
    Rule,
    country_faults,
    email_faults,
    known_country,
    name_faults,
    password_faults,
    userpage_faults,
)
from server.domain.letters import beyond_bmp
from server.domain.lookalikes import alike, crude, skeletons

NO_RULES = AccountRules()

# What Python's `\w` takes is what bancho.py takes, but for what the column cannot hold.
NAMES = st.from_regex(r"[\w \[\]-]{2,15}", fullmatch=True).filter(lambda name: not beyond_bmp(name))
ASCII_NAMES = st.from_regex(r"[a-zA-Z0-9_ \[\]-]{2,15}", fullmatch=True)


@given(st.text(max_size=20))
def test_the_form_of_a_name(name: str) -> None:
    fits = re.fullmatch(r"[\w \[\]-]{2,15}", name) is not None and not beyond_bmp(name)
    assert (Rule.NAME_FORM in name_faults(name, NO_RULES)) is not fits


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        *(
            ("ok", []),
            ("x" * 15, []),
            ("日本語", []),
            ("12345678", []),
            ("[br-ackets]", []),
            ("a b c", []),
            ("a_b_c", []),
        ),
        *(("x", [Rule.NAME_FORM]), ("x" * 16, [Rule.NAME_FORM]), ("", [Rule.NAME_FORM]), ("a.b", [Rule.NAME_FORM])),
        *(("name\n", [Rule.NAME_FORM]), ("a\0b", [Rule.NAME_FORM]), ("🎵🎵", [Rule.NAME_FORM])),
        ("𝖆𝖇𝖈", [Rule.NAME_FORM]),  # letters, but none that the column can hold
        ("a_b c", [Rule.NAME_SPACES]),
        ("a_b c!", [Rule.NAME_FORM, Rule.NAME_SPACES]),
        *(("mrekk", [Rule.NAME_DISALLOWED]), ("MREKK", [Rule.NAME_DISALLOWED]), ("mrekky", [])),
        *(("Big_Black", [Rule.NAME_DISALLOWED]), ("mrеkk", [Rule.NAME_DISALLOWED])),  # a Cyrillic letter in it
    ],
)
def test_names(name: str, broken: list[Rule]) -> None:
    assert name_faults(name, AccountRules(disallowed_names=("mrekk", "big black"))) == broken


def test_disallowed_names_where_looks_do_not_matter() -> None:
    rules = AccountRules(disallowed_names=("mrekk",), lookalikes=False)
    assert name_faults("MREKK", rules) == [Rule.NAME_DISALLOWED]
    assert name_faults("mrеkk", rules) == []


@pytest.mark.parametrize(
    ("email", "fits"),
    [
        *(("a@b.cd", True), ("a.b+c@mail.example.co.uk", True), ("ä@ö.de", True), ("a b@c.de", False), ("a@b", False)),
        *(("a@b.c", False), ("@b.cd", False), ("a@@b.cd", False), ("a@b..cd", False), ("a@b.cd.", False), ("", False)),
        *(("a@b.cd\n", False), ("🎵@b.cd", False), ("a@b." + "c" * 24, True), ("a@b." + "c" * 25, False)),
        *(("x" * 200 + "@b.cd", True), ("x" * 201 + "@b.cd", False)),
        # The column holds 254.
        *(("x" * 200 + "@" + "b" * 30 + ".cc" * 7 + ".c", False), ("x" * 200 + "@" + "b" * 26 + ".cc" * 9, True)),
        ("x" * 200 + "@" + "b" * 27 + ".cc" * 9, False),
    ],
)
def test_email_addresses(email: str, fits: bool) -> None:
    assert (email_faults(email) == []) is fits


@pytest.mark.parametrize(
    ("password", "broken"),
    [
        *(("abcd1234", []), ("x" * 29 + "abc", []), ("ねこねこいぬとり", []), ("🎵🎶🎷🎸🎵🎶🎷🎸", [])),
        *(("abcd123", [Rule.PASSWORD_LENGTH]), ("abcd" * 8 + "e", [Rule.PASSWORD_LENGTH])),
        ("aaaabbbbccc", [Rule.PASSWORD_LETTERS]),
        ("", [Rule.PASSWORD_LENGTH, Rule.PASSWORD_LETTERS]),
        *(("PassWord", [Rule.PASSWORD_SIMPLE]), ("abc123", [Rule.PASSWORD_LENGTH, Rule.PASSWORD_SIMPLE])),
        ("aaa", [Rule.PASSWORD_LENGTH, Rule.PASSWORD_LETTERS, Rule.PASSWORD_SIMPLE]),
    ],
)
def test_passwords(password: str, broken: list[Rule]) -> None:
    assert password_faults(password, ("password", "ABC123", "aaa")) == broken


def test_countries_are_those_of_the_standard() -> None:
    table = Path(tzdata.__file__).parent / "zoneinfo" / "iso3166.tab"
    codes = {line[:2].lower() for line in table.read_text().splitlines() if line[:1].isalpha()}
    assert len(codes) == 249
    assert codes | {"xx"} == COUNTRIES


@given(st.text(max_size=4))
def test_a_country_is_kept_or_unknown(code: str) -> None:
    stored = known_country(code)
    assert stored == "xx" or stored == code.strip().lower()
    assert country_faults(stored) == []


def test_country_codes() -> None:
    assert [known_country(code) for code in ("DE", " jp ", "T1", "XX", "", "deu", "SS")] == [
        *("de", "jp", "xx", "xx", "xx", "xx", "ss")
    ]
    assert [country_faults(code) for code in ("de", "xx", "DE", "", "eu")] == [[], [], *([[Rule.COUNTRY]] * 3)]


def test_userpages() -> None:
    assert userpage_faults(None) == userpage_faults("") == userpage_faults("é" * 2048) == []
    assert userpage_faults("é" * 2049) == [Rule.USERPAGE_LENGTH]
    assert userpage_faults("hi 🎵") == [Rule.USERPAGE_LETTERS]
    assert userpage_faults("🎵" * 2049) == [Rule.USERPAGE_LENGTH, Rule.USERPAGE_LETTERS]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(
            ("PlayerI", "Player1"),
            ("PlayerI", "Playerl"),
            ("Iris", "lris"),
            ("cookiezi", "c00kiezi"),
            ("HELLO", "HELL0"),
        ),
        *(("Aiko", "Аіко"), ("aiko", "АІКО"), ("Nova", "Νоvа"), ("Nova", "NOVA"), ("Ünïcödé", "unicode")),
        *(("two words", "two_words"), ("Ａｉｋｏ", "Aiko"), ("Ⅰris", "lris"), ("ニコ", "二コ"), ("カート", "力一卜")),
        ("ІІІ", "lll"),
    ],
)
def test_names_that_are_taken_for_each_other(one: str, other: str) -> None:
    assert alike(one, ["Nobody", other])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("Ian", "Lan"), ("bill", "bili"), ("aiko", "alko"), ("が", "か"), ("ねこ", "ねと"), ("Aiko", "Aiko2")),
        *(("Привет", "Pirate"), ("two words", "twowords"), ("rn", "m")),
    ],
)
def test_names_that_are_not(one: str, other: str) -> None:
    assert not alike(one, [other])


def test_nobody_is_taken_for_nobody() -> None:
    assert not alike("Aiko", [])


@given(NAMES)
def test_every_name_looks_like_itself_in_any_case(name: str) -> None:
    assert alike(name, [name])
    if name.isascii():
        assert alike(name, [name.upper()])


@given(NAMES, NAMES)
def test_looks_go_both_ways(one: str, other: str) -> None:
    assert alike(one, [other]) is alike(other, [one])


@given(NAMES)
def test_nothing_gets_longer(name: str) -> None:
    assert [len(each) for each in (*skeletons(name), crude(name))] == [len(name)] * 3


# Letters that are mistaken for others, so that names meet.
@given(st.text("iIl1LoO0aAеЕоОkК_ ", min_size=1, max_size=4), st.text("iIl1LoO0aAeEkK_ ", min_size=1, max_size=4))
def test_ascii_names_that_look_alike_are_crudely_the_same(wanted: str, there: str) -> None:
    if alike(wanted, [there]):
        assert crude(wanted) == crude(there)
