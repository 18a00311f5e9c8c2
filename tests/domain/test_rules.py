"""Rules of the game as formulas: mods, modes, names, accuracy and grades."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.grades import HitCounts, accuracy, grade
from server.domain.mods import EVERY_BIT, LETTERS, ModFilter, bits_of, letters_of, mod_filter
from server.domain.players import safe_name
from server.domain.rulesets import MODE_NAMES, MODES, UNPLAYABLE_MODES, Ruleset

# The words of bits 0 to 30, in the client's order.
WORDS = (
    *("NF", "EZ", "TD", "HD", "HR", "SD", "DT", "RX", "HT", "NC", "FL", "AU", "SO", "AP", "PF", "4K", "5K", "6K"),
    *("7K", "8K", "FI", "RN", "CN", "TP", "9K", "CO", "1K", "3K", "2K", "V2", "MR"),
)

HD, DT, NC, FL, FI, V2 = 1 << 3, 1 << 6, 1 << 9, 1 << 10, 1 << 20, 1 << 29


def test_every_bit_has_its_word() -> None:
    assert {word: 1 << bit for bit, word in enumerate(WORDS)} | {"NM": 0} == LETTERS
    assert sum(LETTERS.values()) == EVERY_BIT


@given(st.integers(0, EVERY_BIT))
def test_words_and_bits_say_the_same(bits: int) -> None:
    words = letters_of(bits)
    assert bits_of(words) == bits
    assert bits_of(words.lower()) == bits
    assert words == ("".join(word for bit, word in enumerate(WORDS) if bits >> bit & 1) or "NM")


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        *(("HDDT", HD | DT), ("hddt", HD | DT), ("DTHD", HD | DT), ("HDHD", HD), ("NM", 0), ("NMHD", HD), ("", 0)),
        *(("HDX", HD), ("zz", 0), ("zzHD", HD), ("D", 0), (" HD", 0), ("HD DT", HD), ("HDßß", HD), ("NC", NC)),
    ],
)
def test_words_are_read_two_letters_at_a_time(text: str, bits: int) -> None:
    assert bits_of(text) == bits


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        *(("72", ModFilter(72, True)), ("=72", ModFilter(72, True)), ("~72", ModFilter(72, False))),
        *(("HDDT", ModFilter(72, True)), ("=hdDT", ModFilter(72, True)), ("~HDDT", ModFilter(72, False))),
        *(("0", ModFilter(0, True)), ("NM", ModFilter(0, True)), ("=", ModFilter(0, True)), ("~", ModFilter(0, False))),
        *(("NC", ModFilter(NC, True)), ("072", ModFilter(72, True)), ("٧٢", ModFilter(72, True))),
        # Only the first sign is one; a signed number is two letters and a rest.
        *(("=~72", ModFilter(0, True)), ("~=72", ModFilter(0, False)), ("+72", ModFilter(0, True))),
        *(("-8", ModFilter(0, True)), ("8.0", ModFilter(0, True)), ("²", ModFilter(0, True))),
    ],
)
def test_what_a_filter_says(text: str, wanted: ModFilter) -> None:
    assert mod_filter(text) == wanted


@given(st.text())
def test_any_text_is_a_filter(text: str) -> None:
    found = mod_filter(text)
    assert found.bits >= 0
    assert found.every is (not text.startswith("~"))
    assert found.lets_all_through() is (found.every and found.bits == 0)


@pytest.mark.parametrize("digits", ["2147483648", "2147483656", "9" * 40, "9" * 41, "9" * 5000])
def test_bits_that_no_play_can_have_are_not_forgotten(digits: str) -> None:
    """A filter for them lets nothing through, as none of the plays has them all."""
    assert mod_filter(digits).bits > EVERY_BIT


def test_modes() -> None:
    assert [int(mode) for mode in MODES] == [0, 1, 2, 3, 4, 5, 6, 8]
    assert set(MODES) | UNPLAYABLE_MODES == set(range(12))
    assert [int(mode.ruleset) for mode in MODES] == [0, 1, 2, 3, 0, 1, 2, 0]
    assert [mode.ranked_by_pp for mode in MODES] == [False] * 4 + [True] * 4
    assert set(MODE_NAMES.values()) == set(MODES)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        *(("Aiko", "aiko"), ("two words", "two_words"), ("two_words", "two_words"), ("[Br-ackets]", "[br-ackets]")),
        *((" a ", "_a_"), ("ÜNÏCÖDÉ", "ünïcödé"), ("日本語", "日本語"), ("12345678", "12345678")),
    ],
)
def test_safe_names(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text())
def test_a_safe_name_is_its_own(name: str) -> None:
    assert " " not in safe_name(name)
    assert safe_name(safe_name(name)) == safe_name(name)
    assert safe_name(name.replace(" ", "_")) == safe_name(name)


COUNTS = st.one_of(st.integers(0, 20), st.integers(0, 5000))
HITS = st.builds(HitCounts, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)


@st.composite
def on_a_step(draw: st.DrawFn) -> HitCounts:
    """Hits whose share is right on a step between two grades, or one hit beside it."""
    percent = draw(st.sampled_from([60, 70, 80, 85, 90, 94, 95, 98, 99, 100]))
    times = draw(st.integers(1, 50))
    others = draw(st.sampled_from(["n100", "n50", "nmiss"]))
    hits = HitCounts(percent * times + draw(st.integers(-1, 1)), 0, 0, 0, 0, 0)
    return hits._replace(**{others: (100 - percent) * times})


def share(ruleset: Ruleset, hits: HitCounts, mods: int) -> Fraction:
    """Accuracy from 0 to 1, without rounding."""
    n300, n100, n50, ngeki, nkatu, nmiss = hits
    best = 305 if ruleset is Ruleset.MANIA and mods & V2 else 300
    gained, total = {
        Ruleset.OSU: (300 * n300 + 100 * n100 + 50 * n50, 300 * (n300 + n100 + n50 + nmiss)),
        Ruleset.TAIKO: (n300 + Fraction(n100, 2), n300 + n100 + nmiss),
        Ruleset.CATCH: (n300 + n100 + n50, n300 + n100 + n50 + nkatu + nmiss),
        Ruleset.MANIA: (
            best * ngeki + 300 * n300 + 200 * nkatu + 100 * n100 + 50 * n50,
            best * (ngeki + n300 + nkatu + n100 + n50 + nmiss),
        ),
    }[ruleset]
    return Fraction(gained) / total if total else Fraction(0)


def letter(ruleset: Ruleset, hits: HitCounts, mods: int) -> str:
    """The grade by the rules as they are written down, less silver."""
    if ruleset in (Ruleset.CATCH, Ruleset.MANIA):
        steps = (98, 94, 90, 85) if ruleset is Ruleset.CATCH else (95, 90, 80, 70)
        exact = share(ruleset, hits, mods)
        above = (name for name, step in zip("SABC", steps, strict=True) if exact > Fraction(step, 100))
        return "X" if exact == 1 else next(above, "D")
    objects = hits.n300 + hits.n100 + hits.n50 + hits.nmiss
    if not objects:
        return "D"
    r300, r50, none_missed = Fraction(hits.n300, objects), Fraction(hits.n50, objects), hits.nmiss == 0
    rules = {
        "X": r300 == 1,
        "S": r300 > Fraction(9, 10) and r50 <= Fraction(1, 100) and none_missed,
        "A": (r300 > Fraction(8, 10) and none_missed) or r300 > Fraction(9, 10),
        "B": (r300 > Fraction(7, 10) and none_missed) or r300 > Fraction(8, 10),
        "C": r300 > Fraction(6, 10),
        "D": True,
    }
    return next(name for name, met in rules.items() if met)


@given(st.sampled_from(Ruleset), st.one_of(HITS, on_a_step()), st.sampled_from([0, V2, HD, V2 | HD]))
def test_accuracy(ruleset: Ruleset, hits: HitCounts, mods: int) -> None:
    assert accuracy(ruleset, hits, mods) == pytest.approx(float(100 * share(ruleset, hits, mods)), rel=1e-12)


@given(st.sampled_from(Ruleset), st.one_of(HITS, on_a_step()), st.sampled_from([0, DT, HD, FL, FI, V2, V2 | HD]))
def test_grades(ruleset: Ruleset, hits: HitCounts, mods: int) -> None:
    if ruleset is Ruleset.TAIKO:
        hits = hits._replace(n50=0)  # there is no such hit
    wanted = letter(ruleset, hits, mods)
    silver = wanted in ("X", "S") and mods & (HD | FL | FI)
    assert grade(ruleset, hits, mods) == (wanted + "H" if silver else wanted)


@pytest.mark.parametrize("ruleset", Ruleset)
def test_no_hits_at_all(ruleset: Ruleset) -> None:
    nothing = HitCounts(0, 0, 0, 0, 0, 0)
    assert accuracy(ruleset, nothing) == 0
    assert grade(ruleset, nothing) == "D"


@pytest.mark.parametrize(
    ("ruleset", "hits", "mods", "percent", "letter"),
    [
        (Ruleset.OSU, HitCounts(90, 9, 0, 0, 0, 1), 0, 93.0, "B"),
        (Ruleset.OSU, HitCounts(91, 9, 0, 0, 0, 0), HD, 94.0, "SH"),
        (Ruleset.OSU, HitCounts(95, 3, 2, 0, 0, 0), 0, 96.33333333333333, "A"),  # more than 1 % of 50s
        (Ruleset.TAIKO, HitCounts(100, 0, 0, 0, 0, 0), FL, 100.0, "XH"),
        (Ruleset.CATCH, HitCounts(100, 20, 70, 0, 10, 0), 0, 95.0, "A"),
        (Ruleset.MANIA, HitCounts(50, 0, 0, 50, 0, 0), 0, 100.0, "X"),
        (Ruleset.MANIA, HitCounts(50, 0, 0, 50, 0, 0), V2, 99.18032786885246, "S"),
    ],
)
def test_by_example(ruleset: Ruleset, hits: HitCounts, mods: int, percent: float, letter: str) -> None:
    assert accuracy(ruleset, hits, mods) == pytest.approx(percent, rel=1e-12)
    assert grade(ruleset, hits, mods) == letter
