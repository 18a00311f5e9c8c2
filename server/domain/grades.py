"""Accuracy and grade of a play, from its hit counts."""

from typing import NamedTuple

from server.domain.mods import FADE_IN, FLASHLIGHT, HIDDEN, SCORE_V2
from server.domain.rulesets import Ruleset


class HitCounts(NamedTuple):
    """What the client counted; geki and katu mean other things in each ruleset."""

    n300: int
    n100: int
    n50: int
    ngeki: int
    nkatu: int
    nmiss: int


def accuracy(ruleset: Ruleset, hits: HitCounts, mods: int = 0) -> float:
    """Accuracy in percent, 0-100; no hits at all is 0."""
    n300, n100, n50, ngeki, nkatu, nmiss = hits
    match ruleset:
        case Ruleset.OSU:
            total = 300 * (n300 + n100 + n50 + nmiss)
            gained = 300 * n300 + 100 * n100 + 50 * n50
        case Ruleset.TAIKO:
            total = 2 * (n300 + n100 + nmiss)
            gained = 2 * n300 + n100
        case Ruleset.CATCH:
            total = n300 + n100 + n50 + nkatu + nmiss
            gained = n300 + n100 + n50
        case Ruleset.MANIA:
            best = 305 if mods & SCORE_V2 else 300
            total = best * (ngeki + n300 + nkatu + n100 + n50 + nmiss)
            gained = best * ngeki + 300 * n300 + 200 * nkatu + 100 * n100 + 50 * n50
    return 100.0 * gained / total if total else 0.0


def grade(ruleset: Ruleset, hits: HitCounts, mods: int = 0) -> str:
    """The grade of a passed play (XH, X, SH, S, A, B, C, D), by the stable client's rules."""
    plain = _by_ratio(hits) if ruleset in (Ruleset.OSU, Ruleset.TAIKO) else _by_accuracy(ruleset, hits, mods)
    if plain in ("X", "S") and mods & (HIDDEN | FLASHLIGHT | FADE_IN):
        return plain + "H"
    return plain


def _by_ratio(hits: HitCounts) -> str:
    total = hits.n300 + hits.n100 + hits.n50 + hits.nmiss
    if not total:
        return "D"
    r300, r50, clean = hits.n300 / total, hits.n50 / total, not hits.nmiss
    if r300 == 1:
        return "X"
    if r300 > 0.9 and r50 <= 0.01 and clean:
        return "S"
    for letter, with_no_miss, otherwise in (("A", 0.8, 0.9), ("B", 0.7, 0.8)):
        if r300 > (with_no_miss if clean else otherwise):
            return letter
    return "C" if r300 > 0.6 else "D"


def _by_accuracy(ruleset: Ruleset, hits: HitCounts, mods: int) -> str:
    share = accuracy(ruleset, hits, mods) / 100
    if share == 1:
        return "X"
    steps = (0.98, 0.94, 0.90, 0.85) if ruleset is Ruleset.CATCH else (0.95, 0.90, 0.80, 0.70)
    for letter, above in zip("SABC", steps, strict=True):
        if share > above:
            return letter
    return "D"
