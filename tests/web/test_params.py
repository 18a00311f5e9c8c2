"""Reading parameters: what clients send is read, everything else is refused by name, and nothing ever breaks."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.problems import BadParameters, Fault
from server.web.params import REQUIRED, Choice, Flag, Kind, Many, Reader, Real, Refused, Text, Whole, Words, param

MOST = 2**63 - 1


@dataclass(frozen=True)
class Asked:
    id: int = param(Whole(3, 100), "An id.", REQUIRED)
    limit: int = param(Whole(1, 50, clamp=True), "How many.", 10)
    scope: str = param(Choice(("best", "recent")), "Which.", "best")
    failed: bool = param(Flag(), "Failed ones too.", True)
    accuracies: tuple[float, ...] = param(Many(Real(0, 100), 3), "Accuracies.", (100.0,), name="acc")
    mods: str | None = param(Text(1, 4), "Mods.", empty=True)


READER = Reader(Asked)


def read(kind: Kind, text: str) -> Any:
    """What a kind reads, or the kind of its refusal."""
    try:
        return kind.read(text)
    except Refused as refused:
        return refused.kind


def faults(query: str) -> dict[str, Fault]:
    with pytest.raises(BadParameters) as raised:
        READER.read(query)
    named = {fault.name: fault for fault in raised.value.faults}
    assert len(named) == len(raised.value.faults)
    return named


def read_any(query: str) -> tuple[Asked | None, list[str], tuple[Fault, ...]]:
    """What was asked and what was ignored, or the faults."""
    try:
        return *READER.read(query), ()
    except BadParameters as bad:
        return None, [], bad.faults


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("3", 3), ("+3", 3), (" 3", 3), ("3 ", 3), ("\t3\n", 3), ("3.0", 3), ("3.000", 3), ("1_0", 10)),
        *(("010", 10), ("-0", 0), ("0", 0), ("1_000_000", 1_000_000), (str(MOST), MOST)),
    ],
)
def test_whole_numbers_as_clients_write_them(text: str, value: int) -> None:
    assert read(Whole(0, MOST), text) == value


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "abc",
            "10.5",
            "1.",
            ".0",
            "1e3",
            "0x10",
            "1__0",
            "_1",
            "1_",
            "+-1",
            "--1",
            "+ 1",
            "1 0",
            "1,0",
            "nan",
        ),
        *("nan", "٣", "²", "３", "1\x00", "True", "9" * 41, "9" * 5000, "1." + "0" * 5000),
    ],
)
def test_what_is_no_whole_number(text: str) -> None:
    assert read(Whole(0, MOST), text) == "whole"


def test_whole_numbers_have_bounds() -> None:
    kind = Whole(3, 11)
    assert [read(kind, text) for text in ("2", "3", "11", "12", "-4", "9" * 40)] == [
        *("below", 3, 11, "above", "below", "above")
    ]
    clamped = Whole(1, 100, clamp=True)
    assert [read(clamped, text) for text in ("0", "1", "100", "101", "9" * 40)] == ["below", 1, 100, 100, 100]


@given(number=st.integers(-MOST, MOST))
def test_every_number_is_read_as_it_is_written(number: int) -> None:
    kind = Whole(-MOST, MOST)
    for text in (str(number), f" {number} ", f"{number}.0", f"{number:_}", f"{number:+}"):
        assert read(kind, text) == number


@pytest.mark.parametrize("text", ["1", "true", "True", "TRUE", "yes", "Yes", "on", "t", "T", "y"])
def test_what_means_yes(text: str) -> None:
    assert read(Flag(), text) is True


@pytest.mark.parametrize("text", ["0", "false", "False", "no", "NO", "off", "f", "n"])
def test_what_means_no(text: str) -> None:
    assert read(Flag(), text) is False


@pytest.mark.parametrize("text", ["", "2", "maybe", "-1", "1.0", "truee", "oui"])
def test_what_means_neither(text: str) -> None:
    assert read(Flag(), text) == "flag"


def test_real_numbers() -> None:
    kind = Real(0, 100)
    read_as = {"0": 0.0, "99.5": 99.5, " 1e1 ": 10.0, "1_0": 10.0, "100": 100.0}
    assert {text: read(kind, text) for text in read_as} == read_as
    for text in ("", "abc", "nan", "-nan", "NaN", "٣", "1,5", "0x1p3"):
        assert read(kind, text) == "real"
    assert [read(kind, text) for text in ("-0.001", "100.001", "inf", "-inf", "1e999")] == [
        *("below", "above", "above", "below", "above")
    ]


def test_choices_are_taken_as_they_are_written() -> None:
    kind = Choice(("best", "recent"))
    assert read(kind, "best") == "best"
    for text in ("", "Best", "best ", "worst", "best,recent"):
        assert read(kind, text) == "choice"


def test_texts_have_lengths_and_patterns() -> None:
    kind = Text(2, 3)
    assert [read(kind, text) for text in ("", "a", "ab", "abc", "abcd", "äöü")] == [
        *("short", "short", "ab", "abc", "long", "äöü")
    ]
    fitting = Text(pattern=r"^[\w \[\]-]{2,15}$")
    for text in ("ab", "a b", "[a]-b_c", "Zażółć", "日本", "a" * 15):
        assert read(fitting, text) == text
    for text in ("", "a", "a" * 16, "a\n", "ab\n", "a%", "a\x00b", "🎵🎵"):
        assert read(fitting, text) == "pattern"


def test_many_values() -> None:
    kind = Many(Whole(3, 100), 4)
    assert kind.read("3,4") == (3, 4)
    assert kind.read_all(["3", "4,5"]) == (3, 4, 5)
    assert kind.read("5,3,5,3") == (5, 3, 5, 3)
    assert Many(Whole(3, 100), 4, distinct=True).read("5,3,5,3") == (5, 3)
    assert kind.read(" 3 ,4.0") == (3, 4)
    for text, refusal in (("", "whole"), ("3,", "whole"), (",", "whole"), ("3,2", "below"), ("3,4,5,6,7", "list")):
        assert read(kind, text) == refusal
    assert read(kind, "3,3,3,3,3") == "list"


KINDS: tuple[Kind, ...] = (
    *(Whole(0, 5), Whole(1, 100, clamp=True), Real(0, 100), Flag(), Choice(("a", "b")), Text(1, 5)),
    *(Text(pattern=r"^\w+$"), Many(Whole(0, 9), 3), Many(Flag())),
)

ANY_TEXT = st.one_of(
    st.text(),
    st.from_regex(re.compile(r"[+-]?[0-9_]+(\.0*)?", re.ASCII)),
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from("0123456789+-_. \x00\u0660²Ⅷ\u2009").flatmap(lambda letter: st.just(letter * 50)),
)


@given(text=ANY_TEXT, kind=st.sampled_from(KINDS))
def test_a_kind_reads_or_refuses_any_text(text: str, kind: Kind) -> None:
    try:
        value = kind.read(text)
    except Refused:
        return
    match kind:
        case Whole():
            assert isinstance(value, int)
            assert kind.least <= value <= kind.most
        case Real():
            assert kind.least <= value <= kind.most
        case Choice():
            assert value in kind.words
        case Many():
            assert 1 <= len(value) <= kind.most


@given(text=st.one_of(st.text(max_size=6), st.from_regex(r"\A[0-9]{1,3}\Z")))
def test_a_value_is_read_where_its_schema_allows_it(text: str) -> None:
    """What stands in the documents is what is read, as far as numbers in their plain form go."""
    plain = re.fullmatch("0|[1-9][0-9]*", text, re.ASCII)
    for kind in (Whole(3, 200), Whole(3, 200, clamp=True)):
        schema = kind.schema()
        if plain:
            allowed = schema["minimum"] <= int(text) <= schema.get("maximum", int(text))
            assert allowed is not isinstance(read(kind, text), str)


def test_what_is_not_given_has_its_default() -> None:
    asked, ignored = READER.read("id=3")
    assert asked == Asked(3)
    assert ignored == []


def test_everything_is_read() -> None:
    asked, ignored = READER.read("mods=HD&acc=99.5,98&failed=0&scope=recent&limit=51&id=+4")
    assert asked == Asked(4, 50, "recent", False, (99.5, 98.0), "HD")
    assert ignored == []


def test_the_last_of_several_counts_unless_it_takes_many() -> None:
    asked, _ = READER.read("id=x&id=5&acc=1&acc=2,3&id=6")
    assert asked.id == 6
    assert asked.accuracies == (1.0, 2.0, 3.0)


def test_no_text_is_the_default_only_where_it_is_said_so() -> None:
    assert READER.read("id=3&mods=")[0].mods is None
    assert faults("id=3&limit=&scope=&failed=&acc=").keys() == {"limit", "scope", "failed", "acc"}


def test_all_faults_come_at_once_and_in_order() -> None:
    found = faults("limit=0&scope=Best&failed=2&acc=101&mods=HDDTHR&other=1")
    assert list(found) == ["id", "limit", "scope", "failed", "acc", "mods"]
    assert {name: fault.kind for name, fault in found.items()} == {
        "id": "missing",
        "limit": "below",
        "scope": "choice",
        "failed": "flag",
        "acc": "above",
        "mods": "long",
    }
    assert [fault.came for fault in found.values()] == [None, "0", "Best", "2", "101", "HDDTHR"]
    assert [fault.limit for fault in found.values()] == [None, 1, ("best", "recent"), None, 100, 4]
    assert {fault.place for fault in found.values()} == {"query"}


def test_what_nobody_declared_is_told() -> None:
    assert READER.read("id=3&k=secret&ID=4&k=2&=5&acc=1")[1] == ["k", "ID", ""]
    assert READER.read("id=3&mods=&k=1")[1] == ["k"]
    # The attribute's own name is not the parameter's.
    assert READER.read("id=3&accuracies=5")[1] == ["accuracies"]


def test_encodings() -> None:
    @dataclass(frozen=True)
    class AskName:
        name: str = param(Text(0, 100), "A name.", "")

    reader = Reader(AskName)
    for name in ("Zażółć", "two words", "a+b", "50%", "🎵", "a&b=c", "\x00", "%zz"):
        assert reader.read(f"name={quote(name, safe='')}")[0].name == name
        assert reader.read(urlencode({"name": name}))[0].name == name
    assert reader.read("name=a+b")[0].name == "a b"
    assert reader.read("name=%ff%C3")[0].name == "\ufffd\ufffd"
    assert reader.read("name=%zz%")[0].name == "%zz%"


@given(st.lists(st.tuples(st.sampled_from([*("id", "limit", "scope", "failed", "acc", "mods"), "x"]), ANY_TEXT)))
def test_any_query_is_read_or_refused(pairs: list[tuple[str, str]]) -> None:
    named = {name for name, _ in pairs}
    asked, ignored, found = read_any(urlencode([(name, text.encode("utf-8", "replace")) for name, text in pairs]))
    if asked is not None:
        assert 3 <= asked.id <= 100
        assert set(ignored) == named & {"x"}
    assert all(fault.name in named or fault.kind == "missing" for fault in found)
    assert all(fault.expected for fault in found)


@given(st.text(alphabet=st.characters(max_codepoint=255)))
def test_any_raw_query_is_read_or_refused(query: str) -> None:
    """Bytes come as Latin-1, each a letter."""
    _, _, found = read_any(query)
    assert "id" in {fault.name for fault in found} or "id" in unquote_plus(query)


def test_words_read_what_their_function_reads() -> None:
    def reader(text: str) -> int:
        if not text.startswith("m"):
            raise Refused("mode", "a word with m")
        return len(text)

    kind = Words(reader, {"type": "string"})
    assert read(kind, "mania") == 5
    assert read(kind, "osu") == "mode"
    assert kind.schema() == {"type": "string"}


def test_a_fault_among_many_says_which() -> None:
    @dataclass(frozen=True)
    class Asked:
        acc: tuple[float, ...] = param(Many(Real(0, 100)), "Accuracies.", ())

    with pytest.raises(BadParameters) as refused:
        Reader(Asked).read("acc=99&acc=x,101")
    (fault,) = refused.value.faults
    assert (fault.index, fault.kind, fault.came) == (1, "real", "x")


@dataclass(frozen=True)
class AskPath:
    id: int = param(Whole(3, 100), "An id.", REQUIRED)
    name: str = param(Text(1, 4), "A name.", "none")


IN_PATH = Reader(AskPath, "/things/{id}")


def test_what_stands_in_the_path_is_read_from_there_alone() -> None:
    assert IN_PATH.read("", {"id": "5"}) == (AskPath(5), [])
    assert IN_PATH.read("id=7&name=x", {"id": "5"}) == (AskPath(5, "x"), [])


def test_faults_say_where_it_stood() -> None:
    with pytest.raises(BadParameters) as raised:
        IN_PATH.read("name=12345", {"id": "1"})
    assert [(fault.name, fault.place, fault.came) for fault in raised.value.faults] == [
        ("id", "path", "1"),
        ("name", "query", "12345"),
    ]


@dataclass(frozen=True)
class AskForgivingly:
    mode: int = param(Whole(0, 3), "A mode.", 1, empty=True, lenient=True)
    limit: int = param(Whole(1, 9), "How many.", 5, lenient=True)
    name: str = param(Text(1, 5), "A name.", "nobody")


@pytest.mark.parametrize(
    ("query", "expected", "ignored"),
    [
        ("", AskForgivingly(), []),
        ("mode=2&limit=3", AskForgivingly(2, 3), []),
        ("mode=&limit=3", AskForgivingly(1, 3), []),
        ("mode=taiko&limit=99", AskForgivingly(), ["mode", "limit"]),
        ("mode=4&k=secret&x=1", AskForgivingly(), ["x", "mode"]),
        ("limit=&name=ab", AskForgivingly(1, 5, "ab"), ["limit"]),
    ],
)
def test_lenient_parameters_mean_their_default(query: str, expected: AskForgivingly, ignored: list[str]) -> None:
    assert Reader(AskForgivingly, beside=("k",)).read(query) == (expected, ignored)


def test_others_beside_them_are_faults_all_the_same() -> None:
    with pytest.raises(BadParameters) as raised:
        Reader(AskForgivingly).read("mode=x&name=too-long")
    assert [fault.name for fault in raised.value.faults] == ["name"]
